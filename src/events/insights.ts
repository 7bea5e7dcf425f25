import { z } from 'zod'
import { choice, type Examples, eventTime, evidence, flag, instant, labels, ratio, slug, text } from './fields.ts'

/** One row that the SQL of an insight produced: something about a subject holds, or has ended. Alerts are made of these. */
export const schema = z.strictObject({
  event_time: eventTime('event time of the row: the end of its window, or the record that decided it'),
  insight: slug('name of the insight; with `subject` the key of the record'),
  subject: text('what it is about: a person (alias), team, device, link or case'),
  active: flag('true: the condition holds; false: it has ended'),
  severity: choice(['info', 'warning', 'critical'], 'how bad').optional(),
  summary: text('one sentence for people').optional(),
  observed: z.number().meta({ description: 'the value seen', unit: '`unit`' }).nullable().optional(),
  expected_low: z.number().meta({ description: 'lower end of the expected band', unit: '`unit`' }).nullable().optional(),
  expected_high: z.number().meta({ description: 'upper end of the expected band', unit: '`unit`' }).nullable().optional(),
  unit: text('unit of the three').optional(),
  score: ratio('how unusual, or how probable').nullable().optional(),
  window_start: instant('the window that the row covers: its start').optional(),
  window_end: instant('its end').optional(),
  labels: labels('what tells this row apart, for grouping and routing: team, site, target').optional(),
  details: z.record(z.string(), z.unknown()).meta({ description: 'other columns of the row, by name' }).optional(),
  evidence: evidence('records that made the row').optional(),
})

export type Insight = z.infer<typeof schema>

export const examples: Examples<Insight> = {
  full: {
    event_time: '2026-03-31T14:04:00.000Z',
    insight: 'call_quality_at_risk',
    subject: 'payables-2',
    active: true,
    severity: 'warning',
    summary: 'payables-2 is in a call while access-1 loses 3.4 % of its packets',
    observed: 0.034,
    expected_low: 0,
    expected_high: 0.005,
    unit: 'ratio',
    score: 0.97,
    window_start: '2026-03-31T14:03:00.000Z',
    window_end: '2026-03-31T14:04:00.000Z',
    labels: { team: 'payables', target: 'access-1' },
    details: { samples: 6 },
    evidence: [
      {
        topic: 'device_metrics',
        partition_id: 1,
        record_offset: 88_213,
        event_time: '2026-03-31T14:03:51.250Z',
        excerpt: 'packet_loss ethernet-1/49 0.034',
      },
    ],
  },
  minimal: { event_time: '2026-03-31T14:04:00.000Z', insight: 'call_quality_at_risk', subject: 'payables-2', active: true },
}
