import { expect } from 'chai'
import fc from 'fast-check'
import { Standing } from '../../src/alerts/standing.ts'
import type { InsightRow } from '../../src/insights/insight.ts'

const row = (time: number, active = true, subject = 'a'): InsightRow => ({ insight: 'i', subject, time, active, labels: {}, values: {} })
const brief = (rows: InsightRow[]) => rows.map(({ time, active, subject }) => [time, active, subject])

describe('rows that stand', () => {
  it('fall when no other takes their place in time, at the moment at which they do', () => {
    const standing = new Standing(10)
    expect(brief(standing.process(row(0)))).to.deep.equal([[0, true, 'a']])
    expect(brief(standing.process(row(10)))).to.deep.equal([[10, true, 'a']])
    expect(brief(standing.advance(19))).to.deep.equal([])
    expect(brief(standing.advance(100))).to.deep.equal([[20, false, 'a']])
    expect(brief(standing.advance(200))).to.deep.equal([])
  })

  it('end by a row that says so; one that says the end of nothing is none', () => {
    const standing = new Standing(10)
    expect(brief(standing.process(row(0, false)))).to.deep.equal([])
    standing.process(row(1))
    expect(brief(standing.process(row(2, false)))).to.deep.equal([[2, false, 'a']])
    expect(brief(standing.process(row(3, false)))).to.deep.equal([])
  })

  it('fall in order of time, before the row that comes after', () => {
    const standing = new Standing(10)
    for (const each of [row(0, true, 'b'), row(0, true, 'a'), row(2, true, 'c')]) standing.process(each)
    expect(brief(standing.process(row(20, true, 'd')))).to.deep.equal([
      [10, false, 'a'],
      [10, false, 'b'],
      [12, false, 'c'],
      [20, true, 'd'],
    ])
  })

  it('are the same however often time is told, and whether or not they were stored meanwhile', () => {
    const steps = fc.array(fc.record({ gap: fc.nat(15), active: fc.boolean(), subject: fc.constantFrom('a', 'b', 'c') }), { maxLength: 30 })
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.boolean()), (list, tells) => {
        const once = new Standing(10)
        let often = new Standing(10)
        const [first, second]: [InsightRow[], InsightRow[]] = [[], []]
        let time = 0
        for (const { gap, active, subject } of list) {
          for (let t = time; t < time + gap; t++) if (tells.next().value) second.push(...often.advance(t, false))
          time += gap
          often = new Standing(10, structuredClone(often.save()))
          first.push(...once.process(row(time, active, subject)))
          second.push(...often.process(row(time, active, subject)))
        }
        first.push(...once.advance(10_000))
        second.push(...often.advance(10_000))
        expect(second).to.deep.equal(first)
      }),
    )
  })
})
