import { z } from 'zod'
import { type Examples, eventTime, instant, person, text } from './fields.ts'

/** A silence: while it lasts, alerts whose labels match are not told. Ended early it gets a new `ends_at`; a tombstone comes days later. */
export const schema = z.strictObject({
  event_time: eventTime('when it was made or changed'),
  silence_id: text('its id; the key of the record'),
  matchers: z
    .array(z.string().min(1))
    .min(1)
    .meta({ description: 'every one of them must match: `site="hq"`, `alertname!=x`, `team=~"pay.*"`, `target!~"lab-.*"`' }),
  starts_at: instant('from when'),
  ends_at: instant('until when, not included'),
  author: person('who made it'),
  comment: text('why'),
  ended_by: person('who ended it early').nullable().optional(),
})

export type AlertSilence = z.infer<typeof schema>

export const examples: Examples<AlertSilence> = {
  full: {
    event_time: '2026-03-31T14:06:00.000Z',
    silence_id: '0f8c2a6e91d34b57',
    matchers: ['site="hq, floor 2"', 'alertname=~"device_.*"'],
    starts_at: '2026-03-31T14:06:00.000Z',
    ends_at: '2026-03-31T16:06:00.000Z',
    author: 'netops-1',
    comment: 'cabling',
    ended_by: null,
  },
  minimal: {
    event_time: '2026-03-31T14:06:00.000Z',
    silence_id: '0f8c2a6e91d34b57',
    matchers: ['site="hq, floor 2"'],
    starts_at: '2026-03-31T14:06:00.000Z',
    ends_at: '2026-03-31T16:06:00.000Z',
    author: 'netops-1',
    comment: 'cabling',
  },
}
