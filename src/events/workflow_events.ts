import { z } from 'zod'
import { choice, count, type Examples, eventTime, instant, person, text } from './fields.ts'
import { LIFECYCLE } from './workflow-lifecycle.ts'

export { LIFECYCLE } from './workflow-lifecycle.ts'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** An activity of a finance case started, completed, was assigned, is due. */
export const schema = z.strictObject({
  event_time: eventTime('when the step happened; for `due` the deadline itself'),
  case_id: text('the case: an invoice, a declaration, a close task; the key of the record'),
  activity: text('what was or is to be done: `approve invoice`'),
  lifecycle: choice(LIFECYCLE, 'what happened to the activity'),
  process: text('which process: `purchase-to-pay`, `close`; cases of several may share a topic').optional(),
  event_id: text("the source's id of the event, where it has one: an import can be repeated").optional(),
  person: person('who did it, or is to').nullable().optional(),
  team: text('the team of that person, or the role').nullable().optional(),
  due_at: instant('deadline of the activity, where it has one').nullable().optional(),
  case_due_at: instant('deadline of the case, where it has one').nullable().optional(),
  amount: z.number().meta({ description: 'amount of the case, exact up to 15 digits', unit: '`currency`' }).nullable().optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
    .meta({ description: 'ISO 4217' })
    .nullable()
    .optional(),
  priority: count('0 is the most urgent').nullable().optional(),
  case_attributes: z.record(z.string(), scalar).meta({ description: 'attributes of the case, by their names in the source' }).optional(),
  attributes: z.record(z.string(), scalar).meta({ description: 'attributes of the event, by their names in the source' }).optional(),
  objects: z
    .array(
      z.strictObject({
        object_id: text('the object'),
        object_type: text('its type: `invoice`, `vendor`'),
        qualifier: z.string().meta({ description: 'its part in the event' }).optional(),
      }),
    )
    .meta({ description: 'objects the event is about, as OCEL 2.0 has them' })
    .optional(),
})

export type WorkflowEvent = z.infer<typeof schema>

export const examples: Examples<WorkflowEvent> = {
  full: {
    event_time: '2026-03-31T14:01:07.000Z',
    case_id: 'INV-20260331-0042',
    activity: 'approve invoice',
    lifecycle: 'assigned',
    process: 'purchase-to-pay',
    event_id: 'e-88121',
    person: 'payables-2',
    team: 'payables',
    due_at: '2026-03-31T16:00:00.000Z',
    case_due_at: '2026-04-02T16:00:00.000Z',
    amount: 18_250.4,
    currency: 'EUR',
    priority: 1,
    case_attributes: { vendor_group: 'services' },
    attributes: { channel: 'portal' },
    objects: [{ object_id: 'PO-7781', object_type: 'purchase_order', qualifier: 'billed' }],
  },
  minimal: {
    event_time: '2026-03-31T14:01:07.000Z',
    case_id: 'INV-20260331-0042',
    activity: 'approve invoice',
    lifecycle: 'completed',
  },
}
