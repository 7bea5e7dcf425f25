import { expect } from 'chai'
import { schedule } from '../../src/office/incidents.ts'
import { type FinanceEvent, FinanceLog } from '../../src/office/ledger.ts'
import { roster } from '../../src/office/roster.ts'

const MINUTE = 60_000
const DAY = 60 * MINUTE

function linesOf(seed: number): { lines: FinanceEvent[]; backlog: { from: number; to: number } } {
  const office = roster(seed)
  const incidents = schedule(seed, office, DAY, 'month-end-backlog')
  const [backlog] = incidents
  if (!backlog) throw new Error('no backlog scripted')
  const log = new FinanceLog(seed, office, incidents, 0)
  const lines: FinanceEvent[] = []
  for (let time = 10_000; time <= DAY; time += 10_000) lines.push(...log.until(time))
  return { lines, backlog }
}

describe('the finance log of the office', () => {
  it('takes every case through its activities in order, one at a time', () => {
    const { lines } = linesOf(1)
    const cases = new Map<string, FinanceEvent[]>()
    for (const line of lines) cases.set(line.case_id, [...(cases.get(line.case_id) ?? []), line])
    expect(cases.size).to.be.above(50)
    for (const steps of cases.values()) {
      expect(steps.map(({ lifecycle }) => lifecycle)).to.deep.equal(steps.map((_, i) => (i % 2 === 0 ? 'start' : 'complete')))
      for (const [i, step] of steps.entries()) {
        if (i % 2 === 1) expect(step.activity).to.equal(steps[i - 1]?.activity)
        if (i > 0) expect(step.time >= (steps[i - 1]?.time ?? '')).to.equal(true)
      }
    }
    expect(new Set(lines.map(({ id }) => id)).size).to.equal(lines.length)
  })

  it('piles up close tasks in a backlog and nowhere else', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { lines, backlog } = linesOf(seed)
      const open = new Set<string>()
      let most = { within: 0, before: 0 }
      for (const { case_id, case_type, activity, lifecycle, time } of lines) {
        if (case_type !== 'close_task') continue
        if (activity === 'sign off' && lifecycle === 'complete') open.delete(case_id)
        else open.add(case_id)
        if (Date.parse(time) < backlog.from) most = { ...most, before: Math.max(most.before, open.size) }
        else if (Date.parse(time) < backlog.to) most = { ...most, within: Math.max(most.within, open.size) }
      }
      expect(most.before, `seed ${seed}`).to.be.below(10)
      expect(most.within, `seed ${seed}`).to.be.above(20)
    }
  })
})
