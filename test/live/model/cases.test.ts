import { expect } from 'chai'
import type { WorkflowEvent } from '../../../src/events/workflow_events.ts'
import { Cases } from '../../../src/live/model/cases.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 31, 14, minute)).toISOString()
const event = (
  minute: number,
  case_id: string,
  activity: string,
  lifecycle: WorkflowEvent['lifecycle'],
  more: Partial<WorkflowEvent> = {},
) => ({
  ...{ event_time: at(minute), case_id, activity, lifecycle },
  ...more,
})

describe('live/model: cases', () => {
  it('are where their last event left them, with the deadline that was told last', () => {
    const cases = new Cases()
    cases.add(event(0, 'a', 'register', 'completed'))
    cases.add(event(1, 'a', 'approve', 'assigned', { due_at: at(5), amount: 12, currency: 'EUR' }))
    cases.add(event(2, 'b', 'approve', 'started'))
    cases.add(event(30, 'b', 'approve', 'due'))
    cases.add(event(8, 'c', 'pay', 'completed'))
    expect(cases.open()).to.eql([{ activity: 'approve', cases: 2, longest: 7 * 60_000, overdue: 1 }])
    expect(cases.nearestDue(9).map(({ id, amount }) => [id, amount])).to.eql([
      ['a', 12],
      ['b', undefined],
    ])
    cases.add(event(9, 'a', 'approve', 'completed'))
    expect(cases.open().map(({ cases: n }) => n)).to.eql([1])
  })

  it('are counted by the minute in which a step was completed, and a minute without one is 0', () => {
    const cases = new Cases()
    for (const minute of [0, 0, 2]) cases.add(event(minute, 'a', 'x', 'completed'))
    cases.add(event(4, 'a', 'x', 'started'))
    expect(cases.done().map(({ value }) => value)).to.eql([2, 0, 1, 0])
    expect(cases.completed).to.equal(3)
  })

  it('are forgotten when there are too many, those without news first', () => {
    const cases = new Cases()
    for (let i = 0; i < 6_000; i++) cases.add(event(0, `c${i}`, 'x', 'started'))
    expect(cases.open()[0]?.cases).to.equal(5_000)
  })
})
