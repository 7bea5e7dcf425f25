import { z } from 'zod'
import { type Examples, eventTime, text } from './fields.ts'
import { instanceField } from './librenms-fields.ts'

/**
 * How far `shitops librenms sync` has come, written in one transaction with what it read, so that it goes on from there after any end. Its
 * own; nobody else needs to read it.
 */
export const schema = z.strictObject({
  event_time: eventTime('when it was written'),
  instance: instanceField(),
  scope: text('which part: `sync`: cursors and what is still to be read; `samples-N`: times of the last samples of device_metrics'),
  state: z.record(z.string(), z.unknown()).meta({ description: 'the part itself' }),
})

export type LibrenmsState = z.infer<typeof schema>

export const examples: Examples<LibrenmsState> = {
  full: {
    event_time: '2026-03-31T14:05:31.000Z',
    instance: 'hq',
    scope: 'sync',
    state: { epoch: 0, eventlog: { cursor: 1_203_377, gaps: [] }, alertlog: { cursor: 90_211, gaps: [] }, pending: [17] },
  },
  minimal: { event_time: '2026-03-31T14:05:31.000Z', scope: 'sync', state: {} },
}
