import { expect } from 'chai'
import type { DemoIncident, DemoOffice } from '../../../src/cli/demo/office.ts'
import type { DemoResult } from '../../../src/cli/demo/run-demo.ts'
import { type FiredAlert, score } from '../../../src/cli/demo/score.ts'
import { formatSummary, summaryDocument } from '../../../src/cli/demo/summary.ts'

const OPENED = Date.UTC(2026, 0, 30, 8)
const MINUTE = 60_000
const overload: DemoIncident = { kind: 'laptop-overload', subject: 'laptop-1', from: 5 * MINUTE, to: 10 * MINUTE }
const loss: DemoIncident = { kind: 'link-loss', subject: 'access-1', from: 12 * MINUTE, to: 18 * MINUTE }
const battery: DemoIncident = { kind: 'battery-dying', subject: 'ledger-1', from: 21 * MINUTE, to: 29 * MINUTE }
const backlog: DemoIncident = { kind: 'month-end-backlog', subject: 'ledger', from: 60 * MINUTE, to: 70 * MINUTE }
const office = { openedAt: OPENED, day: 90 * MINUTE, incidents: [overload, loss, battery, backlog] } as unknown as DemoOffice

function result(alerts: FiredAlert[], minutes = 25): DemoResult {
  return {
    ...{ officeTime: minutes * MINUTE, wallTime: 75_000, gnmi: '', librenms: '', records: new Map([['device_metrics', 150]]), alerts },
    job: { events: 0, late: 0, unreadable: 0, jumps: 0 },
    collectors: { ble: {}, gnmi: {}, librenms: {}, workflow: {} },
    score: score(office.incidents, alerts, OPENED, minutes * MINUTE),
  }
}
const at = (minute: number) => OPENED + minute * MINUTE

describe('what a demo ends with', () => {
  it('names what was noticed, what was missed, what was false, and what was not over', () => {
    const alerts: FiredAlert[] = [
      { insight: 'endpoint_overload', subject: 'laptop-1', firedAt: at(6), resolvedAt: at(11) },
      { insight: 'endpoint_overload', subject: 'laptop-2', firedAt: at(7) },
      { insight: 'headset_battery_low_in_call', subject: 'ledger-1', firedAt: at(23) },
    ]
    expect(formatSummary(result(alerts), office, true).split('\n').slice(6)).to.deep.equal([
      '  incident         subject   began     alert                        fired after  resolved',
      '  laptop-overload  laptop-1  08:05:00  endpoint_overload                     1m  08:11:00',
      '  link-loss        access-1  08:12:00  call_quality_at_risk              MISSED',
      '  battery-dying    ledger-1  08:21:00  headset_battery_low_in_call           2m   not yet',
      '',
      'false alert: endpoint_overload laptop-2 at 08:07:00',
      '1 incident was not over: not counted',
      '1 of 2 incidents detected, 3 alerts, 1 of them false: precision 0.50, recall 0.50',
    ])
    expect(summaryDocument(result(alerts), office, 1, 20, 'temporary')).to.include({ unfinished_incidents: 1, precision: 0.5, recall: 0.5 })
  })

  it('does not speak of what had not begun', () => {
    const text = formatSummary(result([], 4), office, true)
    expect(text).to.include('0 of 0 incidents detected, 0 alerts, 0 of them false: precision -, recall -')
    expect(text).to.not.include('not over').and.not.include('backlog')
  })
})
