import { z } from 'zod'
import { choice, count, type Examples, eventTime, integer, text } from './fields.ts'
import { LIBRENMS_ACTIONS } from './librenms_commands.ts'
import { instanceField } from './librenms-fields.ts'

/** What became of a write-back, after reading it back: the API says 200 to much that it did not do. */
export const schema = z.strictObject({
  event_time: eventTime('when the outcome was known'),
  command_id: text('the command'),
  device_id: integer('its device; with `instance` the key of the record'),
  instance: instanceField(),
  action: choice(LIBRENMS_ACTIONS, 'what was asked for'),
  outcome: choice(
    ['applied', 'no_op', 'conflict', 'expired', 'refused', 'failed', 'dry_run'],
    '`no_op`: it was so already; `conflict`: `expected` did not hold; `refused`: not allowed; `failed`: tried in vain',
  ),
  detail: text('why, for people').optional(),
  http_status: integer("the API's last answer").nullable().optional(),
  attempts: count('requests made for it').optional(),
  observed: z.record(z.string(), z.unknown()).meta({ description: 'the fields as read back' }).optional(),
})

export type LibrenmsResult = z.infer<typeof schema>

export const examples: Examples<LibrenmsResult> = {
  full: {
    event_time: '2026-03-31T14:06:12.480Z',
    command_id: 'cmd-7f31',
    device_id: 17,
    instance: 'hq',
    action: 'acknowledge',
    outcome: 'applied',
    detail: 'alert 55 is acknowledged until it clears',
    http_status: 200,
    attempts: 1,
    observed: { state: 2 },
  },
  minimal: { event_time: '2026-03-31T14:06:12.480Z', command_id: 'cmd-7f31', device_id: 17, action: 'acknowledge', outcome: 'no_op' },
}
