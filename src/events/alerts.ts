import { z } from 'zod'
import { alertName, fingerprint } from './alert-fields.ts'
import { choice, count, type Examples, eventTime, evidence, flag, instant, labels, person, ratio, seconds, text } from './fields.ts'

/** The present state of one incident, with Prometheus' lifecycle; a tombstone once it has been resolved for long enough. History is in alert_log. */
export const schema = z.strictObject({
  event_time: eventTime('when this state began or was confirmed'),
  fingerprint: fingerprint(),
  alert_name: alertName(),
  status: choice(['pending', 'firing', 'resolved'], '`pending`: the condition holds, but not yet for `for_s`'),
  severity: choice(['info', 'warning', 'critical'], 'how bad'),
  subject: text('what it is about'),
  labels: labels('what makes the fingerprint; routing and silences match on these'),
  active_at: instant('since when the condition holds, without a break'),
  fired_at: instant('when it began to fire').nullable().optional(),
  resolved_at: instant('when it was resolved').nullable().optional(),
  for_s: seconds('how long the condition must hold before it fires').optional(),
  keep_firing_for_s: seconds('how long it goes on firing once the condition has ended').optional(),
  annotations: labels('texts for people: summary, description').optional(),
  channel: choice(['finance', 'operations'], 'who is told: finance sees teams and workflow, operations devices and links').optional(),
  observed: z.number().meta({ description: 'the value seen', unit: '`unit`' }).nullable().optional(),
  expected_low: z.number().meta({ description: 'lower end of the expected band', unit: '`unit`' }).nullable().optional(),
  expected_high: z.number().meta({ description: 'upper end of the expected band', unit: '`unit`' }).nullable().optional(),
  unit: text('unit of the three').optional(),
  score: ratio('how unusual, or how probable').nullable().optional(),
  evidence: evidence('records that raised it').optional(),
  details: z.record(z.string(), z.unknown()).meta({ description: 'other columns of the row that raised it, by name' }).optional(),
  runbook_url: text('what to do').nullable().optional(),
  acked_by: person('who is on it').nullable().optional(),
  acked_at: instant('since when').nullable().optional(),
  silenced_by: z
    .array(z.string())
    .meta({ description: 'ids of the silences that mute it; where alerts are shown: the topic leaves it to `alert_silences`' })
    .optional(),
  inhibited_by: z
    .array(z.string())
    .meta({
      description:
        'fingerprints of the alerts that hide it; of one that the reader does not see its channel, or `withheld`. Where alerts are shown: the topic leaves it to `alert_inhibitions`',
    })
    .optional(),
  incident: count('how often this fingerprint has fired within a day, this time included').optional(),
  flapping: flag('it comes and goes: it is kept firing until it has been quiet for a while').optional(),
  origin: choice(['insight', 'absence', 'alertmanager', 'librenms'], 'who raised it; an insight when absent').optional(),
  notified_at: instant('last notification').nullable().optional(),
})

export type Alert = z.infer<typeof schema>

export const examples: Examples<Alert> = {
  full: {
    event_time: '2026-03-31T14:05:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    alert_name: 'call_quality_at_risk',
    status: 'firing',
    severity: 'warning',
    subject: 'payables-2',
    labels: { alertname: 'call_quality_at_risk', subject: 'payables-2', team: 'payables' },
    active_at: '2026-03-31T14:04:00.000Z',
    fired_at: '2026-03-31T14:05:00.000Z',
    resolved_at: null,
    for_s: 60,
    keep_firing_for_s: 120,
    annotations: { summary: 'payables-2 is in a call while access-1 loses 3.4 % of its packets' },
    channel: 'operations',
    observed: 0.034,
    expected_low: 0,
    expected_high: 0.005,
    unit: 'ratio',
    score: 0.97,
    evidence: [{ topic: 'insights', partition_id: 0, record_offset: 412 }],
    details: { people: 2 },
    runbook_url: 'https://runbooks.example/call-quality',
    acked_by: null,
    acked_at: null,
    silenced_by: [],
    inhibited_by: [],
    incident: 2,
    flapping: false,
    origin: 'insight',
    notified_at: '2026-03-31T14:05:00.000Z',
  },
  minimal: {
    event_time: '2026-03-31T14:04:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    alert_name: 'call_quality_at_risk',
    status: 'pending',
    severity: 'warning',
    subject: 'payables-2',
    labels: { alertname: 'call_quality_at_risk', subject: 'payables-2' },
    active_at: '2026-03-31T14:04:00.000Z',
  },
}
