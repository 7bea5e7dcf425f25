/**
 * The building blocks of the schemas: every field has a description and, where it is a quantity, a unit. Names are snake_case and keep
 * clear of Flink's reserved words, so that a column needs no backticks (metric, instance, value and unit are kept: they are field terms).
 */
import { z } from 'zod'

/** The two examples that each topic's file carries: they stand in docs/events.md and are what the tests validate. */
export interface Examples<Event> {
  /** Every field that can stand together. */
  full: Event
  /** Only what is required. */
  minimal: Event
}

/** When it happened, in every event besides the record's timestamp, so that a value alone is complete. */
export const eventTime = (what: string) => instant(`${what}; the record's timestamp is the same instant`)

/** RFC 3339 in UTC with exactly three decimals, as Date.prototype.toISOString prints it. */
export const instant = (description: string) => z.iso.datetime({ precision: 3 }).meta({ description, unit: 'RFC 3339 UTC' })

/** Free text, not empty. */
export const text = (description: string) => z.string().min(1).meta({ description })

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(words: Words, description: string) =>
  z.enum(words).meta({ description })

/** A word for machines: lower-case letters, digits, `_` and `-`; no `:`, which joins the parts of a key. */
export const slug = (description: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, 'must be lower-case letters, digits, _ and -, beginning with a letter')
    .meta({ description })

export const flag = (description: string) => z.boolean().meta({ description })

/** A whole number that a JSON number holds exactly (up to 2^53). */
export const integer = (description: string, unit?: string) => z.int().meta({ description, ...(unit && { unit }) })

/** A whole number, 0 or more. */
export const count = (description: string, unit?: string) =>
  z
    .int()
    .min(0)
    .meta({ description, ...(unit && { unit }) })

export const quantity = (description: string, unit: string) => z.number().meta({ description, unit })

/** Part of a whole, 0 to 1. */
export const ratio = (description: string) => z.number().min(0).max(1).meta({ description, unit: '0 to 1' })

export const percent = (description: string) => z.number().min(0).max(100).meta({ description, unit: '%' })

export const seconds = (description: string) => z.number().min(0).meta({ description, unit: 's' })

/** A 64-bit integer as decimal text: a JSON number loses digits beyond 2^53. */
export const int64Text = (description: string, unit?: string) =>
  z
    .string()
    .regex(/^-?\d{1,20}$/, 'must be a whole number as text')
    .meta({ description, ...(unit && { unit }) })

/** Text to text, as Prometheus labels are. */
export const labels = (description: string) => z.record(z.string(), z.string()).meta({ description })

/** A person by alias (enrolment file) or keyed hash: never a name, an address or an account. */
export const person = (description: string) => text(`${description}: an alias or a keyed hash, never a name`)

/** A headset by keyed hash of its identity: HMAC-SHA-256, truncated; the key never leaves the collector's machine. */
export const headset = () => text('the headset, by keyed hash of its identity; the key of the record')

/** Records that show why: open them with `shitops tail TOPIC --partition N --from OFFSET --max 1`. */
export const evidence = (description: string) =>
  z
    .array(
      z.strictObject({
        topic: text('topic of the record'),
        partition_id: count('its partition'),
        record_offset: count('its offset'),
        event_time: instant('its event time').optional(),
        excerpt: text('the part of its value that matters, for people').optional(),
      }),
    )
    .meta({ description })
