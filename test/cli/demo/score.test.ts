import { expect } from 'chai'
import type { DemoIncident } from '../../../src/cli/demo/office.ts'
import { score } from '../../../src/cli/demo/score.ts'

const OPENED = 1_000_000_000
const MINUTE = 60_000
const overload: DemoIncident = { kind: 'laptop-overload', subject: 'laptop-1', from: 5 * MINUTE, to: 10 * MINUTE }
const backlog: DemoIncident = { kind: 'month-end-backlog', subject: 'ledger', from: 20 * MINUTE, to: 30 * MINUTE }
const alert = (insight: string, subject: string, minute: number) => ({ insight, subject, firedAt: OPENED + minute * MINUTE })
const day = (incidents: DemoIncident[], alerts: ReturnType<typeof alert>[], minutes = 60) => {
  const { precision, recall, falseAlerts, incidents: scored } = score(incidents, alerts, OPENED, minutes * MINUTE)
  return { precision, recall, false: falseAlerts.length, detected: scored.filter((s) => s.alert).length, of: scored.length }
}

describe('the score of a demo', () => {
  it('is full when every incident has its alert', () => {
    expect(
      day([overload, backlog], [alert('endpoint_overload', 'laptop-1', 6), alert('workflow_bottleneck_growing', 'ledger', 31)]),
    ).to.deep.equal({
      ...{ precision: 1, recall: 1, false: 0, detected: 2, of: 2 },
    })
  })

  it('counts as missed what has no alert of its kind, its subject and its time', () => {
    for (const other of [
      alert('workflow_bottleneck_growing', 'laptop-1', 6),
      alert('endpoint_overload', 'laptop-2', 6),
      alert('endpoint_overload', 'laptop-1', 4),
      alert('endpoint_overload', 'laptop-1', 13),
    ]) {
      expect(day([overload], [other])).to.deep.equal({ precision: 0, recall: 0, false: 1, detected: 0, of: 1 })
    }
  })

  it('takes a second alert of the same incident for right, not for a second incident', () => {
    const alerts = [6, 8].map((minute) => alert('endpoint_overload', 'laptop-1', minute))
    expect(day([overload], alerts)).to.deep.equal({ precision: 1, recall: 1, false: 0, detected: 1, of: 1 })
  })

  it('leaves out an incident that had not ended, with its alert', () => {
    expect(day([overload, backlog], [alert('workflow_bottleneck_growing', 'ledger', 25)], 28)).to.deep.equal({
      precision: null,
      recall: 0,
      false: 0,
      detected: 0,
      of: 1,
    })
  })

  it('leaves out an incident of which an alert may still come, and shows it as not over', () => {
    expect(day([overload, backlog], [], 11)).to.deep.equal({ precision: null, recall: null, false: 0, detected: 0, of: 0 })
    expect(day([overload, backlog], [], 12)).to.deep.equal({ precision: null, recall: 0, false: 0, detected: 0, of: 1 })
    const fired = alert('workflow_bottleneck_growing', 'ledger', 25)
    expect(score([overload, backlog], [fired], OPENED, 28 * MINUTE).unfinished).to.deep.equal([{ incident: backlog, alert: fired }])
    expect(score([overload, backlog], [], OPENED, 15 * MINUTE).unfinished).to.deep.equal([])
  })

  it('is no number when there is nothing to divide by', () => {
    expect(day([], [])).to.deep.equal({ precision: null, recall: null, false: 0, detected: 0, of: 0 })
  })
})
