import { z } from 'zod'
import { fingerprint } from './alert-fields.ts'
import { choice, count, type Examples, eventTime, flag, instant, labels, text } from './fields.ts'

const status = () => choice(['firing', 'resolved'], 'what is told of it')

const member = z.strictObject({
  fingerprint: fingerprint(),
  active_at: instant('its incident'),
  since: instant('when the notifier saw it fire'),
  told: status().nullable().meta({ description: 'what the receiver was told last; null: nothing yet' }),
  told_at: instant('when').nullable(),
  telling: status().nullable().optional().meta({ description: 'what the notification under way says of it' }),
  failed_at: instant('when the receiver refused it for good').nullable().optional(),
  muted: choice(['silenced', 'inhibited'], 'why it is not told now').nullable().optional(),
})

const toldAlert = z.strictObject({
  fingerprint: fingerprint(),
  active_at: instant('its incident'),
  status: status(),
  labels: labels('its labels'),
  annotations: labels('its texts'),
  starts_at: instant('when it began to fire'),
  ends_at: instant('when it was resolved').nullable(),
})

/**
 * What one receiver was told of one group of alerts, and what it is being told: written before the receiver is called, so that a notifier that
 * is killed says the same again under the same key. Of the notifier; nobody else needs to read it. A tombstone when the group is over.
 */
export const schema = z.strictObject({
  event_time: eventTime('when it was written'),
  receiver: text('who is told: name, kind and number of it, `ops/webhook/0`; with `group_id` the key of the record'),
  group_id: text('hash of the route and of the labels that the group has in common'),
  route: text('the matchers of the route, `{}` for the default').optional(),
  group_labels: labels('labels that all alerts of the group have in common').optional(),
  opened_at: instant('when the group came to be').optional(),
  told_at: instant('last notification, taken or given up').nullable().optional(),
  notified_at: instant('last notification that was taken').nullable().optional(),
  sequence_no: count('notifications so far').optional(),
  members: z.array(member).meta({ description: 'its alerts, and what the receiver knows of each' }).optional(),
  pending: z
    .strictObject({
      idempotency_key: text('the same for every attempt'),
      reason: choice(['new', 'changed', 'repeated', 'resolved'], 'why it is told'),
      created_at: instant('when it was decided'),
      attempts: count('calls that failed so far'),
      next_attempt_at: instant('when it is tried again'),
      alerts: z.array(toldAlert).meta({ description: 'what is told' }),
      truncated: count('alerts that were left out, as there are too many'),
    })
    .meta({ description: 'the notification that is under way' })
    .nullable()
    .optional(),
  heard_at: instant('for `absence/…`: when something last came').nullable().optional(),
  absent: flag('for `absence/…`: it is missing').optional(),
})

export type AlertNotification = z.infer<typeof schema>

const alert: z.infer<typeof toldAlert> = {
  fingerprint: '4d2f9c07a1b3e586',
  active_at: '2026-03-31T14:04:00.000Z',
  status: 'firing',
  labels: { alertname: 'call_quality_at_risk', subject: 'access-1' },
  annotations: { summary: 'access-1 loses 3.4 % of its packets' },
  starts_at: '2026-03-31T14:05:00.000Z',
  ends_at: null,
}

export const examples: Examples<AlertNotification> = {
  full: {
    event_time: '2026-03-31T14:05:30.000Z',
    receiver: 'ops/webhook/0',
    group_id: '91aa07c4de5b8f10',
    route: '{severity="critical"}',
    group_labels: { alertname: 'call_quality_at_risk' },
    opened_at: '2026-03-31T14:05:00.000Z',
    told_at: null,
    notified_at: null,
    sequence_no: 1,
    members: [
      {
        fingerprint: '4d2f9c07a1b3e586',
        active_at: '2026-03-31T14:04:00.000Z',
        since: '2026-03-31T14:05:00.000Z',
        told: null,
        told_at: null,
        telling: 'firing',
        failed_at: null,
        muted: null,
      },
    ],
    pending: {
      idempotency_key: '5f0f3c1e7d2b4a6988c1d0e2f3a4b5c6',
      reason: 'new',
      created_at: '2026-03-31T14:05:30.000Z',
      attempts: 0,
      next_attempt_at: '2026-03-31T14:05:30.000Z',
      alerts: [alert],
      truncated: 0,
    },
    heard_at: null,
    absent: false,
  },
  minimal: { event_time: '2026-03-31T14:05:30.000Z', receiver: 'ops/webhook/0', group_id: '91aa07c4de5b8f10' },
}
