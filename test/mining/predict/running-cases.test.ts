import { expect } from 'chai'
import fc from 'fast-check'
import type { WorkflowEvent } from '../../../src/events/event-types.ts'
import { outlookOf } from '../../../src/mining/predict/outlook.ts'
import { Predictor } from '../../../src/mining/predict/predictor.ts'
import { RunningCases } from '../../../src/mining/predict/running-cases.ts'
import { at } from '../events.ts'
import { claims } from './claims.ts'

const SMALL = { forest: { trees: 6 } }
const DAY_MINUTES = 1_440

describe('mining/predict running cases', () => {
  it('restarting at any event makes no difference', () => {
    const events = claims(90)
    const outlooks = (predictor: Predictor, running: RunningCases) =>
      [...running.values()].map(({ id, state, deadline }) => [id, outlookOf(predictor, state, deadline, running.now)])
    const through = (some: readonly WorkflowEvent[], saved?: { predictor: unknown; running: unknown }) => {
      const predictor = new Predictor(SMALL)
      const running = new RunningCases(predictor, { idleMs: 8 * DAY_MINUTES * 60_000 })
      if (saved) {
        predictor.load(saved.predictor)
        running.load(saved.running)
      }
      for (const event of some) running.take(event)
      return { predictor, running }
    }
    const whole = through(events)
    expect(whole.predictor.cases).to.be.above(40)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: events.length }), (cut) => {
        const first = through(events.slice(0, cut))
        const saved = JSON.parse(JSON.stringify({ predictor: first.predictor.save(), running: first.running.save() }))
        const second = through(events.slice(cut), saved)
        expect(outlooks(second.predictor, second.running)).to.deep.equal(outlooks(whole.predictor, whole.running))
        expect(second.running.counts).to.deep.equal(whole.running.counts)
      }),
      { numRuns: 8 },
    )
  })

  it('learns what ends a case, and ends cases by it at once', () => {
    const running = new RunningCases(new Predictor(SMALL), { idleMs: 3 * DAY_MINUTES * 60_000 })
    for (let i = 0; i < 12; i++) {
      running.take(at(i * DAY_MINUTES, `c${i}`, 'open'))
      running.take(at(i * DAY_MINUTES + 10, `c${i}`, 'close'))
    }
    // The first ones ended by silence, which showed what ends them.
    running.take(at(30 * DAY_MINUTES, 'x', 'open'))
    expect(running.counts.idle).to.equal(12)
    expect(running.end.endsWith('close')).to.equal(true)
    expect(running.end.endsWith('open')).to.equal(false)
    // 12 of 13 ended with it; the one that does not is as silent in one of ten cases.
    expect(running.end.over('close', 0.1)).to.be.closeTo(12 / 13 / (12 / 13 + 0.1 / 13), 1e-9)
    expect(running.end.over('open', 0.1)).to.equal(0)
    expect(running.take(at(30 * DAY_MINUTES + 5, 'x', 'close'))).to.equal(undefined)
    expect([running.size, running.counts.ended]).to.deep.equal([0, 1])
  })

  it('hears of a case that went on after all, and no longer trusts that end as much', () => {
    const running = new RunningCases(new Predictor(SMALL))
    for (let i = 0; i < 10; i++) running.learn([{ ...STEP, activity: 'open' }, STEP], `c${i}`)
    running.take(at(0, 'x', 'close'))
    expect(running.counts.ended).to.equal(1)
    running.take(at(1, 'x', 'open again'))
    expect(running.counts.resumed).to.equal(1)
    running.take(at(2, 'x', 'open'))
    expect(running.size).to.equal(1)
  })

  it('takes a deadline from the case, from what is due, and keeps the latest word', () => {
    const running = new RunningCases(new Predictor(SMALL))
    const due = '2026-03-09T09:00:00.000Z'
    running.take(at(0, 'x', 'open', { case_due_at: due }))
    expect([...running.values()][0]?.deadline).to.equal(Date.parse(due))
    // What is due tells the deadline by its own time, and is no step.
    running.take(at(3 * DAY_MINUTES, 'x', 'close', { lifecycle: 'due', due_at: '2026-03-05T09:00:00.000Z' }))
    const [found] = [...running.values()]
    expect([found?.deadline, found?.state.steps]).to.deep.equal([Date.parse('2026-03-05T09:00:00.000Z'), 1])
  })

  it('holds so many cases and no more', () => {
    const running = new RunningCases(new Predictor(SMALL), { most: 50 })
    for (let i = 0; i < 200; i++) running.take(at(i, `c${i}`, 'open'))
    expect([running.size, running.counts.dropped]).to.deep.equal([50, 150])
    expect([...running.values()][0]?.id).to.equal('c150')
  })
})

const STEP = { activity: 'close', time: 0, person: '', team: '', amount: Number.NaN }
