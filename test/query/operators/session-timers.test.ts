import { expect } from 'chai'
import { compileAggregates } from '../../../src/query/aggregates/compile.ts'
import { INSERT, type Row } from '../../../src/query/operators/operator.ts'
import { SessionAggregate } from '../../../src/query/operators/session-aggregate.ts'

/** Sessions of 1 s by key; rows are [key, time]. */
function sessions(): { step: SessionAggregate; rows: Row[] } {
  const count = { fn: 'COUNT', args: [], argTypes: [], type: { kind: 'BIGINT', nullable: false } } as const
  const aggregates = compileAggregates([count], { retract: false, merge: true })
  const step = new SessionAggregate({ gap: 1000, time: 1, keys: [0], aggregates, retract: false })
  const rows: Row[] = []
  step.out = { row: (_, row) => void rows.push(row), watermark() {} }
  return { step, rows }
}

describe('query: the timers of sessions', () => {
  it('are as many as there are sessions, however many of a key are open at once', () => {
    const { step, rows } = sessions()
    let most = 0
    for (let i = 0; i < 300; i++) {
      // Each is a session of its own, and four of the key are open at any time.
      step.row(INSERT, ['a', i * 2000])
      step.watermark(i * 2000 - 8000)
      most = Math.max(most, step.timers)
    }
    expect(most).to.be.lessThan(8)
    step.watermark(Number.POSITIVE_INFINITY)
    expect(rows.map((row) => row[2])).to.deep.equal(Array.from({ length: 300 }, (_, i) => i * 2000))
  })

  it('follow a session that grows and one that two have become', () => {
    const { step, rows } = sessions()
    for (const time of [0, 1500, 700, 2400, 9000]) step.row(INSERT, ['a', time])
    step.watermark(1100)
    expect(rows).to.deep.equal([])
    step.watermark(3399)
    expect(rows.map((row) => [row[1], row[2], row[3]])).to.deep.equal([[4, 0, 3400]])
    step.row(INSERT, ['a', 9900])
    step.watermark(20_000)
    expect(rows.map((row) => [row[1], row[2], row[3]])).to.deep.equal([
      [4, 0, 3400],
      [2, 9000, 10_900],
    ])
  })
})
