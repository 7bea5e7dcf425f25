import { z } from 'zod'
import { fingerprint } from './alert-fields.ts'
import { type Examples, eventTime, instant, person, text } from './fields.ts'

/** Somebody is on an incident: it is not repeated and not escalated. Holds for that incident alone; a tombstone takes it back. */
export const schema = z.strictObject({
  event_time: eventTime('since when'),
  fingerprint: fingerprint(),
  active_at: instant("the incident: the alert's `active_at`"),
  acked_by: person('who is on it'),
  comment: text('what that person said').nullable().optional(),
})

export type AlertAck = z.infer<typeof schema>

export const examples: Examples<AlertAck> = {
  full: {
    event_time: '2026-03-31T14:07:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    active_at: '2026-03-31T14:04:00.000Z',
    acked_by: 'netops-1',
    comment: 'rebooting access-1',
  },
  minimal: {
    event_time: '2026-03-31T14:07:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    active_at: '2026-03-31T14:04:00.000Z',
    acked_by: 'netops-1',
  },
}
