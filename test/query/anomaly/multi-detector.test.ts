import { expect } from 'chai'
import fc from 'fast-check'
import { Detector } from '../../../src/query/anomaly/detector.ts'
import { MultiDetector } from '../../../src/query/anomaly/multi-detector.ts'
import { RowDetector } from '../../../src/query/anomaly/row-detector.ts'
import { ALARM_SCORE } from '../../../src/query/anomaly/since.ts'

const MINUTE = 60_000
const noise = (i: number) => (Math.sin(i * 12.9898) * 43_758.5453) % 1

describe('anomalies of several values', () => {
  it('go on from what was saved as JSON, whatever values are missing', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 60 }), fc.nat(60), (rows, cut) => {
        const whole = new MultiDetector(3)
        let parts = new MultiDetector(3)
        for (const [i, row] of rows.entries()) {
          if (i === cut) parts = MultiDetector.load(JSON.parse(JSON.stringify(parts.save())))
          const verdict = whole.step(i * MINUTE, row)
          expect(parts.step(i * MINUTE, row)).to.deep.equal(verdict)
          expect(parts.explain()).to.deep.equal(whole.explain())
          expect(verdict.score).to.be.within(0, 1)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('expect nothing in a row without any value, before a restart and after it', () => {
    const [whole, none] = [new MultiDetector(2), [Number.NaN, Number.NaN]]
    for (let i = 0; i < 5; i++) whole.step(i * MINUTE, [i, 0])
    const parts = MultiDetector.load(JSON.parse(JSON.stringify(whole.save())))
    for (const detector of [whole, parts]) {
      detector.step(5 * MINUTE, none)
      expect(detector.explain()).to.deep.include({ rarity: 0, expected: undefined, similar: undefined })
    }
  })

  it('go on from a long past too', () => {
    const row = (i: number) => [noise(i), noise(i + 7000) + Math.sin(i / 40)]
    const first = new MultiDetector(2)
    for (let i = 0; i < 2000; i++) first.step(i * MINUTE, row(i))
    const second = MultiDetector.load(JSON.parse(JSON.stringify(first.save())))
    for (let i = 2000; i < 2300; i++) expect(second.step(i * MINUTE, row(i))).to.deep.equal(first.step(i * MINUTE, row(i)))
  })

  it('are not more alarms because there are more columns', () => {
    const alarmsOf = (columns: number) => {
      const detector = new MultiDetector(columns)
      let alarms = 0
      for (let i = 0; i < 4000; i++) {
        const row = Array.from({ length: columns }, (_, d) => noise(i + 10_000 * d))
        if (detector.step(i * MINUTE, row).score >= ALARM_SCORE && i >= 600) alarms++
      }
      return alarms
    }
    expect(alarmsOf(8)).to.be.at.most(alarmsOf(2) + 4)
  })

  it('of one value are those of the detector alone', () => {
    const [row, one] = [new RowDetector(1), new Detector()]
    for (let i = 0; i < 300; i++) expect(row.step(i * MINUTE, [noise(i)])).to.deep.equal(one.step(i * MINUTE, noise(i)))
    expect(row.explain()).to.deep.include(one.explain())
    const loaded = new RowDetector(1, {}, JSON.parse(JSON.stringify(row.save())))
    expect(loaded.step(300 * MINUTE, [5])).to.deep.equal(row.step(300 * MINUTE, [5]))
  })
})
