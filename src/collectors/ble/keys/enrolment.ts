import { messageOf, ShitopsError } from '../../../base/errors.ts'
import { parseInstant } from '../../../base/instant.ts'
import type { KeyOrder } from './address-resolver.ts'
import { looksLikeKey, parseKey } from './key.ts'

/** Where a key is: in the file itself, or in an environment variable that the file names. */
export type KeySource = string | { env: string }

/** One headset of an enrolment file: whose it is, its keys, and why it may be tracked, until when. */
export interface EnrolledEntry {
  /** Name in records and tables: a pseudonym, not a person's name. */
  alias: string
  team?: string | undefined
  irk: KeySource
  irkOrder: KeyOrder
  enc?: KeySource | undefined
  /** What the tracking is for. */
  purpose: string
  /** The legal basis: consent, works agreement, … */
  basis: string
  /** ms since the epoch; from then on the headset is a stranger again. */
  expires: number
}

/** The text of an alias: what a topic key or a table column takes as it is. */
export const ALIAS = /^[a-z0-9][a-z0-9._-]{0,63}$/i

/**
 * An enrolment file's text, YAML or JSON: `headsets:` with alias, irk, irk_order (apple, core, auto), enc, purpose, basis, expires and team.
 * @param source the file's name, for errors
 * @throws SHITOPS_E_CONFIG with every fault by place; never with a value, which may be a key
 */
export async function parseEnrolment(text: string, source: string): Promise<EnrolledEntry[]> {
  const { parse } = await import('../../../base/yaml.ts')
  let document: unknown
  try {
    document = parse(text, { prettyErrors: false }) ?? {}
  } catch (error) {
    throw invalid(source, [messageOf(error)])
  }
  const schema = await enrolmentSchema()
  const result = schema.safeParse(document)
  if (!result.success)
    throw invalid(
      source,
      result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`),
    )
  const entries = result.data.headsets.map(({ irk_order, ...entry }) => ({ ...entry, irkOrder: irk_order }))
  const twice = entries.find(({ alias }, index) => entries.findIndex((other) => other.alias === alias) !== index)
  if (twice) throw invalid(source, [`headset "${twice.alias}" is there twice`])
  return entries
}

/** The schema of the file; zod is heavy, so it comes when a file is read. */
async function enrolmentSchema() {
  const { z } = await import('zod')
  const line = z.string().trim().min(1).max(500)
  const key = z.union([
    z.string().refine(isKey, 'is no key: 32 hex digits or base64 of 16 bytes'),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable') }),
  ])
  const headset = z.strictObject({
    alias: z
      .string()
      .regex(ALIAS, 'letters, digits, ".", "_" and "-", at most 64')
      .refine((text) => !looksLikeKey(text), 'looks like a key'),
    team: line.optional(),
    irk: key,
    irk_order: z.enum(['apple', 'core', 'auto']).default('auto'),
    enc: key.optional(),
    purpose: line,
    basis: line,
    expires: z
      .string()
      .transform((text) => parseInstant(text, Number.NaN) ?? Number.NaN)
      .refine(Number.isFinite, 'is no date: 2026-12-31 or 2026-12-31T18:00:00Z'),
  })
  return z.strictObject({
    version: z.literal(1).default(1),
    headsets: z
      .array(headset)
      .nullish()
      .transform((list) => list ?? []),
  })
}

function isKey(text: string): boolean {
  try {
    return parseKey(text).length > 0
  } catch {
    return false
  }
}

function invalid(source: string, faults: readonly string[]): ShitopsError {
  return new ShitopsError('SHITOPS_E_CONFIG', `${source} is no enrolment file: ${faults.join('; ')}`, {
    suggestions: ['shitops scan enrol add ALIAS --purpose … --basis … --expires …  writes a right one'],
  })
}

/**
 * The key that a source names.
 * @param env the environment, handed in
 * @throws SHITOPS_E_CONFIG when the variable is not set, SHITOPS_E_KEY when it holds no key
 */
export function resolveKeySource(source: KeySource, env: Readonly<Record<string, string | undefined>>): Buffer {
  if (typeof source === 'string') return parseKey(source)
  const value = env[source.env]
  if (value !== undefined) return parseKey(value, source.env)
  throw new ShitopsError('SHITOPS_E_CONFIG', `the enrolment file takes a key from ${source.env}, which is not set`, {
    suggestions: [`set ${source.env}, or put the key into the file`],
  })
}
