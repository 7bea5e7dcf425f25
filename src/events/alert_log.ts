import { z } from 'zod'
import { alertName, fingerprint } from './alert-fields.ts'
import { choice, type Examples, eventTime, evidence, labels, person, text } from './fields.ts'

/** One thing that happened to an incident: a change of state, an act of a person, a notification. Never rewritten. */
export const schema = z.strictObject({
  event_time: eventTime('when it happened'),
  fingerprint: fingerprint(),
  alert_name: alertName(),
  transition: choice(
    [
      'pending',
      'firing',
      'resolved',
      'dropped',
      'acked',
      'unacked',
      'silenced',
      'unsilenced',
      'inhibited',
      'uninhibited',
      'escalated',
      'notified',
      'notify_failed',
    ],
    '`dropped`: the condition ended while pending',
  ),
  severity: choice(['info', 'warning', 'critical'], 'how bad'),
  subject: text('what it is about'),
  summary: text('one sentence for people').optional(),
  labels: labels('labels of the alert').optional(),
  observed: z.number().meta({ description: 'the value seen', unit: '`unit`' }).nullable().optional(),
  unit: text('its unit').optional(),
  evidence: evidence('records that caused it').optional(),
  inhibited_by: z.array(z.string()).meta({ description: 'for `inhibited`: fingerprints of the alerts that hide it' }).optional(),
  actor: person('who did it, where it was a person').nullable().optional(),
  comment: text('what that person said').nullable().optional(),
  receiver: text('for notifications: who was told').optional(),
  idempotency_key: text('for notifications: the same for every attempt, so that a receiver can tell').optional(),
})

export type AlertLogEntry = z.infer<typeof schema>

export const examples: Examples<AlertLogEntry> = {
  full: {
    event_time: '2026-03-31T14:05:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    alert_name: 'call_quality_at_risk',
    transition: 'notified',
    severity: 'warning',
    subject: 'payables-2',
    summary: 'payables-2 is in a call while access-1 loses 3.4 % of its packets',
    labels: { alertname: 'call_quality_at_risk', subject: 'payables-2', team: 'payables' },
    observed: 0.034,
    unit: 'ratio',
    evidence: [{ topic: 'insights', partition_id: 0, record_offset: 412 }],
    inhibited_by: [],
    actor: null,
    comment: null,
    receiver: 'ops-webhook',
    idempotency_key: '4d2f9c07a1b3e586/2/firing/ops-webhook',
  },
  minimal: {
    event_time: '2026-03-31T14:04:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    alert_name: 'call_quality_at_risk',
    transition: 'pending',
    severity: 'warning',
    subject: 'payables-2',
  },
}
