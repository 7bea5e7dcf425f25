import { expect } from 'chai'
import fc from 'fast-check'
import { LIFECYCLE, type WorkflowEvent } from '../../../src/events/workflow_events.ts'
import type { MinerOptions } from '../../../src/mining/discover/miner-state.ts'
import { ProcessMiner } from '../../../src/mining/discover/process-miner.ts'
import { report } from '../../../src/mining/discover/report.ts'
import { at } from '../events.ts'

function mined(events: readonly WorkflowEvent[], options: Partial<MinerOptions> = {}) {
  const miner = new ProcessMiner(options)
  for (const event of events) miner.observe(event)
  return report(miner)
}

describe('the process miner', () => {
  it('counts flows, variants and the happy path', () => {
    const model = mined([
      at(0, 'a', 'submit'),
      at(1, 'b', 'submit'),
      at(2, 'c', 'submit'),
      at(10, 'a', 'approve'),
      at(21, 'b', 'approve'),
      at(30, 'a', 'pay'),
      at(41, 'b', 'pay'),
      at(62, 'c', 'reject'),
    ])
    expect(model).to.include({ events: 8, steps: 8, cases: 3, open_cases: 3 })
    expect(model.flows.map(({ from, to, count }) => [from, to, count])).to.deep.equal([
      [null, 'submit', 3],
      ['approve', 'pay', 2],
      ['pay', null, 2],
      ['submit', 'approve', 2],
      ['reject', null, 1],
      ['submit', 'reject', 1],
    ])
    expect(model.happy_path).to.deep.include({ activities: ['submit', 'approve', 'pay'], cases: 2, share: 2 / 3 })
    expect(model.variants).to.have.lengthOf(2)
    const time = model.flows[3]?.time
    expect(time?.p10_s).to.be.closeTo(600, 6)
    expect(time?.p90_s).to.be.closeTo(1_200, 12)
    expect(time?.mean_s).to.equal(900)
    expect(model.throughput?.max_s).to.equal(3_600)
    expect(model.straight_share).to.equal(1)
    expect(model.error_at_most).to.deep.equal({ flows: 0, variants: 0 })
  })

  it('parts waiting from service where the log says when work began, without suspensions', () => {
    const model = mined([
      at(0, 'a', 'submit'),
      at(60, 'a', 'check', { lifecycle: 'started' }),
      at(70, 'a', 'check', { lifecycle: 'suspended' }),
      at(100, 'a', 'check', { lifecycle: 'resumed' }),
      at(105, 'a', 'check'),
      at(125, 'a', 'pay'),
    ])
    const check = model.activities.find(({ activity }) => activity === 'check')
    expect(check?.waiting?.mean_s).to.equal(3_600)
    expect(check?.service?.mean_s).to.equal(900)
    expect(check?.sojourn?.mean_s).to.equal(6_300)
    expect([model.waiting_s, model.service_s]).to.deep.equal([3_600, 900])
    expect(model.activities.find(({ activity }) => activity === 'pay')?.service).to.equal(null)
    expect(mined([at(0, 'a', 'submit')]).service_s).to.equal(null)
  })

  it('tells rework: repeats, self-loops, and the time that went into them', () => {
    const model = mined([at(0, 'a', 'check'), at(5, 'a', 'check'), at(10, 'a', 'return'), at(30, 'a', 'check'), at(0, 'b', 'check')])
    const check = model.activities.find(({ activity }) => activity === 'check')
    expect(check).to.include({ steps: 4, cases: 2, repeats: 2, self_loops: 1, rework_s: 30 * 60 })
    expect(model.straight_share).to.equal(0.5)
  })

  it('tells hand-overs and load by team, or by person', () => {
    const events = [
      at(0, 'a', 'submit', { person: 'p1', team: 'sales' }),
      at(10, 'a', 'check', { person: 'p2', team: 'payables' }),
      at(20, 'a', 'pay', { person: 'p3', team: 'payables' }),
      at(1_500, 'b', 'pay', { person: 'p3', team: 'payables' }),
    ]
    const byTeam = mined(events)
    expect(byTeam.handovers.map(({ from, to, count }) => [from, to, count])).to.deep.equal([['sales', 'payables', 1]])
    expect(byTeam.workers[0]).to.deep.include({ worker: 'payables', steps: 3, share: 0.75, days: 2, steps_per_day: 1.5, busiest_day: 2 })
    const byPerson = mined(events, { by: 'person' })
    expect(byPerson.handovers).to.have.lengthOf(2)
    expect(byPerson.workers[0]).to.include({ worker: 'p3', steps: 2 })
  })

  it('sees batches of one worker, and not what is spread over the day', () => {
    const person = { person: 'p1' }
    const batch = Array.from({ length: 6 }, (_, i) => at(100 + i, `b${i}`, 'pay', person))
    const spread = Array.from({ length: 6 }, (_, i) => at(1_000 + 30 * i, `s${i}`, 'pay', person))
    expect(mined([...batch, ...spread]).batches).to.deep.equal([{ activity: 'pay', batches: 1, steps: 6, share: 0.5, median_size: 6 }])
    const sameCase = Array.from({ length: 6 }, (_, i) => at(i, 'one', 'pay', person))
    expect(mined(sameCase).batches).to.deep.equal([])
  })

  it('ranks where the time goes', () => {
    const events = Array.from({ length: 20 }, (_, i) => [
      at(i * 10, `c${i}`, 'submit'),
      at(i * 10 + 5, `c${i}`, 'check'),
      at(i * 10 + 3_000, `c${i}`, 'approve'),
      at(i * 10 + 3_010, `c${i}`, 'pay'),
    ]).flat()
    const [first, ...others] = mined(events).bottlenecks
    expect(first).to.include({ rank: 1, from: 'check', to: 'approve', count: 20 })
    expect(first?.time_share).to.be.closeTo(2_995 / 3_010, 1e-9)
    expect(first?.why).to.contain('99.5 % of all time')
    expect(others).to.deep.equal([])
  })

  it('forgets with the half-life', () => {
    const old = Array.from({ length: 8 }, (_, i) => at(i, `o${i}`, 'fax'))
    const young = at(7 + 60 * 3, 'n', 'mail')
    const { activities } = mined([...old.map((event) => ({ ...event, event_time: old[7]?.event_time as string })), young], {
      halfLifeMs: 3_600_000,
    })
    expect(activities.map(({ activity, share }) => [activity, share])).to.deep.equal([
      ['fax', 0.5],
      ['mail', 0.5],
    ])
  })

  it('keeps at most so many cases open, and says how many had to go', () => {
    const events = Array.from({ length: 50 }, (_, i) => at(i, `c${i}`, 'submit'))
    expect(mined(events, { openCases: 10 })).to.include({ cases: 50, open_cases: 10, crowded_out_cases: 40 })
    const idle = mined(events, { idleMs: 5 * 60_000 })
    expect(idle).to.include({ cases: 50, open_cases: 6, crowded_out_cases: 0 })
  })

  it('holds still while it is asked', () => {
    const miner = new ProcessMiner()
    miner.observe(at(0, 'a', 'submit'))
    const before = miner.save()
    report(miner)
    expect(miner.save()).to.deep.equal(before)
    miner.observe(at(1, 'a', 'pay'))
    expect(report(miner).variants.map(({ activities }) => activities)).to.deep.equal([['submit', 'pay']])
  })

  it('stopped anywhere and gone on from its saved state, is as if it had never stopped', () => {
    const event = fc.record({
      minute: fc.integer({ min: 0, max: 100_000 }),
      caseId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      activity: fc.constantFrom('submit', 'check', 'approve', 'pay'),
      lifecycle: fc.constantFrom(...LIFECYCLE, 'completed', 'completed', 'completed', 'started'),
      person: fc.constantFrom('p1', 'p2', null),
      team: fc.constantFrom('t1', 't2', undefined),
    })
    const options = fc.record({
      halfLifeMs: fc.constantFrom(undefined, 600_000, 86_400_000),
      idleMs: fc.constantFrom(undefined, 3_600_000),
      openCases: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 2, max: 50 }),
      by: fc.constantFrom('team' as const, 'person' as const),
      batch: fc.constant({ gapMs: 60_000_000, least: 2 }),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), fc.nat(), options, (drawn, where, chosen) => {
        const events = drawn.map(({ minute, caseId, activity, ...more }) => at(minute, caseId, activity, more as Partial<WorkflowEvent>))
        const whole = new ProcessMiner(chosen)
        let parts = new ProcessMiner(chosen)
        const stop = where % (events.length + 1)
        for (const [i, each] of events.entries()) {
          whole.observe(each)
          if (i === stop) parts = ProcessMiner.load(JSON.parse(JSON.stringify(parts.save())), chosen)
          parts.observe(each)
        }
        expect(parts.save()).to.deep.equal(whole.save())
        expect(report(parts)).to.deep.equal(report(whole))
      }),
      { numRuns: 200 },
    )
  })
})
