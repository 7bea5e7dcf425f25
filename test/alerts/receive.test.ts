import { expect } from 'chai'
import fc from 'fast-check'
import { parseAlertmanagerWebhook } from '../../src/alerts/receive/alertmanager.ts'
import { parseLibrenmsWebhook, sameIncident } from '../../src/alerts/receive/librenms.ts'
import { receivedRecords } from '../../src/alerts/receive/received.ts'
import { type Alert, validateRecord } from '../../src/events/index.ts'
import { thrownBy } from '../support/thrown-by.ts'

const NOW = Date.parse('2026-03-31T14:10:00Z')
const entry = (more = {}) => ({
  ...{
    status: 'firing',
    labels: { alertname: 'DiskFull', instance: 'db-1:9100', severity: 'page' },
    annotations: { description: 'full', runbook_url: 'https://r.example' },
  },
  ...{ startsAt: '2026-03-31T14:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '' },
  ...more,
})
const call = (...alerts: unknown[]) => JSON.stringify({ version: '4', alerts })

describe('a webhook of Alertmanager', () => {
  it('becomes alerts that their topic takes, known by their labels', async () => {
    const { alerts, problems } = parseAlertmanagerWebhook(call(entry(), entry({ status: 'resolved', endsAt: '2026-03-31T14:09:00Z' })), NOW)
    expect(problems).to.deep.equal([])
    expect(alerts.map(({ fingerprint }) => fingerprint)).to.deep.equal([alerts[0]?.fingerprint, alerts[0]?.fingerprint])
    expect(alerts[0]).to.include({
      alert_name: 'DiskFull',
      subject: 'db-1:9100',
      severity: 'critical',
      status: 'firing',
      runbook_url: 'https://r.example',
    })
    expect(alerts[0]?.annotations).to.deep.equal({ description: 'full', summary: 'full' })
    expect(alerts[1]).to.include({ status: 'resolved', resolved_at: '2026-03-31T14:09:00.000Z', active_at: '2026-03-31T14:00:00.000Z' })
    for (const alert of alerts) expect(await validateRecord('alerts', Buffer.from(JSON.stringify(alert)))).to.equal(null)
  })

  it('loses no good alert to a bad one beside it', () => {
    const { alerts, problems } = parseAlertmanagerWebhook(call(7, { status: 'x' }, entry({ labels: {} }), entry()), NOW)
    expect(alerts).to.have.length(1)
    expect(problems).to.deep.equal(['alerts[0] is no object', 'alerts[1] has no status firing or resolved', 'alerts[2] has no labels'])
  })

  it('is refused where it is none', async () => {
    for (const text of ['', '[]', '{"alerts":{}}'])
      expect((await thrownBy(async () => parseAlertmanagerWebhook(text, NOW))).code).to.equal('SHITOPS_E_ALERT_INPUT')
  })

  it('is news only where something has changed', () => {
    const [alert] = parseAlertmanagerWebhook(call(entry()), NOW).alerts as [Alert]
    const [over] = parseAlertmanagerWebhook(call(entry({ status: 'resolved' })), NOW).alerts as [Alert]
    const news = (next: Alert, known?: Alert) =>
      receivedRecords([next], () => known, '/t').alert_log.map(({ value }) => JSON.parse(value ?? '').transition)
    expect([news(alert), news(alert, alert), news(over, alert), news(over, over), news(over), news(alert, over)]).to.deep.equal([
      ['firing'],
      [],
      ['resolved'],
      [],
      [],
      ['firing'],
    ])
  })

  it('crashes for no body whatever', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.jsonValue(), { maxLength: 4 }).map((alerts) => JSON.stringify({ alerts })),
      fc
        .record({
          status: fc.constantFrom('firing', 'resolved'),
          labels: fc.jsonValue(),
          annotations: fc.jsonValue(),
          startsAt: fc.jsonValue(),
        })
        .map((each) => call(each)),
    )
    fc.assert(
      fc.property(text, (body) => {
        for (const parse of [parseAlertmanagerWebhook, parseLibrenmsWebhook]) {
          try {
            parse(body, NOW)
          } catch (error) {
            expect((error as { code?: string }).code).to.equal('SHITOPS_E_ALERT_INPUT')
          }
        }
      }),
    )
  })
})

describe('a call of LibreNMS', () => {
  const body = {
    alert_id: '55',
    device_id: '17',
    rule_id: '4',
    state: '1',
    severity: 'critical',
    hostname: 'access-1.example',
    name: 'Port down',
  }

  it('becomes the alert of a device and a rule', async () => {
    const [alert] = parseLibrenmsWebhook(JSON.stringify(body), NOW).alerts as [Alert]
    expect(alert).to.include({ status: 'firing', severity: 'critical', subject: 'access-1.example/Port down', origin: 'librenms' })
    expect(await validateRecord('alerts', Buffer.from(JSON.stringify(alert)))).to.equal(null)
    const [over] = parseLibrenmsWebhook(JSON.stringify({ ...body, state: 0 }), NOW).alerts as [Alert]
    expect(over).to.include({ status: 'resolved', fingerprint: alert.fingerprint })
    const [later] = parseLibrenmsWebhook(JSON.stringify({ ...body, state: '3' }), NOW + 60_000).alerts as [Alert]
    expect(sameIncident(later, alert).active_at).to.equal(alert.active_at)
    expect(sameIncident(later, over).active_at).to.equal(later.active_at)
  })

  it('is read though a quote in a name has broken its JSON', () => {
    const [alert] = parseLibrenmsWebhook('{"title":"say "no"","device_id":"17","rule_id":"4","state":"1"}', NOW).alerts as [Alert]
    expect(alert.labels).to.include({ device: '17', rule: '4' })
  })
})
