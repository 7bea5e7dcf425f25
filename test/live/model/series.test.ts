import { expect } from 'chai'
import fc from 'fast-check'
import { aligned, Series } from '../../../src/live/model/series.ts'

describe('live/model: series', () => {
  it('are the newest of what rises in time, a time once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer())),
        fc.integer({ min: 1, max: 8 }),
        (samples, capacity) => {
          const series = new Series(capacity)
          const expected: Array<{ at: number; value: number }> = []
          for (const [at, value] of samples) {
            series.add(at, value)
            const last = expected.at(-1)
            if (last && at < last.at) continue
            if (last?.at === at) expected.pop()
            expected.push({ at, value })
          }
          expect(series.points()).to.eql(expected.slice(-capacity))
          expect(series.last).to.eql(expected.at(-1))
        },
      ),
    )
  })

  it('are put on one axis, with nothing where one has no value', () => {
    const one = [
      { at: 1_000, value: 1 },
      { at: 3_000, value: 3 },
    ]
    expect(aligned([one, [{ at: 2_000, value: 20 }]])).to.eql([
      [1, 2, 3],
      [1, undefined, 3],
      [undefined, 20, undefined],
    ])
    expect(aligned([])).to.eql([[]])
  })

  it('are parted where nobody listened', () => {
    const series = new Series(3)
    series.break()
    series.add(1_000, 1)
    series.break()
    series.add(1_000, 2)
    series.add(2_000, 3)
    expect(
      series.points().some(({ gap }) => gap),
      'nothing was missed',
    ).to.equal(false)
    series.break()
    series.add(9_000, 4)
    expect(series.copy().points().at(-1)).to.eql({ at: 9_000, value: 4, gap: true })
    expect(aligned([series.points(), [{ at: 5_000, value: 50 }]])).to.eql([
      [1, 2, 5, 8.999, 9],
      [2, 3, undefined, null, 4],
      [undefined, undefined, 50, undefined, undefined],
    ])
    series.add(10_000, 5)
    series.add(11_000, 6)
    expect(series.points()[0], 'the oldest has nothing before it').to.eql({ at: 9_000, value: 4 })
  })
})
