import { parseAlertmanagerWebhook } from '../../alerts/receive/alertmanager.ts'
import { parseLibrenmsWebhook, sameIncident } from '../../alerts/receive/librenms.ts'
import { type Received, receivedRecords } from '../../alerts/receive/received.ts'
import type { ApiRoute, Call, HttpContext } from './context.ts'

const count = { type: 'integer', minimum: 0 } as const
const answer = {
  type: 'object',
  required: ['taken', 'own', 'problems'],
  additionalProperties: false,
  properties: {
    taken: { ...count, description: 'alerts that stand otherwise than before' },
    own: { ...count, description: 'alerts of ours that came back, and are left out' },
    problems: { type: 'array', items: { type: 'string' }, description: 'entries that cannot be read' },
  },
} as const

/** Webhooks of others: what they raise becomes alerts of the channel operations. */
export const INPUT_ROUTES: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/api/v1/inputs/alertmanager',
    id: 'takeAlertmanager',
    summary: "Alertmanager's webhook, version 4.",
    needs: 'input',
    action: 'input',
    raw: true,
    body: { type: 'object', description: "Alertmanager's webhook body, version 4" },
    answer,
    run: (call, context) => take(parseAlertmanagerWebhook(textOf(call), context.clock.now()), '/inputs/alertmanager', context),
  },
  {
    method: 'POST',
    path: '/api/v1/inputs/librenms',
    id: 'takeLibrenms',
    summary: "LibreNMS's API transport.",
    needs: 'input',
    action: 'input',
    raw: true,
    body: { type: 'object', description: 'what the template makes: docs/alerts.md' },
    answer,
    run: (call, context) => {
      const { alerts, ...rest } = parseLibrenmsWebhook(textOf(call), context.clock.now())
      const known = alerts.map((alert) => sameIncident(alert, context.feed.book.alert(alert.fingerprint)))
      return take({ alerts: known, ...rest }, '/inputs/librenms', context)
    },
  },
]

const textOf = ({ body }: Call): string => (typeof body === 'string' ? body : '')

async function take({ alerts, own, problems }: Received, source: string, { bus, feed }: HttpContext): Promise<unknown> {
  const records = receivedRecords(alerts, (fingerprint) => feed.book.alert(fingerprint), source)
  for (const topic of ['alerts', 'alert_log'] as const) {
    if (records[topic].length > 0) await bus.append(topic, records[topic], { acks: 'flushed' })
  }
  return { taken: records.alerts.length, own, problems }
}
