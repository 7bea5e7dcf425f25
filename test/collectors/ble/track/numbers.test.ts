import { expect } from 'chai'
import fc from 'fast-check'
import { audioIntensity, type IntervalFacts } from '../../../../src/collectors/ble/track/audio-intensity.ts'
import { DEFAULT_CALIBRATION, distanceOf } from '../../../../src/collectors/ble/track/distance.ts'
import { Proximity } from '../../../../src/collectors/ble/track/proximity.ts'
import { SIGNAL_WINDOW, SignalWindow } from '../../../../src/collectors/ble/track/signal-window.ts'
import { theilSen } from '../../../../src/collectors/ble/track/theil-sen.ts'
import { TimeToEmpty } from '../../../../src/collectors/ble/track/time-to-empty.ts'
import { tukeySummary } from '../../../../src/collectors/ble/track/tukey.ts'

const MINUTE = 60_000

describe('the signal of a headset', () => {
  it('passes over readings that are none, and forgets after 15 s', () => {
    const window = new SignalWindow()
    for (const rssi of [127, -127, 0, null, -60, -62]) window.hear(rssi, 1000)
    expect(window.summary(1000)).to.include({ mean: -61, count: 2 })
    expect(window.summary(1000 + SIGNAL_WINDOW)).to.equal(undefined)
  })

  it('is not moved by an outlier', () => {
    expect(tukeySummary([-60, -61, -59, -60, -61, -60, -95])?.mean).to.be.closeTo(-60.2, 0.1)
  })

  it('lies between the weakest and the strongest reading', () => {
    const readings = fc.array(fc.integer({ min: -126, max: -1 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(readings, (values) => {
        const { mean, spread, count } = tukeySummary(values) ?? { mean: Number.NaN, spread: Number.NaN, count: 0 }
        expect(mean).to.be.within(Math.min(...values), Math.max(...values))
        expect(spread).to.be.at.least(0)
        expect(count).to.be.within(1, values.length)
      }),
    )
  })

  it('gives one metre at the calibrated strength, ten times that 27 dB below, and a wider interval for a noisier signal', () => {
    const at = (mean: number, spread = 0) => distanceOf({ mean, spread, count: 5 }, DEFAULT_CALIBRATION)
    expect(at(-62).estimate).to.equal(1)
    expect(at(-89).estimate).to.be.closeTo(10, 1e-9)
    expect(at(-62, 6).high).to.be.above(at(-62, 1).high)
    expect(at(-62, 6).low).to.be.below(at(-62, 1).low)
  })
})

describe('proximity', () => {
  it('holds a band between the border to enter and the one to leave', () => {
    const proximity = new Proximity()
    expect(proximity.update(0.9, 0)).to.equal('immediate')
    expect(proximity.update(1.4, 10_000)).to.equal('immediate')
    expect(proximity.update(1.6, 20_000)).to.equal('near')
    expect(proximity.update(1.2, 30_000)).to.equal('near')
    expect(proximity.update(3.9, 40_000)).to.equal('near')
    expect(proximity.update(4.1, 50_000)).to.equal('far')
    expect(proximity.update(3.5, 60_000)).to.equal('far')
    expect(proximity.update(undefined, 70_000)).to.equal('unknown')
  })

  it('stays in a band for five seconds at least', () => {
    const proximity = new Proximity()
    proximity.update(0.5, 0)
    expect(proximity.update(9, 4_999)).to.equal('immediate')
    expect(proximity.update(9, 5_000)).to.equal('far')
  })
})

describe('time to empty', () => {
  it('is exact for a steady fall, by tens or by ones', () => {
    for (const quantum of [10, 1]) {
      const battery = new TimeToEmpty()
      // One percent a minute, from 79.99 %, read as the headset rounds it.
      for (let minute = 0; minute <= 40; minute++) battery.read(Math.floor((79.99 - minute) / quantum) * quantum, false, minute * MINUTE)
      expect(battery.at(40 * MINUTE), `in steps of ${quantum}`).to.be.closeTo(40 * 60, 60)
    }
  })

  it('is unknown before three steps, while charging, and after a rise', () => {
    const battery = new TimeToEmpty()
    const levels = [80, 70, 60]
    levels.forEach((level, i) => {
      battery.read(level, false, i * MINUTE)
    })
    expect(battery.at(3 * MINUTE)).to.equal(null)
    battery.read(50, false, 3 * MINUTE)
    expect(battery.at(3 * MINUTE)).to.be.a('number')
    battery.read(null, false, 4 * MINUTE)
    expect(battery.at(4 * MINUTE)).to.be.a('number')
    battery.read(50, true, 5 * MINUTE)
    expect(battery.at(5 * MINUTE)).to.equal(null)
  })

  it('is never negative and never grows while nothing is read', () => {
    const falls = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(falls, fc.integer({ min: 0, max: 500 }), (minutes, later) => {
        const battery = new TimeToEmpty()
        let time = 0
        battery.read(100, false, time)
        minutes.forEach((gap, i) => {
          time += gap * MINUTE
          battery.read(95 - i * 5, false, time)
        })
        const now = battery.at(time) ?? Number.NaN
        const then = battery.at(time + later * MINUTE) ?? Number.NaN
        expect(then).to.be.at.least(0).and.at.most(now)
      }),
    )
  })

  it('stands on a slope that a quarter of bad points does not move', () => {
    const points = Array.from({ length: 16 }, (_, i) => ({ time: i, level: i % 4 === 3 ? 500 : 100 - 2 * i }))
    expect(theilSen(points)).to.be.closeTo(-2, 0.5)
  })
})

const facts = (changed: Partial<IntervalFacts['seconds']> & Partial<Omit<IntervalFacts, 'seconds'>>): IntervalFacts => {
  const { call = 0, media = 0, ringing = 0, hanging_up = 0, ...rest } = changed
  return { length: 10, seconds: { call, media, ringing, hanging_up }, changes: 0, microphoneWorn: null, rssiSpread: null, ...rest }
}

describe('audio intensity', () => {
  it('has the values of the table in docs/audio-intensity.md', () => {
    expect(audioIntensity(facts({}))).to.equal(0)
    expect(audioIntensity(facts({ media: 10 }))).to.equal(0.6)
    expect(audioIntensity(facts({ ringing: 10 }))).to.equal(0.4)
    expect(audioIntensity(facts({ call: 10 }))).to.equal(0.85)
    expect(audioIntensity(facts({ call: 10, microphoneWorn: 1, rssiSpread: 0 }))).to.equal(1)
    expect(audioIntensity(facts({ call: 10, microphoneWorn: 0, rssiSpread: 4 }))).to.equal(0.775)
    expect(audioIntensity(facts({ call: 5, ringing: 5, changes: 1 }))).to.equal(0.675)
  })

  const seconds = fc.record({
    ...{ call: fc.nat(2500), media: fc.nat(2500), ringing: fc.nat(2500), hanging_up: fc.nat(2500) },
    ...{ changes: fc.nat(20), microphoneWorn: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) },
    rssiSpread: fc.option(fc.double({ min: 0, max: 40, noNaN: true })),
  })
  const inSeconds = ({ call, media, ringing, hanging_up, ...rest }: Record<'call' | 'media' | 'ringing' | 'hanging_up', number>) =>
    facts({ ...{ call: call / 1000, media: media / 1000, ringing: ringing / 1000, hanging_up: hanging_up / 1000 }, ...rest })

  it('is between 0 and 1, and 0 exactly without a state that sounds', () => {
    fc.assert(
      fc.property(seconds, (some) => {
        const intensity = audioIntensity(inSeconds(some))
        expect(intensity).to.be.within(0, 1)
        if (some.call + some.media + some.ringing + some.hanging_up === 0) expect(intensity).to.equal(0)
      }),
    )
  })

  it('never falls when silence becomes call', () => {
    fc.assert(
      fc.property(seconds, fc.nat(2500), (some, more) => {
        expect(audioIntensity(inSeconds({ ...some, call: some.call + more }))).to.be.at.least(audioIntensity(inSeconds(some)))
      }),
    )
  })
})
