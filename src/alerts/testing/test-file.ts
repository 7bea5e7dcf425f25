import type { SchemaOptions } from 'yaml'
import { z } from 'zod'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { offsetOf } from '../../base/yaml-place.ts'
import { isTopicName } from '../../events/topics.ts'

/** A duration from the start of a test, as `5m` or `1h30m`; in ms once read. */
const offset = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { message: `is no duration: ${DURATION_FORMS}` })
  .transform((text) => parseDuration(text) as number)

const topic = z.string().refine(isTopicName, { message: 'is no topic of shitops' })

const values = z.record(z.string(), z.unknown())

/** One series of a topic: fields that stay, and fields that change from step to step (promtool's notation). */
const series = z.strictObject({
  topic,
  record: values.default({}),
  /** Field → values: `0.01x3 0.05 _ 1+2x10 call`. */
  series: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
  from: offset.default(0),
  every: offset.optional(),
})

const records = z.strictObject({
  topic,
  record: values.default({}),
  /** Each with its time `at`, from the start. `tombstone: KEY` deletes a key. */
  records: z.array(z.looseObject({ at: offset })),
})

const expectedRow = z.strictObject({
  at: offset,
  subject: z.string(),
  active: z.boolean().default(true),
  observed: z.number().nullable().optional(),
})

const alertSet = z.strictObject({ firing: z.array(z.string()).default([]), pending: z.array(z.string()).default([]) })

const check = z.strictObject({
  name: z.string(),
  /** What is there when it begins: a time of day matters to some. */
  start: z.iso.datetime().default('2026-03-31T09:00:00Z'),
  interval: offset.default(10_000),
  /** How far time goes; at least to the last thing that is expected. */
  until: offset.optional(),
  input: z.array(
    z.unknown().transform((input, context) => {
      // One of the two is meant: the problems are told of that one.
      const shape = typeof input === 'object' && input !== null && 'records' in input ? records : series
      const result = shape.safeParse(input)
      if (result.success) return result.data
      for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path: [...path], message })
      return z.NEVER
    }),
  ),
  expect: z.strictObject({
    /** The rows, all of them, or only their subjects where `at` is left out. */
    rows: z.array(expectedRow).optional(),
    /** Changes only: the first row of each condition and its end. */
    changes: z.array(expectedRow).optional(),
    /** Time → the subjects whose alert is pending or firing then. */
    alerts: z.record(z.string(), alertSet).optional(),
    /** Summaries of the alerts that fired, in order. */
    summaries: z.array(z.string()).optional(),
  }),
})

const file = z.strictObject({ insight: z.string(), tests: z.array(check).min(1) })

export type InsightTestFile = z.infer<typeof file>
export type InsightTest = InsightTestFile['tests'][number]
export type TestInput = InsightTest['input'][number]

/** `0x5` is five zeros more, and no 5 in hexadecimal. */
const withoutHexadecimals: NonNullable<SchemaOptions['customTags']> = (tags) =>
  tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX')

/** @throws SHITOPS_E_INSIGHT with the file, the line and the field */
export async function parseTestFile(text: string, name: string): Promise<InsightTestFile> {
  const { LineCounter, parseDocument } = await import('../../base/yaml.ts')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, customTags: withoutHexadecimals })
  const fail = (at: number, message: string, cause?: unknown): never => {
    throw new ShitopsError('SHITOPS_E_INSIGHT', `${name}, line ${lines.linePos(at).line}: ${message}`, {
      suggestions: ['docs/insights.md, "Tests", says how a test is written'],
      ...(cause !== undefined && { cause }),
    })
  }
  const [broken] = document.errors
  if (broken) fail(broken.pos[0], broken.message)
  const result = file.safeParse(document.toJS())
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path ?? []
  const where = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  return fail(offsetOf(document, path, false), `${where}: ${issue ? messageOf(new Error(issue.message)) : 'is not valid'}`)
}
