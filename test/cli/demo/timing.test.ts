import { expect } from 'chai'
import fc from 'fast-check'
import { timingOf } from '../../../src/cli/demo/timing.ts'

const NOW = Date.UTC(2026, 0, 30, 8, 0, 5)
const MINUTE = 60_000

describe('when the office opens, and how fast its day goes by', () => {
  it('is an hour in a minute as lines, and a day without end at a third of that on a dashboard', () => {
    expect(timingOf({}, false, NOW)).to.include({ speed: 60, duration: MINUTE, day: 60 * MINUTE })
    const watched = timingOf({}, true, NOW)
    expect(watched).to.include({ speed: 20, day: 7 * 86_400_000 })
    expect(watched).to.not.have.property('duration')
  })

  it('is what was asked for, on a dashboard too', () => {
    expect(timingOf({ duration: '2m', speed: '30x' }, true, NOW)).to.include({ speed: 30, duration: 2 * MINUTE, day: 60 * MINUTE })
    expect(timingOf({ speed: '5' }, true, NOW)).to.include({ speed: 5, day: 7 * 86_400_000 })
    expect(timingOf({ speed: 'max', duration: '30s' }, false, NOW)).to.include({ speed: Number.POSITIVE_INFINITY, day: 30 * MINUTE })
    // The configuration has a number.
    expect(timingOf({ speed: 90 }, false, NOW)).to.include({ speed: 90 })
  })

  it('goes faster where the incidents would not fit, and not slower where there is time', () => {
    expect(timingOf({ duration: '5s' }, false, NOW)).to.include({ speed: 360, day: 30 * MINUTE })
    expect(timingOf({ duration: '60s' }, true, NOW)).to.include({ speed: 30, day: 30 * MINUTE })
    expect(timingOf({ duration: '10m' }, true, NOW)).to.include({ speed: 20 })
  })

  it('opens on a whole step, in the past, and closes with the demo or later', () => {
    const flags = fc.record({
      seconds: fc.option(fc.integer({ min: 1, max: 100_000 })),
      speed: fc.option(fc.oneof(fc.double({ min: 0.1, max: 5_000, noNaN: true }).map(String), fc.constant('max'))),
    })
    fc.assert(
      fc.property(flags, fc.boolean(), fc.integer({ min: 1e12, max: 2e12 }), ({ seconds, speed }, dashboard, now) => {
        const given = { ...(seconds !== null && { duration: `${seconds}s` }), ...(speed !== null && { speed }) }
        const timing = timingOf(given, dashboard, now)
        expect(timing.openedAt % 10_000).to.equal(0)
        expect(timing.openedAt).to.be.at.most(now)
        if (timing.duration !== undefined && timing.speed >= 1)
          expect(timing.openedAt + timing.day).to.be.at.most(now + (Number.isFinite(timing.speed) ? timing.duration : 0) + 1)
      }),
    )
  })

  it('refuses what is none', () => {
    for (const flags of [{ duration: 'soon' }, { speed: '0' }, { speed: 'warp' }, { duration: '0s' }]) {
      expect(() => timingOf(flags, false, NOW), JSON.stringify(flags))
        .to.throw()
        .with.property('code', 'SHITOPS_E_USAGE')
    }
  })
})
