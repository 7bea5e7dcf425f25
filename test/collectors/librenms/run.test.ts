import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import { LibrenmsV0 } from '../../../src/collectors/librenms/client/v0.ts'
import { runLibrenms } from '../../../src/collectors/librenms/index.ts'
import { TOKEN } from '../../office/librenms/setup.ts'
import { PATIENCE } from '../../support/patience.ts'
import { Rig } from './sync/rig.ts'

describe('runLibrenms', () => {
  it('follows a LibreNMS that fails and comes back, and ends with the signal', async () => {
    const rig = await Rig.open()
    const stop = new AbortController()
    // Waits pass at once, and with them the time.
    let slept = 0
    const clock = {
      now: () => Date.now() + slept,
      sleep: (ms: number, signal?: AbortSignal) => {
        slept += ms
        return systemClock.sleep(5, signal)
      },
    }
    const api = new LibrenmsV0({ url: rig.server.url, token: TOKEN, attempts: 1 }, { clock, signal: stop.signal })
    try {
      const config = { api, bus: rig.bus, once: false, full: false, tailInterval: 1, allowMassDelete: false, person: () => 'person_1' }
      const running = runLibrenms({ config, bus: rig.bus, clock, signal: stop.signal, metrics: rig.metrics, logger: rig.logger })
      await rig.metrics.reaches('sweeps_links', 1, AbortSignal.timeout(PATIENCE))
      const trouble = rig.server.fault({ kind: 'status', status: 502 })
      await rig.metrics.reaches('failures', 3, AbortSignal.timeout(PATIENCE))
      trouble.stop()
      const [port] = rig.world.device(1).ports
      rig.world.portDown(port?.id ?? 0)
      await rig.metrics.reaches('events', 1, AbortSignal.timeout(PATIENCE))
      while (!rig.logger.lines.some((line) => line.endsWith(' again'))) await new Promise((resolve) => setImmediate(resolve))
      stop.abort()
      await running
      expect(rig.logger.lines.filter((line) => line.includes('502'))).to.have.length.within(1, 2)
    } finally {
      api.close()
      await rig.close()
    }
  })
})
