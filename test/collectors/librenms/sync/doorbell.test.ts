import { expect } from 'chai'
import { systemClock } from '../../../../src/base/clock.ts'
import { createMissing } from '../../../../src/bus/ops/create-missing.ts'
import { LibrenmsV0 } from '../../../../src/collectors/librenms/client/v0.ts'
import { noteRing } from '../../../../src/collectors/librenms/sync/doorbell.ts'
import { Sync } from '../../../../src/collectors/librenms/sync/sync.ts'
import { freshState } from '../../../../src/collectors/librenms/sync/sync-state.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import { type LibrenmsDoorbell, toRecord } from '../../../../src/events/index.ts'
import { TOKEN } from '../../../office/librenms/setup.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { Rig } from './rig.ts'

const ring = (given: Partial<LibrenmsDoorbell>): LibrenmsDoorbell => ({
  event_time: new Date().toISOString(),
  device_id: 1,
  rung_by: 'plugin',
  about: 'port',
  ...given,
})

describe('a ring at the sync', () => {
  it('is noted as a reason to look, as the row of a log would be', () => {
    const state = freshState()
    const asked = (given: Partial<LibrenmsDoorbell>) => noteRing(state, ring(given))
    expect(asked({ reference: '17' })).to.deep.equal({ look: 1 })
    expect(asked({ about: 'sensor', reference: '5', event_type: 'temperature' })).to.deep.equal({ look: 1 })
    expect(asked({ about: 'sensor', reference: '6', event_type: 'voltage' })).to.deep.equal({ look: 1 })
    expect(asked({ about: 'sensor', change: 'many' })).to.deep.equal({})
    expect(asked({ about: 'device', device_id: 2, change: 'updated' })).to.deep.equal({ look: 2 })
    expect(state.pending).to.deep.equal({
      1: {
        ports: true,
        sensors: [
          ['temperature', 5],
          ['voltage', 6],
        ],
      },
      2: { device: true },
    })
    expect([state.devicesPending, state.alertsPending, state.resync]).to.deep.equal([false, false, false])
    expect(asked({ about: 'device', change: 'deleted' })).to.deep.equal({ tail: true })
    expect(asked({ about: 'alert' })).to.deep.equal({ look: 0, tail: true })
    expect(asked({ about: 'eventlog' })).to.deep.equal({ tail: true })
    expect(asked({ about: 'everything', device_id: 0 })).to.deep.equal({ tail: true })
    expect([state.devicesPending, state.alertsPending, state.resync]).to.deep.equal([true, true, true])
  })

  describe('that runs', () => {
    let rig: Rig
    beforeEach(async () => {
      rig = await Rig.open()
    })
    afterEach(() => rig.close())

    it('is answered with a read, long before the sync would have looked by itself', async () => {
      await createMissing(rig.bus, ['librenms_doorbell'])
      const stop = new AbortController()
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE)])
      const metrics = new Counters()
      const api = new LibrenmsV0({ url: rig.server.url, token: TOKEN }, { clock: systemClock, signal })
      const config = {
        api,
        bus: rig.bus,
        once: false,
        full: false,
        tailInterval: 3_600_000,
        allowMassDelete: false,
        person: String,
        instance: 'hq',
      }
      const sync = await Sync.open({ config, bus: rig.bus, clock: systemClock, signal, metrics, logger: rig.logger })
      const running = sync.run()
      await metrics.reaches('sweeps_links', 1, signal)

      const [port] = rig.world.device(1).ports
      // No event tells of it.
      rig.world.changePort(port?.id ?? 0, { ifAlias: 'to core-2' })
      const alias = async () => (await rig.last('librenms_ports')).get(`hq:${port?.id}`)?.if_alias
      expect(await alias()).not.to.equal('to core-2')
      const record = (given: Partial<LibrenmsDoorbell>) => toRecord('librenms_doorbell', ring(given), { source: '/test' })
      await rig.bus.append('librenms_doorbell', [
        { key: 'x', value: 'not JSON' },
        record({ instance: 'lab', device_id: 2 }),
        record({ instance: 'hq', reference: String(port?.id) }),
      ])
      await metrics.reaches('targeted_reads', 1, signal)
      while ((await alias()) !== 'to core-2' && !signal.aborted) await systemClock.sleep(20, signal)
      expect(await alias()).to.equal('to core-2')
      expect(metrics.get('rings')).to.equal(1)

      // What a receiver has written over: the ring brings the newer state back, although for the sync nothing has changed.
      const alert = rig.world.raiseAlert(1, 1)
      const look = record({ instance: 'hq', rung_by: 'webhook', about: 'alert', alert_id: alert.id })
      const writes = async () => (await rig.records('librenms_alerts')).length
      for (const count of [1, 2]) {
        await rig.bus.append('librenms_doorbell', [look])
        while ((await writes()) < count && !signal.aborted) await systemClock.sleep(20, signal)
        expect(await writes()).to.be.at.least(count)
      }
      stop.abort()
      await running
      api.close()
    })
  })
})
