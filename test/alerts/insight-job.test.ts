import { expect } from 'chai'
import { InsightJob } from '../../src/alerts/insight-job.ts'
import { sentence } from '../../src/alerts/records.ts'
import { validateRecord } from '../../src/events/index.ts'
import { INSIGHTS } from '../../src/insights/index.ts'
import type { Output } from '../../src/query/job.ts'
import type { StreamEvent } from '../../src/query/stream-event.ts'

const NOW = Date.UTC(2026, 0, 30, 8)
const LOOKUPS = { switch_of: { 'ledger-1': 'access-1', 'ledger-2': 'access-2' } }
let offset = 0
const event = (seconds: number, topic: string, value: Record<string, unknown>): StreamEvent => ({
  ...{ topic, partition: 0, offset: offset++, time: NOW + seconds * 1000, value },
})
const loss = (seconds: number, value: number, role = 'switch') =>
  event(seconds, 'device_metrics', { metric: 'packet_loss', target: 'access-1', instance: 'e1', role, value })
const audio = (seconds: number, audio_state: string, person = 'ledger-1') =>
  event(seconds, 'audio_metrics', { device: 'hs_1', person, audio_state })

/** Events through a job; `cut` decides where it is stored and restored. */
function play(events: StreamEvent[], cut: (i: number) => boolean = () => false): Output[] {
  let job = new InsightJob(INSIGHTS, LOOKUPS)
  const outputs = events.flatMap((e, i) => {
    const result = job.process(e)
    if (cut(i)) job = new InsightJob(INSIGHTS, LOOKUPS, JSON.parse(JSON.stringify(job.state())))
    return result
  })
  return [...outputs, ...job.advance(NOW + 3_600_000)]
}
const log = (outputs: Output[]) =>
  outputs
    .filter(({ topic }) => topic === 'alert_log')
    .map(({ value }) => JSON.parse(String(value)) as { alert_name: string; transition: string; subject: string; event_time: string })
    .map(({ alert_name, transition, subject, event_time }) => [alert_name, subject, transition, (Date.parse(event_time) - NOW) / 1000])

/** Ten-second samples of a value. */
const every10s = (from: number, to: number, sample: (at: number) => StreamEvent[]) =>
  Array.from({ length: (to - from) / 10 }, (_, i) => sample(from + i * 10)).flat()

describe('the built-in insights', () => {
  const lossInCall = every10s(0, 120, (at) => [loss(at, at < 90 ? 0.05 : 0), audio(at + 1, 'call')])

  it('notice loss under a call after 45 s, and its end', () => {
    expect(log(play(lossInCall))).to.deep.equal([
      ['calls_on_lossy_link', 'access-1', 'pending', 1],
      ['calls_on_lossy_link', 'access-1', 'firing', 46],
      ['calls_on_lossy_link', 'access-1', 'resolved', 120],
    ])
  })

  it('pass over loss without a call, calls on another switch, loss on a laptop and a short burst', () => {
    const quiet = [
      every10s(0, 120, (at) => [loss(at, 0.05), audio(at, 'idle')]),
      every10s(0, 120, (at) => [loss(at, 0.05), audio(at, 'call', 'ledger-2')]),
      every10s(0, 120, (at) => [loss(at, 0.05, 'laptop'), audio(at, 'call')]),
      every10s(0, 120, (at) => [loss(at, at < 40 ? 0.05 : 0), audio(at, 'call')]),
    ]
    for (const events of quiet) expect(log(play(events)).filter(([, , to]) => to === 'firing')).to.deep.equal([])
  })

  it('notice a laptop that is busy for a minute', () => {
    const cpu = (at: number) => [
      event(at, 'device_metrics', { metric: 'cpu_load', target: 'laptop-1', instance: '', role: 'laptop', value: at < 80 ? 0.95 : 0.3 }),
    ]
    expect(log(play(every10s(0, 200, cpu))).map(([, , to, at]) => [to, at])).to.deep.equal([
      ['pending', 0],
      ['firing', 60],
      ['resolved', 110],
    ])
  })

  it('notice a headset at 10 % in a call, and not one that is charging at its desk', () => {
    const presence = (at: number, battery_pct: number) =>
      event(at, 'device_presence', { device: 'hs_1', person: 'ledger-1', kind: 'changed', battery_pct })
    const dying = [presence(0, 10), ...every10s(0, 60, (at) => [audio(at, 'call')])]
    expect(
      log(play(dying))
        .map(([name, subject, to]) => [name, subject, to])
        .slice(0, 2),
    ).to.deep.equal([
      ['headset_dying_in_call', 'ledger-1', 'pending'],
      ['headset_dying_in_call', 'ledger-1', 'firing'],
    ])
    expect(log(play([presence(0, 10), ...every10s(0, 60, (at) => [audio(at, 'idle')])]))).to.deep.equal([])
    expect(log(play([presence(0, 20), ...every10s(0, 60, (at) => [audio(at, 'call')])]))).to.deep.equal([])
  })

  it('notice a pile of close tasks, by team, and that it is gone', () => {
    const task = (at: number, n: number, activity: string, lifecycle: string) =>
      event(at, 'workflow_events', { case_id: `c${n}`, team: 'ledger', process: 'close_task', activity, lifecycle })
    const opened = Array.from({ length: 15 }, (_, n) => task(n, n, 'prepare', 'started'))
    const done = [task(200, 0, 'review', 'completed'), task(210, 0, 'sign off', 'completed')]
    expect(log(play([...opened, ...done])).map(([, subject, to, at]) => [subject, to, at])).to.deep.equal([
      ['ledger', 'pending', 14],
      ['ledger', 'firing', 74],
      ['ledger', 'resolved', 270],
    ])
  })

  it('write the same records when they are stored and restored after every event', () => {
    expect(play(lossInCall, () => true)).to.deep.equal(play(lossInCall))
  })

  it('write valid records: rows, the state of the alert, its history; a dropped one is deleted', async () => {
    const outputs = [...play(lossInCall), ...play([loss(0, 0.05), audio(1, 'call'), loss(2, 0)])]
    expect(new Set(outputs.map(({ topic }) => topic))).to.deep.equal(new Set(['insights', 'alerts', 'alert_log']))
    for (const { topic, value } of outputs) {
      const bytes = value === null ? null : Buffer.from(value)
      expect(await validateRecord(topic, bytes), `${topic} ${value}`).to.equal(null)
    }
    expect(outputs.filter(({ topic, value }) => topic === 'alerts' && value === null)).to.have.length(1)
  })

  it('are named apart, and say what they saw', () => {
    expect(new Set(INSIGHTS.map(({ rule }) => rule.name)).size).to.equal(INSIGHTS.length)
    for (const { rule, observed, alert } of INSIGHTS) {
      expect(Object.keys(rule.inputs)).to.include(observed.input)
      for (const { input } of rule.when) expect(Object.keys(rule.inputs)).to.include(input)
      const values = Object.fromEntries(Object.keys(rule.inputs).map((input) => [input, 0.5]))
      const text = sentence(alert.summary, { rule: rule.name, key: 'KEY', time: 0, holds: true, values, evidence: [] })
      expect(text).to.include('KEY').and.not.match(/[{}?]/)
    }
  })
})
