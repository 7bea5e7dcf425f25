import { expect } from 'chai'
import fc from 'fast-check'
import { Boot, isPlausibleBoot } from '../../../../src/collectors/gnmi/normalise/boot.ts'

const NOW = Date.UTC(2026, 2, 31, 14)
const HOUR = 3_600_000

describe('a boot', () => {
  it('is seen when the boot time comes behind the last reading', () => {
    const boot = new Boot()
    expect(boot.bootedAt(NOW - HOUR, NOW)).to.equal(false)
    expect(boot.bootedAt(NOW - HOUR, NOW + 1000)).to.equal(false)
    expect(boot.bootedAt(NOW + 60_000, NOW + 90_000)).to.equal(true)
    expect(boot.bootedAt(NOW + 60_000, NOW + 91_000)).to.equal(false)
  })

  it('is none when a clock is set, or a boot time computed anew wanders', () => {
    const boot = new Boot()
    boot.bootedAt(NOW - HOUR, NOW)
    for (const shift of [900, -900, 30_000, -30_000, HOUR / 2])
      expect(boot.bootedAt(NOW - HOUR + shift, NOW + 1000), String(shift)).to.equal(false)
  })

  it('is seen when the up-time fell, or began after the last reading', () => {
    const boot = new Boot()
    expect(boot.upFor(3600, NOW)).to.equal(false)
    expect(boot.upFor(3610, NOW + 10_000)).to.equal(false)
    expect(boot.upFor(5, NOW + 20_000)).to.equal(true)
    expect(boot.upFor(3600, NOW + 2 * HOUR)).to.equal(true)
    expect(boot.upFor(3601, NOW + 2 * HOUR + 1000)).to.equal(false)
  })

  it('is seen once, whichever of the two tells it first', () => {
    const both = [(boot: Boot) => boot.upFor(30, NOW + HOUR), (boot: Boot) => boot.bootedAt(NOW + HOUR - 30_400, NOW + HOUR)]
    for (const order of [both, [...both].reverse()]) {
      const boot = new Boot()
      boot.upFor(7200, NOW)
      boot.bootedAt(NOW - 2 * HOUR, NOW)
      expect(order.map((tell) => tell(boot))).to.deep.equal([true, false])
    }
  })

  it('is none in a late reading', () => {
    const boot = new Boot()
    boot.upFor(100, NOW)
    expect(boot.upFor(90, NOW - 10_000)).to.equal(false)
    expect(boot.bootedAt(NOW - 500_000, NOW - 10_000)).to.equal(false)
  })

  it('is seen exactly as often as there was one, at whatever times a device is read', () => {
    const uptimes = fc.array(fc.record({ lasts: fc.integer({ min: 60, max: 100_000 }), reads: fc.integer({ min: 1, max: 5 }) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(uptimes, fc.boolean(), (lives, byTime) => {
        const boot = new Boot()
        let start = NOW
        let seen = 0
        for (const { lasts, reads } of lives) {
          for (let i = 1; i <= reads; i++) {
            const seconds = Math.floor((lasts * i) / (reads + 1))
            const time = start + seconds * 1000
            if (byTime ? boot.bootedAt(start, time) : boot.upFor(seconds, time)) seen++
          }
          start += (lasts + 30) * 1000
        }
        expect(seen).to.equal(lives.length - 1)
      }),
    )
  })

  it('was when clocks were set, and not in the future', () => {
    expect(isPlausibleBoot(NOW, NOW)).to.equal(true)
    expect(isPlausibleBoot(0, NOW)).to.equal(false)
    expect(isPlausibleBoot(NOW + HOUR, NOW)).to.equal(false)
    expect(isPlausibleBoot(Number.NaN, NOW)).to.equal(false)
  })
})
