import { defineSection } from '../section.ts'

/** How results look to a person. */
export const output = defineSection({
  about: 'How results look to a person; what machines read is not changed by it.',
  defaults: () => ({ utc: false, color: 'auto' as const }),
  schema: (z) =>
    z.strictObject({
      utc: z.boolean().meta({ description: 'show times in UTC instead of the local zone' }).optional(),
      color: z
        .enum(['auto', 'always', 'never'])
        .meta({ description: 'colour: on a terminal that can (auto), always, or never' })
        .optional(),
    }),
})
