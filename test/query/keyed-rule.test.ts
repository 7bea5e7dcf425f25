import { expect } from 'chai'
import fc from 'fast-check'
import { KeyedRule, type RuleRow, type RuleState } from '../../src/query/keyed-rule.ts'
import type { Rule } from '../../src/query/rule.ts'
import { event, streams } from './events.ts'

/** Loss of 3 and more on a key while somebody there is in a call. */
const JOIN: Rule = {
  name: 'join',
  inputs: {
    loss: { topic: 'loss', key: 'key', member: 'member', value: 'value', ttl: 50 },
    calls: { topic: 'calls', where: { value: [1, 2, 3] }, key: 'key', member: 'member', value: 'value', until: { value: [3] }, ttl: 80 },
  },
  when: [
    { input: 'loss', over: 'any', op: '>=', than: 3 },
    { input: 'calls', over: 'count', op: '>=', than: 1 },
  ],
  every: 10,
}
const loss = (time: number, value: unknown, member = 'x') => event(time, { key: 'a', member, value }, 'loss')
const call = (time: number, value: unknown, member = 'x', key = 'a') => event(time, { key, member, value }, 'calls')
const brief = (rows: RuleRow[]) => rows.map(({ key, time, holds, values }) => ({ key, time, holds, ...values }))

describe('a keyed rule', () => {
  let rule: KeyedRule
  beforeEach(() => {
    rule = new KeyedRule(JOIN)
  })

  it('holds when all its conditions hold for one key, and shows why', () => {
    expect(rule.process(loss(1, 4))).to.deep.equal([])
    expect(rule.process(call(2, 1, 'x', 'b'))).to.deep.equal([])
    const [row, ...more] = rule.process(call(3, 1))
    expect(more).to.deep.equal([])
    expect(row).to.deep.include({ rule: 'join', key: 'a', time: 3, holds: true, values: { loss: 4, calls: 1 } })
    expect(row?.evidence.map(({ input, member, time, value }) => ({ input, member, time, value }))).to.deep.equal([
      { input: 'loss', member: 'x', time: 1, value: 4 },
      { input: 'calls', member: 'x', time: 3, value: 1 },
    ])
  })

  it('ceases when a condition ceases, and says so once', () => {
    rule.process(loss(1, 4))
    rule.process(call(2, 1))
    expect(brief(rule.process(loss(3, 1)))).to.deep.equal([{ key: 'a', time: 3, holds: false, loss: 1, calls: 1 }])
    expect(rule.process(loss(4, 1))).to.deep.equal([])
  })

  it('ends a member by its last record, and passes over what is not for it', () => {
    rule.process(loss(1, 4))
    rule.process(call(2, 1))
    expect(rule.process(event(3, { key: 'a', member: 'x', value: 3 }, 'elsewhere'))).to.deep.equal([])
    expect(rule.process(call(4, 0))).to.deep.equal([])
    expect(brief(rule.process(call(5, 3)))).to.deep.equal([{ key: 'a', time: 5, holds: false, loss: 4, calls: 0 }])
  })

  it('forgets a member that is not heard of, at the moment it expires, however late that is noticed', () => {
    rule.process(loss(1, 4))
    rule.process(call(2, 1))
    expect(brief(rule.advance(500))).to.deep.equal([{ key: 'a', time: 51, holds: false, loss: 0, calls: 1 }])
    expect(rule.state()).to.deep.equal({ keys: {} })
  })

  it('repeats itself at most once in each slot of `every`', () => {
    rule.process(loss(1, 4))
    rule.process(call(2, 1))
    expect([5, 9, 10, 11, 19, 25].flatMap((time) => brief(rule.process(loss(time, 4)))).map(({ time }) => time)).to.deep.equal([10, 25])
  })

  it('holds any member over the line, and counts them', () => {
    rule.process(call(0, 1, 'x'))
    rule.process(call(0, 2, 'y'))
    rule.process(loss(1, 1, 'x'))
    expect(brief(rule.process(loss(1, 5, 'y')))).to.deep.equal([{ key: 'a', time: 1, holds: true, loss: 5, calls: 2 }])
  })

  it('gives the same rows whether or not it was stored and restored, and however often time is told', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(59)), fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (events, restarts, tells) => {
        const plain = new KeyedRule(JOIN)
        const expected = [...events.flatMap((e) => plain.process(e)), ...plain.advance(10_000)]
        let interrupted = new KeyedRule(JOIN)
        const rows = events.flatMap((e, i) => {
          const result = interrupted.process(e)
          if (tells[i]) result.push(...interrupted.advance(e.time))
          if (restarts.includes(i)) interrupted = new KeyedRule(JOIN, {}, JSON.parse(JSON.stringify(interrupted.state())) as RuleState)
          return result
        })
        expect([...rows, ...interrupted.advance(10_000)]).to.deep.equal(expected)
      }),
    )
  })

  it('is the same as asking every condition anew after every event', () => {
    fc.assert(
      fc.property(streams, (events) => {
        const run = new KeyedRule({ ...JOIN, every: 1 })
        const last = new Map<string, boolean>()
        for (const [i, e] of events.entries()) {
          for (const { key, holds } of run.process(e)) last.set(key, holds)
          for (const key of ['a', 'b']) expect(last.get(key) ?? false).to.equal(holdsBySpec(events.slice(0, i + 1), key, e.time))
        }
      }),
    )
  })
})

/** The rule of above in the plainest words: look at the whole past. */
function holdsBySpec(
  events: ReadonlyArray<{ topic: string; time: number; value: Record<string, unknown> }>,
  key: string,
  now: number,
): boolean {
  const lastOf = (topic: string, member: string, ttl: number, looked: (value: number) => boolean) => {
    const own = events.filter((e) => e.topic === topic && e.value.key === key && e.value.member === member && looked(Number(e.value.value)))
    const last = own.at(-1)
    return last && last.time + ttl > now ? Number(last.value.value) : undefined
  }
  const lossy = ['x', 'y'].some((member) => (lastOf('loss', member, 50, () => true) ?? 0) >= 3)
  const calling = ['x', 'y'].some((member) => [1, 2].includes(lastOf('calls', member, 80, (value) => value >= 1 && value <= 3) ?? 0))
  return lossy && calling
}
