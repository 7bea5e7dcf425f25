import { expect } from 'chai'
import fc from 'fast-check'
import type { WorkflowEvent } from '../../../src/events/event-types.ts'
import { Checker } from '../../../src/mining/conform/checker.ts'
import { parseRules } from '../../../src/mining/conform/parse-rules.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { at } from '../events.ts'

/** What the events of a log break, and with `ended` what is broken by their ends. */
async function broken(rules: string, events: readonly WorkflowEvent[], { ended = true, openCases = 100 } = {}) {
  const checker = new Checker(await parseRules(rules, 'rules.yaml'), { openCases })
  const found = events.flatMap((event, line) => {
    return [...checker.advance(Date.parse(event.event_time)), ...checker.observe({ event, place: { file: 'log', line: line + 1 } })]
  })
  return [...found, ...(ended ? checker.endAll() : [])]
}

const rule = (text: string) => `rules:\n  - {name: r, ${text}}\n`
const by = (person: string, more: Partial<WorkflowEvent> = {}) => ({ person, ...more })

describe('the conformance checker', () => {
  it('four_eyes: two activities of a case by one person', async () => {
    const text = rule('rule: four_eyes, activities: [submit, approve*], severity: critical')
    const found = await broken(text, [
      at(0, 'a', 'submit', by('p1')),
      at(1, 'b', 'submit', by('p1')),
      at(2, 'a', 'approve invoice', by('p2')),
      at(3, 'b', 'approve invoice', by('p1')),
    ])
    expect(found).to.have.lengthOf(1)
    expect(found[0]).to.include({
      rule: 'r',
      kind: 'four_eyes',
      severity: 'critical',
      case_id: 'b',
      event_time: '2026-03-02T09:03:00.000Z',
    })
    expect(found[0]?.summary).to.equal('p1 did both "submit" and "approve invoice", which takes four eyes')
    expect(found[0]?.events.map(({ place }) => place)).to.deep.equal([
      { file: 'log', line: 2 },
      { file: 'log', line: 4 },
    ])
  })

  it('segregation_of_duties: in a case, or over all cases', async () => {
    const events = [
      at(0, 'a', 'create vendor', by('p1')),
      at(1, 'b', 'pay', by('p1')),
      at(2, 'c', 'pay', by('p1')),
      at(3, 'a', 'pay', by('p2')),
    ]
    const text = (across: string) => rule(`rule: segregation_of_duties, duties: [create vendor, [pay, refund]], across: ${across}`)
    expect(await broken(text('case'), events)).to.deep.equal([])
    const found = await broken(text('cases'), events)
    expect(found.map(({ case_id }) => case_id)).to.deep.equal(['b'])
    expect(found[0]?.summary).to.contain('in case a')
  })

  it('approval_limit: by person or team; nobody without a limit; the amount of the case', async () => {
    const text = rule('rule: approval_limit, activity: approve, limits: [{up_to: 1000, teams: [payables]}, {up_to: null, persons: [cfo]}]')
    const amount = { amount: 5_000, currency: 'EUR' }
    const found = await broken(text, [
      at(0, 'a', 'submit', amount),
      at(1, 'a', 'approve', { person: 'p1', team: 'payables' }),
      at(2, 'a', 'approve', { person: 'cfo', ...amount }),
      at(3, 'b', 'approve', { person: 'p1', team: 'payables', amount: 1_000 }),
      at(4, 'c', 'approve', { person: 'p9', amount: 1 }),
      at(5, 'd', 'approve', { person: 'p9' }),
    ])
    expect(found.map(({ case_id, observed, expected_high }) => [case_id, observed, expected_high])).to.deep.equal([
      ['a', 5_000, 1_000],
      ['c', 1, null],
    ])
  })

  it('response: late as soon as time says so, once; unanswered at the end', async () => {
    const text = rule('rule: response, activity: submit, followed_by: [approve, reject], within: 1h')
    const late = await broken(text, [at(0, 'a', 'submit'), at(61, 'b', 'other'), at(70, 'a', 'approve')], { ended: false })
    expect(late.map(({ event_time, summary }) => [event_time, summary])).to.deep.equal([
      ['2026-03-02T10:00:00.000Z', '"submit" was not followed by "approve" or "reject" within 1h'],
    ])
    expect(await broken(text, [at(0, 'a', 'submit'), at(60, 'a', 'reject')])).to.deep.equal([])
    const unanswered = rule('rule: response, activity: submit, followed_by: approve')
    expect(await broken(unanswered, [at(0, 'a', 'submit')], { ended: false })).to.deep.equal([])
    expect(await broken(unanswered, [at(0, 'a', 'submit')])).to.have.lengthOf(1)
    expect(await broken(`ends: close\n${unanswered}`, [at(0, 'a', 'submit'), at(1, 'a', 'close')], { ended: false })).to.have.lengthOf(1)
  })

  it('precedence: without what must come before, or too long after it', async () => {
    const text = rule('rule: precedence, activity: pay, after: approve, within: 2h')
    const found = await broken(text, [
      at(0, 'a', 'pay'),
      at(1, 'b', 'approve'),
      at(2, 'b', 'pay'),
      at(3, 'c', 'approve'),
      at(124, 'c', 'pay'),
    ])
    expect(found.map(({ case_id, observed }) => [case_id, observed])).to.deep.equal([
      ['a', null],
      ['c', 7_260],
    ])
  })

  it('absence and exactly_once', async () => {
    expect(await broken(rule('rule: absence, activity: "*override*"'), [at(0, 'a', 'manual override of limit')])).to.have.lengthOf(1)
    const once = await broken(rule('rule: exactly_once, activity: pay'), [
      at(0, 'a', 'pay'),
      at(1, 'a', 'pay'),
      at(2, 'b', 'submit'),
      at(3, 'c', 'pay'),
    ])
    expect(once.map(({ case_id, observed }) => [case_id, observed])).to.deep.equal([
      ['a', 2],
      ['b', 0],
    ])
  })

  it('deadline: within a time of the beginning, or by the due time that events carry', async () => {
    const within = rule('rule: deadline, activity: pay, within: 1d')
    const found = await broken(within, [at(0, 'a', 'submit'), at(10, 'b', 'submit'), at(1_000, 'a', 'pay'), at(1_460, 'b', 'pay')])
    expect(found.map(({ case_id, event_time }) => [case_id, event_time])).to.deep.equal([['b', '2026-03-03T09:10:00.000Z']])
    const due = (minute: number) => at(minute, 'x', 'y').event_time
    const carried = rule('rule: deadline, activity: approve')
    const events = [
      at(0, 'a', 'approve', { lifecycle: 'assigned', due_at: due(30) }),
      at(20, 'a', 'approve'),
      at(21, 'b', 'approve', { lifecycle: 'assigned', due_at: due(30) }),
      at(31, 'b', 'approve'),
      at(32, 'c', 'approve', { due_at: due(31) }),
      at(40, 'd', 'approve', { lifecycle: 'due' }),
      at(41, 'e', 'submit'),
    ]
    expect((await broken(carried, events)).map(({ case_id }) => case_id)).to.deep.equal(['b', 'c', 'd'])
    const whole = await broken(`ends: [close]\n${rule('rule: deadline')}`, [
      at(0, 'a', 'submit', { case_due_at: due(5) }),
      at(4, 'a', 'close'),
      at(4, 'b', 'submit', { case_due_at: due(5) }),
      at(6, 'b', 'close'),
    ])
    expect(whole.map(({ case_id }) => case_id)).to.deep.equal(['b'])
  })

  it('looks only at the process and the amounts that a rule is for', async () => {
    const text = rule('rule: absence, activity: skip, process: p2p, min_amount: 100')
    const more = { process: 'p2p', amount: 100 }
    const found = await broken(text, [
      at(0, 'a', 'skip', more),
      at(1, 'b', 'skip', { ...more, process: 'close' }),
      at(2, 'c', 'skip', { ...more, amount: 99 }),
      at(3, 'd', 'skip', { process: 'p2p' }),
    ])
    expect(found.map(({ case_id }) => case_id)).to.deep.equal(['a'])
  })

  it('keeps at most so many cases', async () => {
    const text = rule('rule: response, activity: submit, followed_by: approve')
    const events = Array.from({ length: 30 }, (_, i) => at(i, `c${i}`, 'submit'))
    expect(await broken(text, events, { openCases: 10 })).to.have.lengthOf(10)
  })

  it('response within a time: what a look over the whole case says', async () => {
    const set = await parseRules(rule('rule: response, activity: a, followed_by: b, within: 10m'), 'r')
    const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 20 })
    fc.assert(
      fc.property(minutes, (drawn) => {
        let now = 0
        const events = drawn.map(([gap, activity]) => {
          now += gap
          return at(now, 'x', activity)
        })
        const checker = new Checker(set)
        const streamed = events.flatMap((event) => [
          ...checker.advance(Date.parse(event.event_time)),
          ...checker.observe({ event, place: { file: 'f', line: null } }),
        ])
        streamed.push(...checker.advance(Number.MAX_SAFE_INTEGER))
        // The first `a` of each run of unanswered ones, and the first `b` after it.
        let expected = 0
        for (let i = 0; i < events.length; i++) {
          if (events[i]?.activity !== 'a') continue
          const answer = events.findIndex(({ activity }, j) => j > i && activity === 'b')
          const took =
            answer < 0
              ? Number.POSITIVE_INFINITY
              : Date.parse(events[answer]?.event_time as string) - Date.parse(events[i]?.event_time as string)
          if (took > 600_000) expected++
          if (answer < 0) break
          i = answer
        }
        expect(streamed).to.have.lengthOf(expected)
      }),
    )
  })
})

