import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { defineSection } from '../section.ts'

/** What `shitops demo` does when its flags say nothing. */
export const demo = defineSection({
  about: 'What shitops demo does when its flags say nothing.',
  defaults: () => ({}),
  schema: (z) =>
    z.strictObject({
      seed: z.int().min(0).meta({ description: 'which office: the same seed is the same day', example: 1 }).optional(),
      speed: z
        .union([z.number().positive(), z.literal('max')], 'must be a number above 0, or max')
        .meta({ description: 'office time over wall time, or max', example: 60, type: 'number or max' })
        .optional(),
      duration: z
        .string()
        .refine((text) => (parseDuration(text) ?? 0) > 0, `must be a duration such as ${DURATION_FORMS}`)
        .meta({ description: 'how long it runs', example: '60s' })
        .optional(),
      port: z.int().min(0).max(65_535).meta({ description: 'port of the web page; 0 is any free one', example: 0 }).optional(),
    }),
})
