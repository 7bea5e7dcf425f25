import { expect } from 'chai'
import { examplesOf } from '../../../src/events/index.ts'
import { byUrgency, found } from '../../../src/live/model/alert-order.ts'
import { Model, type ShownAlert } from '../../../src/live/model/model.ts'
import type { ServerFrame, WireChange } from '../../../src/live/protocol.ts'

const change = (topic: string, key: string, value: object | null, offset = 0): WireChange => ({
  ...{ topic, partition: 0, offset, key, time: '2026-03-31T14:05:00.000Z' },
  value: value as WireChange['value'],
})
const frame = (type: string, data: object): ServerFrame => ({ type, id: 'x', ts: '', data }) as unknown as ServerFrame
const snapshot = (...changes: WireChange[]) => frame('snapshot', { channel: 'operations', first: true, last: true, changes })
const delta = (...changes: WireChange[]) => frame('delta', { channel: 'operations', changes })

describe('live/model', () => {
  it('is what the frames say: the last of a key, and nothing of one that is gone', async () => {
    const { full: alert } = await examplesOf('alerts')
    const model = new Model()
    model.take(snapshot(change('alerts', 'f', alert, 7)), 0)
    expect(model.alerts.get('f')?.place).to.eql({ topic: 'alerts', partition: 0, offset: 7 })
    expect(model.newest).to.equal(Date.parse('2026-03-31T14:05:00.000Z'))
    model.take(delta(change('alerts', 'f', { ...alert, status: 'resolved' })), 0)
    expect(model.alerts.get('f')?.status).to.equal('resolved')
    model.take(delta(change('alerts', 'f', null)), 0)
    expect(model.alerts.size).to.equal(0)
  })

  it('keeps the history of a series over a new snapshot of its channel, and while another channel is looked at', async () => {
    const { full: sample } = await examplesOf('device_metrics')
    const model = new Model()
    const at = (minute: number) => ({ ...change('device_metrics', 'k', sample), time: new Date(minute * 60_000).toISOString() })
    model.take(snapshot(at(1)), 0)
    model.take(delta(at(2)), 0)
    model.take(snapshot(at(3)), 0)
    expect([...model.series.values()].map(({ history }) => history.length)).to.eql([3])
    model.take(frame('snapshot', { channel: 'finance', first: true, last: true, changes: [] }), 0)
    model.take(snapshot(at(4)), 0)
    expect([...model.series.values()].map(({ history }) => history.length)).to.eql([4])
  })

  it('tells of teams by the time of the records, and until there is one by the server’s', () => {
    const model = new Model()
    const team = (minute: number, in_call: number) => ({
      ...change('teams', 'ledger', { team: 'ledger', in_call, present: 3 }, -1),
      time: new Date(minute * 60_000).toISOString(),
    })
    const values = () =>
      model.teamHistory
        .get('ledger')
        ?.inCall.points()
        .map(({ at, value }) => [at / 60_000, value])
    model.take(snapshot(team(600, 0)), 0)
    model.take(delta(team(601, 1)), 0)
    expect(values()).to.eql([
      [600, 0],
      [601, 1],
    ])
    // A replay: its records are of hours ago.
    model.take(delta({ ...change('alerts', 'f', null), time: new Date(60 * 60_000).toISOString() }, team(602, 2)), 0)
    expect(values()).to.eql([[60, 2]])
  })

  it('knows how many alerts are not shown', () => {
    const model = new Model()
    expect(model.withheldFiring).to.equal(0)
    model.take(snapshot(change('withheld', 'alerts', { alerts: 3, firing: 2, min_count: 5 }, -1)), 0)
    expect([model.withheldFiring, model.copy().withheldFiring]).to.eql([2, 2])
  })

  it('does not grow without end', async () => {
    const { full: entry } = await examplesOf('alert_log')
    const { full: sample } = await examplesOf('device_metrics')
    const model = new Model()
    for (let i = 0; i < 3_000; i++) {
      model.take(delta(change('alert_log', 'k', entry), change('device_metrics', 'k', { ...sample, instance: String(i) })), 0)
    }
    expect(model.log.length).to.equal(500)
    expect(model.series.size).to.equal(2_000)
  })

  it('says who is on an alert: of this incident, not of the last one', async () => {
    const { full: alert } = await examplesOf('alerts')
    const model = new Model()
    const key = String(alert.fingerprint)
    model.take(snapshot(change('alerts', key, alert), change('alert_acks', key, { active_at: alert.active_at, acked_by: 'netops-1' })), 0)
    expect(model.stands(model.alerts.get(key) as ShownAlert).acked).to.equal('netops-1')
    model.take(delta(change('alerts', key, { ...alert, active_at: '2026-03-31T15:00:00.000Z' })), 0)
    expect(model.stands(model.alerts.get(key) as ShownAlert).acked).to.equal(undefined)
  })

  it('says by which alerts one is hidden, while they fire; of those that it does not see only where they are', async () => {
    const { full: alert } = await examplesOf('alerts')
    const key = String(alert.fingerprint)
    const source = { ...alert, fingerprint: 'aa', alert_name: 'site_down', subject: 'hq' }
    const hidden = { active_at: alert.active_at, inhibited_by: ['aa', 'operations', 'withheld', 'bb'] }
    const model = new Model()
    model.take(snapshot(change('alerts', key, alert), change('alerts', 'aa', source)), 0)
    const stands = () => model.stands(model.alerts.get(key) as ShownAlert).inhibited
    const texts = () => model.hiderTexts(model.alerts.get(key) as ShownAlert)
    expect([stands(), texts()]).to.eql([false, []])
    model.take(delta(change('alert_inhibitions', key, hidden)), 0)
    expect(stands()).to.equal(true)
    expect(texts()).to.eql(['Site down hq (aa)', 'an alert of operations', 'an alert about a small team', 'alert bb'])
    expect(model.copy().hiderTexts(model.alerts.get(key) as ShownAlert)).to.eql(texts())
    model.take(delta(change('alert_inhibitions', key, { ...hidden, inhibited_by: ['aa'] })), 0)
    model.take(delta(change('alerts', 'aa', { ...source, status: 'resolved' })), 0)
    expect([stands(), texts()]).to.eql([false, []])
    model.take(delta(change('alert_inhibitions', key, { active_at: alert.active_at, inhibited_by: 'aa' })), 0)
    expect(model.unreadable).to.equal(1)
    model.take(delta(change('alert_inhibitions', key, null)), 0)
    expect(model.inhibitions.size).to.equal(0)
  })

  it('says that an alert is silenced as soon as the silence is there, and not before it begins or when it has ended', async () => {
    const { full: alert } = await examplesOf('alerts')
    const key = String(alert.fingerprint)
    const silence = {
      matchers: [`alertname="${alert.alert_name}"`],
      starts_at: '2026-03-31T15:00:00.000Z',
      ends_at: '2026-03-31T16:00:00.000Z',
    }
    const silencedAt = (time: string, by: object) => {
      const model = new Model()
      const own = { ...alert, silenced_by: [] }
      model.take(snapshot(change('alerts', key, own), { ...change('alert_silences', 's', by), time }), 0)
      return model.stands(model.alerts.get(key) as ShownAlert).silenced
    }
    expect(silencedAt('2026-03-31T15:00:00.000Z', silence)).to.equal(true)
    expect(silencedAt('2026-03-31T14:59:59.999Z', silence)).to.equal(false)
    expect(silencedAt('2026-03-31T16:00:00.000Z', silence)).to.equal(false)
    expect(silencedAt('2026-03-31T15:00:00.000Z', { ...silence, matchers: ['alertname="another"'] })).to.equal(false)
    expect(silencedAt('2026-03-31T15:00:00.000Z', { ...silence, matchers: ['what is this'] })).to.equal(false)
  })

  it('has a copy that stands still while it goes on', async () => {
    const [{ full: alert }, { full: metric }, { full: step }] = await Promise.all([
      examplesOf('alerts'),
      examplesOf('device_metrics'),
      examplesOf('workflow_events'),
    ])
    const model = new Model()
    model.take(snapshot(change('alerts', 'f', alert), change('device_metrics', 'd', metric), change('workflow_events', 'c', step)), 0)
    const copy = model.copy()
    const seen = () =>
      JSON.stringify([[...copy.alerts], [...copy.series.values()].map(({ history }) => history.points()), copy.cases.open(), copy.changes])
    const before = seen()
    const later = { ...change('device_metrics', 'd', metric, 1), time: '2026-03-31T15:05:00.000Z' }
    const done = { ...step, event_time: '2026-03-31T15:05:00.000Z', lifecycle: 'withdrawn' }
    model.take(delta(change('alerts', 'f', null, 1), later, change('workflow_events', 'c', done, 1)), 0)
    expect(seen()).to.equal(before)
    expect([model.alerts.size, copy.alerts.size, model.changes - copy.changes]).to.eql([0, 1, 3])
    expect([...model.series.values()][0]?.history.length).to.equal(2)
  })

  it('counts bad input: what it cannot show, what the server could not read, what lies in dead-letter topics', () => {
    const model = new Model()
    const topic = (name: string, unreadable: number, records: number) => change('topics', name, { topic: name, unreadable, records }, -1)
    expect(model.badInput).to.eql({ unreadable: 0, deadLetters: 0 })
    model.take(snapshot(topic('alerts', 2, 10), topic('alerts.dlq', 0, 3), topic('odd', Number.NaN, 1), change('alerts', 'x', {})), 0)
    expect(model.badInput.deadLetters).to.equal(3)
    model.take(delta(topic('odd', 1, 1)), 0)
    expect(model.badInput).to.eql({ unreadable: 4, deadLetters: 3 })
  })

  it('counts what is missing', () => {
    const model = new Model()
    model.take(frame('gap', { reason: 'retention', ranges: [{ topic: 't', partition: 0, from: 3, to: 10 }] }), 0)
    model.take(frame('lag', { behindMs: 3, coalesced: 4 }), 0)
    expect(model.gaps).to.eql([{ reason: 'retention', records: 7 }])
    expect(model.passedOver).to.equal(4)
  })

  it('shows the most urgent alert first, and finds one by any words of it', async () => {
    const { full } = await examplesOf('alerts')
    const alert = (fields: object) => ({ ...full, ...fields }) as unknown as ShownAlert
    const alerts = [
      alert({ fingerprint: 'd', status: 'resolved', severity: 'critical' }),
      alert({ fingerprint: 'c', severity: 'warning', active_at: '2026-03-31T13:00:00.000Z' }),
      alert({ fingerprint: 'b', severity: 'warning', active_at: '2026-03-31T14:00:00.000Z' }),
      alert({ fingerprint: 'a', severity: 'critical', active_at: '2026-03-31T12:00:00.000Z' }),
    ]
    expect(alerts.sort(byUrgency).map(({ fingerprint }) => fingerprint)).to.eql(['a', 'b', 'c', 'd'])
    expect(found(alert({}), 'PAYABLES call')).to.equal(true)
    expect(found(alert({}), 'payables battery')).to.equal(false)
  })
})
