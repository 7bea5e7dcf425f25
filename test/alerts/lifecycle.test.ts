import { expect } from 'chai'
import fc from 'fast-check'
import { fingerprint } from '../../src/alerts/fingerprint.ts'
import { type AlertState, FLAP, Lifecycle, REMEMBERED, type Transition } from '../../src/alerts/lifecycle.ts'
import type { AlertPolicy, InsightRow } from '../../src/insights/insight.ts'

const policy = (wait: number, keep: number): AlertPolicy => ({
  ...{ severity: 'warning', channel: 'finance', for: wait, keepFiringFor: keep },
  ...{ summary: '', advice: '' },
})
const POLICIES = new Map([
  ['slow', policy(30, 20)],
  ['quick', policy(0, 0)],
])
const row = (time: number, active: boolean, insight = 'slow', subject = 'k'): InsightRow => ({
  ...{ insight, subject, time, active },
  ...{ labels: {}, values: {} },
})
const brief = (transitions: Transition[]) => transitions.map(({ to, time }) => [to, time])

describe("an alert's life", () => {
  let life: Lifecycle
  beforeEach(() => {
    life = new Lifecycle(POLICIES)
  })

  it('is pending, fires when its condition has held long enough, and is resolved when it has ceased long enough', () => {
    expect(brief(life.process(row(10, true)))).to.deep.equal([['pending', 10]])
    expect(brief(life.advance(39))).to.deep.equal([])
    expect(brief(life.advance(40))).to.deep.equal([['firing', 40]])
    expect(brief(life.process(row(60, false)))).to.deep.equal([])
    expect(brief(life.advance(79))).to.deep.equal([])
    const [resolved] = life.advance(100)
    expect(resolved).to.include({ to: 'resolved', time: 80 })
    expect(resolved?.alert).to.include({ since: 10, firedAt: 40, resolvedAt: 80, state: 'resolved' })
    expect(life.active()).to.deep.equal([])
  })

  it('is dropped when its condition ceases while it is pending, also at the last moment', () => {
    life.process(row(10, true))
    expect(brief(life.process(row(40, false)))).to.deep.equal([['dropped', 40]])
    expect(brief(life.advance(1_000))).to.deep.equal([])
  })

  it('goes on when its condition comes back before it is resolved: one alert, not two', () => {
    life.process(row(10, true))
    life.advance(40)
    life.process(row(60, false))
    expect(brief(life.process(row(79, true)))).to.deep.equal([])
    expect(brief(life.advance(500))).to.deep.equal([])
    life.process(row(510, false))
    expect(brief(life.advance(600))).to.deep.equal([['resolved', 530]])
  })

  it('without waiting fires with its first row and is resolved with the one that ends it', () => {
    expect(brief([...life.process(row(10, true, 'quick')), ...life.advance(10)])).to.deep.equal([
      ['pending', 10],
      ['firing', 10],
    ])
    expect(brief([...life.process(row(20, false, 'quick')), ...life.advance(20)])).to.deep.equal([['resolved', 20]])
  })

  it('keeps subjects and rules apart, and passes over rows of rules without a policy', () => {
    life.process(row(10, true, 'slow', 'a'))
    life.process(row(20, true, 'slow', 'b'))
    expect(life.process(row(25, true, 'unheard of'))).to.deep.equal([])
    expect(life.advance(60).map(({ time, alert }) => [time, alert.subject])).to.deep.equal([
      [40, 'a'],
      [50, 'b'],
    ])
    expect(new Set(life.active().map((alert) => alert.fingerprint)).size).to.equal(2)
  })

  /** Fires at `time`, and its condition ceases a moment later. */
  const blink = (time: number) => [
    ...life.process(row(time, true, 'quick')),
    ...life.advance(time),
    ...life.process(row(time + 1, false, 'quick')),
    ...life.advance(time + 1),
  ]

  it('is remembered for a day: how often it fired, and then it is forgotten', () => {
    blink(10)
    const [, second] = blink(1_000)
    expect(second?.alert.fires).to.deep.equal([10, 1_000])
    expect(life.active()).to.deep.equal([])
    expect(brief(life.advance(1_001 + REMEMBERED))).to.deep.equal([['forgotten', 1_001 + REMEMBERED]])
    expect(life.saved()).to.deep.equal([])
    const [, third] = blink(2_000 + REMEMBERED)
    expect(third?.alert.fires).to.deep.equal([2_000 + REMEMBERED])
  })

  it('that is pending again is not forgotten, and what was dropped still is', () => {
    blink(10)
    life.process(row(REMEMBERED, true))
    life.process(row(REMEMBERED - 5 + 10, true, 'quick', 'other'))
    const late = new Lifecycle(new Map([['slow', policy(1_000, 0)]]))
    late.process(row(0, true))
    late.advance(1_000)
    late.process(row(1_001, false))
    late.advance(1_001)
    late.process(row(1_000 + REMEMBERED, true))
    expect(brief(late.advance(1_500 + REMEMBERED))).to.deep.equal([])
    expect(brief(late.advance(2_000 + REMEMBERED))).to.deep.equal([['firing', 2_000 + REMEMBERED]])
  })

  it('that comes and goes is flapping: it goes on firing until it was quiet for a while, and is one alert meanwhile', () => {
    for (const time of [0, 600_000, 1_200_000])
      expect(brief(blink(time)).map(([to]) => to)).to.deep.equal(['pending', 'firing', 'resolved'])
    expect(brief(blink(1_800_000))).to.deep.equal([
      ['pending', 1_800_000],
      ['firing', 1_800_000],
    ])
    expect(life.active()[0]).to.include({ flapping: true })
    expect(brief(blink(2_400_000))).to.deep.equal([])
    expect(brief(life.advance(2_400_000 + FLAP.quiet))).to.deep.equal([])
    const [end] = life.advance(2_400_001 + FLAP.quiet)
    expect(end).to.include({ to: 'resolved', time: 2_400_001 + FLAP.quiet })
    expect(end?.alert.flapping).to.equal(undefined)
  })

  it('that fires as often, but over a longer time, is not flapping', () => {
    for (let i = 0; i < 6; i++)
      expect(brief(blink(i * (FLAP.window / 3 + 1))).map(([to]) => to)).to.deep.equal(['pending', 'firing', 'resolved'])
  })

  const rows = fc
    .array(
      fc.record({
        gap: fc.oneof({ weight: 20, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.constantFrom(500_000, REMEMBERED) }),
        holds: fc.boolean(),
        rule: fc.constantFrom('slow', 'quick'),
        key: fc.constantFrom('a', 'b'),
      }),
      {
        maxLength: 40,
      },
    )
    .map((steps) => {
      let time = 0
      return steps.map(({ gap, holds, rule, key }) => {
        time += gap
        return row(time, holds, rule, key)
      })
    })

  it('is the same life whether or not it was stored and restored, and however often time is told', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(39)), fc.array(fc.nat(39)), (given, restarts, tells) => {
        const plain = new Lifecycle(POLICIES)
        const expected = [...given.flatMap((r) => plain.process(r)), ...plain.advance(100_000_000)]
        let other = new Lifecycle(POLICIES)
        const transitions = given.flatMap((r, i) => {
          const result = other.process(r)
          const next = given[i + 1]
          // Time may be told up to, but not including, the next row: that is what a watermark says.
          if (tells.includes(i) && next && next.time > r.time) result.push(...other.advance(next.time - 1))
          if (restarts.includes(i)) other = new Lifecycle(POLICIES, JSON.parse(JSON.stringify(other.saved())) as AlertState[])
          return result
        })
        expect([...transitions, ...other.advance(100_000_000)]).to.deep.equal(expected)
      }),
    )
  })

  it('goes through its states in order, and times never go back', () => {
    const NEXT: Record<string, string[]> = {
      none: ['pending'],
      pending: ['firing', 'dropped'],
      firing: ['resolved'],
      dropped: ['pending', 'forgotten'],
      resolved: ['pending', 'forgotten'],
      forgotten: ['pending'],
    }
    fc.assert(
      fc.property(rows, (given) => {
        const subject = new Lifecycle(POLICIES)
        const states = new Map<string, string>()
        let time = 0
        for (const transition of [...given.flatMap((r) => subject.process(r)), ...subject.advance(100_000_000)]) {
          const id = transition.alert.fingerprint
          expect(NEXT[states.get(id) ?? 'none']).to.include(transition.to)
          states.set(id, transition.to)
          expect(transition.time).to.be.at.least(time)
          time = transition.time
        }
      }),
    )
  })
})

describe('a fingerprint', () => {
  it('is of the labels, whatever their order, and of all of them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1, noNullPrototype: true }), (labels) => {
        const reversed = Object.fromEntries(Object.entries(labels).reverse())
        expect(fingerprint(labels))
          .to.equal(fingerprint(reversed))
          .and.match(/^[0-9a-f]{16}$/)
        const [name = ''] = Object.keys(labels)
        expect(fingerprint(labels)).not.to.equal(fingerprint({ ...labels, [name]: `${labels[name]}!` }))
      }),
    )
  })

  it('is this one, today and next year', () => {
    expect(fingerprint({ alertname: 'close_backlog', severity: 'warning', subject: 'ledger' })).to.equal('8caeeb45fd8a4f8d')
  })
})
