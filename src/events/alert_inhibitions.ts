import { z } from 'zod'
import { fingerprint } from './alert-fields.ts'
import { type Examples, eventTime, instant } from './fields.ts'

/**
 * An alert that fires is not told, because others explain it: an inhibition rule, or LibreNMS's topology. Of the notifier, and beside `alerts`
 * because each key there has one writer. Holds for that incident, and only while one of the others fires; a tombstone when it may be told.
 */
export const schema = z.strictObject({
  event_time: eventTime('since when by these'),
  fingerprint: fingerprint(),
  active_at: instant("the incident: the alert's `active_at`"),
  inhibited_by: z.array(z.string()).min(1).meta({ description: 'fingerprints of the alerts that hide it' }),
})

export type AlertInhibition = z.infer<typeof schema>

export const examples: Examples<AlertInhibition> = {
  full: {
    event_time: '2026-03-31T14:05:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    active_at: '2026-03-31T14:04:00.000Z',
    inhibited_by: ['91aa07c4de5b8f10'],
  },
  minimal: {
    event_time: '2026-03-31T14:05:00.000Z',
    fingerprint: '4d2f9c07a1b3e586',
    active_at: '2026-03-31T14:04:00.000Z',
    inhibited_by: ['91aa07c4de5b8f10'],
  },
}
