import { expect } from 'chai'
import { LineView, timeOfDay } from '../../../src/cli/demo/view.ts'
import type { AlertLogEntry } from '../../../src/events/event-types.ts'

const AT = Date.UTC(2026, 0, 30, 8, 0, 5)
const entry = (transition: AlertLogEntry['transition'], time: number): AlertLogEntry => ({
  event_time: new Date(time).toISOString(),
  fingerprint: '0123456789abcdef',
  alert_name: 'close_backlog',
  transition,
  severity: 'warning',
  subject: 'ledger',
  summary: 'the ledger team has 17 close tasks open',
  evidence: [{ topic: 'workflow_events', partition_id: 2, record_offset: 32, excerpt: 'open close_task-0018' }],
})

describe('the demo as lines', () => {
  function view(quiet = false) {
    const lines: string[] = []
    const clock = { now: 0 }
    return { lines, clock, view: new LineView({ print: (line) => lines.push(line), now: () => clock.now, utc: true, quiet }) }
  }

  it('shows an alert with the records that raised it, and how long it lasted', () => {
    const { lines, view: subject } = view()
    for (const [transition, after] of [
      ['pending', 0],
      ['firing', 60_000],
      ['resolved', 185_000],
    ] as const)
      subject.alert(entry(transition, AT + after))
    expect(lines).to.deep.equal([
      '08:01:05  FIRING    close_backlog ledger: the ledger team has 17 close tasks open',
      '                    workflow_events/2@32  open close_task-0018',
      '08:03:10  RESOLVED  close_backlog ledger, after 2m 5s',
    ])
  })

  it('tells rates every five seconds on the wall, of what has come since', () => {
    const { lines, clock, view: subject } = view()
    subject.ready('127.0.0.1:1', 'http://127.0.0.1:2')
    lines.length = 0
    clock.now = 4_999
    subject.progress(AT, new Map([['device_metrics', 100]]))
    expect(lines).to.deep.equal([])
    clock.now = 5_000
    subject.progress(
      AT,
      new Map([
        ['device_metrics', 100],
        ['alerts', 1],
      ]),
    )
    clock.now = 15_000
    subject.progress(
      AT + 1_000,
      new Map([
        ['device_metrics', 300],
        ['alerts', 1],
      ]),
    )
    expect(lines).to.deep.equal([
      '08:00:05  signals   records/s: alerts 0.2, device_metrics 20',
      '08:00:06  signals   records/s: device_metrics 20',
    ])
  })

  it('is only alerts when it is to be quiet', () => {
    const { lines, clock, view: subject } = view(true)
    subject.ready('127.0.0.1:1', 'http://127.0.0.1:2')
    clock.now = 60_000
    subject.progress(AT, new Map([['alerts', 1]]))
    expect(lines).to.deep.equal([])
    subject.alert(entry('firing', AT))
    expect(lines).to.have.length(2)
  })

  it('has the time of day, in UTC or local', () => {
    expect(timeOfDay(AT, true)).to.equal('08:00:05')
    expect(timeOfDay(AT, false)).to.equal(new Date(AT).toTimeString().slice(0, 8))
  })
})