describe('a file of rules', () => {
  const problem = async (text: string) => (await thrownBy(() => parseRules(text, 'rules.yaml'))) as Error & { code: string }

  it('says which line is wrong, and why', async () => {
    const cases: Array<[string, RegExp]> = [
      ['rules:\n  - {name: r, rule: four_eyes}\n', /line 2: rules.0.activities/],
      ['rules:\n  - name: r\n    rule: absence\n    activity: x\n    sevrity: info\n', /line 5: .*sevrity/],
      [
        'rules:\n  - name: r\n    rule: response\n    activity: x\n    followed_by: y\n    within: soon\n',
        /line 6: .*"soon" is no duration/,
      ],
      ['rules:\n  - {name: r, rule: absence, activity: x}\n  - {name: r, rule: absence, activity: y}\n', /line 3: there are two rules/],
      ['rules: [', /line 1/],
      ['rules: [{name: r, rule: foureyes}]', /line 1: rules\.0\.rule: it is one of 'four_eyes', 'segregation_of_duties', /],
      ['rules: []', /line 1/],
      ['', /line 1/],
    ]
    for (const [text, message] of cases) {
      const error = await problem(text)
      expect(error.code, text).to.equal('SHITOPS_E_RULES')
      expect(error.message).to.match(message)
    }
  })

  it('may be JSON', async () => {
    const { rules } = await parseRules('{"rules":[{"name":"r","rule":"absence","activity":"x"}]}', 'rules.json')
    expect(rules[0]).to.deep.equal({ name: 'r', rule: 'absence', activity: ['x'], severity: 'warning' })
  })
})
