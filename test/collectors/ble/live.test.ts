import { expect } from 'chai'
import type { Clock } from '../../../src/base/clock.ts'
import { Feed } from '../../../src/cli/demo/feed.ts'
import type { Advertisement } from '../../../src/collectors/ble/advertisement.ts'
import { BLE_DEFAULTS } from '../../../src/collectors/ble/config.ts'
import { runBle } from '../../../src/collectors/ble/index.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { MemoryLogger, RecordingSink } from '../compliance.ts'
import { heard, SimulatedHeadset } from './headset.ts'

const NOW = Date.UTC(2026, 0, 30, 8)

describe('a live source that falls silent', () => {
  it('still empties the room: time goes on by the clock', async () => {
    let time = NOW
    // A sleep takes no longer than a turn, and as long as it says on the clock.
    const clock: Clock = {
      now: () => time,
      sleep: async (ms, signal) => {
        await new Promise(setImmediate)
        if (!signal?.aborted) time += ms
      },
    }
    const feed = new Feed<Advertisement>()
    const headset = new SimulatedHeadset(1)
    const [bus, metrics] = [new RecordingSink(), new Counters()]
    const stop = new AbortController()
    const config = { ...BLE_DEFAULTS, source: feed, live: true, identify: () => ({ device: 'hs_1', person: 'h-1' }) }
    const running = runBle({ config, bus, metrics, logger: new MemoryLogger(), clock, signal: stop.signal })
    await feed.give([heard(headset.frame({}), headset.address(1), NOW)])
    while (!bus.of('device_presence').some(({ kind }) => kind === 'left')) await new Promise(setImmediate)
    stop.abort()
    await running
    expect(bus.of('device_presence').filter(({ kind }) => kind !== 'crowd')).to.have.length(2)
    expect(bus.of('device_presence').find(({ kind }) => kind === 'left')).to.include({ silent_s: 60 })
  })
})
