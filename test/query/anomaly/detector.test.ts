import { expect } from 'chai'
import fc from 'fast-check'
import { Detector } from '../../../src/query/anomaly/detector.ts'
import { ALARM_SCORE } from '../../../src/query/anomaly/since.ts'

const MINUTE = 60_000
/** A day's wave with a little noise that is the same every time, at five minutes. */
const usual = (row: number) => 50 + 20 * Math.sin((row / 288) * 2 * Math.PI) + ((row * 7919) % 101) / 101
const scoresOf = (detector: Detector, values: readonly number[], from = 0) =>
  values.map((value, i) => detector.step((from + i) * 5 * MINUTE, value))

const series = fc.array(
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 5 })),
  {
    maxLength: 120,
  },
)

describe('anomaly detector', () => {
  it('scores in [0, 1), the same every time', () => {
    fc.assert(
      fc.property(series, (values) => {
        const once = scoresOf(new Detector(), values)
        expect(scoresOf(new Detector(), values)).to.deep.equal(once)
        for (const { score, strength } of once) {
          expect(score).to.be.within(0, 1)
          expect(strength).to.be.within(0, 1)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('goes on from what was saved as JSON as if nothing had been', () => {
    fc.assert(
      fc.property(series, fc.nat(120), (values, cut) => {
        const whole = scoresOf(new Detector(), values)
        const first = new Detector()
        const before = scoresOf(first, values.slice(0, cut))
        const second = Detector.load(JSON.parse(JSON.stringify(first.save())))
        expect([...before, ...scoresOf(second, values.slice(cut), Math.min(cut, values.length))]).to.deep.equal(whole)
      }),
      { numRuns: 50 },
    )
  })

  it('goes on from a long past too, when its memory is full', () => {
    const noise = (row: number) => usual(row) + ((row * 104_729) % 9973) / 500
    const first = new Detector()
    for (let row = 0; row < 9000; row++) first.step(row * 5 * MINUTE, noise(row))
    const second = Detector.load(JSON.parse(JSON.stringify(first.save())))
    for (let row = 9000; row < 9200; row++) {
      expect(second.step(row * 5 * MINUTE, noise(row))).to.deep.equal(first.step(row * 5 * MINUTE, noise(row)))
    }
  })

  it('raises one alarm for a level that jumps and stays, and says why', () => {
    const detector = new Detector()
    const alarms: number[] = []
    let explanation: ReturnType<Detector['explain']> | undefined
    for (let row = 0; row < 2400; row++) {
      const { score } = detector.step(row * 5 * MINUTE, usual(row) + (row >= 2000 ? 60 : 0))
      if (score < ALARM_SCORE || row < 600) continue
      alarms.push(row)
      explanation ??= detector.explain()
    }
    expect(alarms[0]).to.equal(2000)
    expect(alarms.length).to.be.at.most(4)
    expect(explanation?.since).to.equal(2000 * 5 * MINUTE)
    expect(explanation?.expected?.high).to.be.below(usual(2000) + 60)
    expect(explanation?.similar).to.be.below(2000 * 5 * MINUTE)
    expect(explanation?.rarities[explanation.member]).to.equal(explanation?.rarity)
  })

  it('is quiet on a line that stands still, and on a wave that repeats', () => {
    for (const valueAt of [() => 45, (row: number) => usual(row % 288)]) {
      const detector = new Detector()
      for (let row = 0; row < 3000; row++) {
        const { score } = detector.step(row * 5 * MINUTE, valueAt(row))
        if (row >= 600) expect(score, `row ${row}`).to.be.below(ALARM_SCORE)
      }
    }
  })

  it('keeps less than 100 kB a series: what can grow is bounded', () => {
    const detector = new Detector()
    const numbers = (data: unknown): number =>
      Array.isArray(data)
        ? data.reduce((sum: number, item) => sum + numbers(item), 0)
        : typeof data === 'object' && data
          ? numbers(Object.values(data))
          : 1
    const numbersAfter = (rows: number, from: number) => {
      for (let row = from; row < rows; row++) detector.step(row * 5 * MINUTE, usual(row) + ((row * 104_729) % 99_991) / 1000)
      return numbers(detector.save())
    }
    expect(numbersAfter(12_000, 0)).to.be.below(100_000 / 8)
    expect(numbersAfter(24_000, 12_000)).to.be.below(100_000 / 8)
  })
})
