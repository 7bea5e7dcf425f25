import { expect } from 'chai'
import type { Advertisement } from '../../../src/collectors/ble/advertisement.ts'
import { BLE_DEFAULTS } from '../../../src/collectors/ble/config.ts'
import { runBle } from '../../../src/collectors/ble/index.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { MemoryLogger, RecordingSink, stillClock } from '../compliance.ts'
import { heard, SimulatedHeadset, strangeAddress } from './headset.ts'

const NOW = Date.UTC(2026, 0, 30, 8)
const headset = new SimulatedHeadset(1)
const stranger = new SimulatedHeadset(2)
const FRAME = stranger.frame({})

/** Run the collector over what the air has; `headset` is enrolled. */
async function run(air: readonly Advertisement[]) {
  const [bus, metrics, logger] = [new RecordingSink(), new Counters(), new MemoryLogger()]
  async function* source() {
    yield air
  }
  const own = new Set([0, 1].map((n) => headset.address(n)))
  const identify = (address: string) => (own.has(address) ? { device: 'hs_1', person: 'h-1' } : undefined)
  const config = { ...BLE_DEFAULTS, source: source(), identify }
  await runBle({ config, bus, metrics, logger, clock: stillClock(NOW), signal: new AbortController().signal })
  return { presence: bus.of('device_presence'), audio: bus.of('audio_metrics'), counters: metrics.toJSON(), lines: logger.lines }
}

const strangers = (count: number, receiver: string) =>
  Array.from({ length: count }, (_, n) => heard(FRAME, strangeAddress(n), NOW, receiver))

describe('the crowd', () => {
  it('is counted by zone, each sender once, and hidden below five', async () => {
    const { presence } = await run([...strangers(7, 'rx-1'), ...strangers(7, 'rx-1'), ...strangers(4, 'rx-2')])
    const counts = presence.map(({ kind, zone, device_count }) => ({ kind, zone, device_count }))
    expect(counts).to.deep.equal([
      { kind: 'crowd', zone: 'rx-1', device_count: 7 },
      { kind: 'crowd', zone: 'rx-2', device_count: null },
    ])
  })

  it('begins anew with each interval', async () => {
    const later = strangers(6, 'rx-1').map((one) => ({ ...one, timestamp: NOW + 61_000 }))
    const { presence } = await run([...strangers(9, 'rx-1'), ...later])
    expect(presence.map(({ device_count }) => device_count)).to.deep.equal([9, 6])
  })
})

describe('a flood of forged frames', () => {
  it('is told once an interval, rate-limited, and does not hide an enrolled headset', async () => {
    const air: Advertisement[] = []
    for (let second = 0; second < 90; second++) {
      const at = NOW + second * 1000
      for (let n = 0; n < 3_000; n++) air.push(heard(FRAME, strangeAddress(second * 3_000 + n), at))
      // It changes its address in the middle of it.
      air.push(heard(headset.frame({ state: 'call' }), headset.address(second < 45 ? 0 : 1), at))
    }
    const { presence, audio, counters, lines } = await run(air)
    expect(counters).to.include({ floods: 2 })
    expect(counters.rate_limited).to.be.above(170_000)
    expect(lines.filter((line) => line.includes('flood'))).to.have.length(2)
    expect(presence.filter(({ flooded }) => flooded)).to.have.length(2)
    expect(presence.filter(({ kind }) => kind === 'left')).to.have.length(0)
    const told = presence.filter(({ device }) => device === 'hs_1').map(({ kind }) => kind)
    expect(told[0]).to.equal('arrived')
    expect(audio.filter(({ kind, audio_state }) => kind === 'sample' && audio_state === 'call')).to.have.length.at.least(4)
  })

  it('may be far larger than any air bears', async () => {
    const air: Advertisement[] = []
    for (let second = 0; second < 8; second++) {
      const at = NOW + second * 1000
      for (let n = 0; n < 20_000; n++) {
        air.push(heard(FRAME, strangeAddress(second * 20_000 + n), at))
        // Late in the second, when new senders are passed over already.
        if (n === 15_000) air.push(heard(headset.frame({}), headset.address(0), at))
      }
    }
    const { presence } = await run(air)
    expect(presence.filter(({ device }) => device === 'hs_1').map(({ kind }) => kind)).to.deep.equal(['arrived'])
  })

  it('is no busy office', async () => {
    const air = Array.from({ length: 60 }, (_, second) =>
      Array.from({ length: 90 }, (_, n) => heard(FRAME, strangeAddress(second * 90 + n), NOW + second * 1000)),
    ).flat()
    const { counters } = await run(air)
    expect(counters.floods).to.equal(undefined)
    expect(counters.rate_limited).to.equal(undefined)
  })
})
