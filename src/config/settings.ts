import { z } from 'zod'
import type { FieldMeta } from './section.ts'
import { SECTIONS } from './sections/index.ts'

/** One setting that a person can make, for the environment, the template and the docs. */
export interface Setting {
  /** `bus.url` */
  path: string
  /** Environment variable that sets it. */
  env: string
  /** What may stand there, in words. */
  type: string
  /** What counts where nobody says anything; undefined: nothing. */
  byDefault: string | undefined
  meta: FieldMeta
  schema: z.ZodType
}

/** Variables that were there before the rule: a flag of the same meaning reads them too. */
const ENV_NAMES: Readonly<Record<string, string>> = { 'bus.url': 'SHITOPS_BUS' }

/** The whole file: unknown keys are refused at every level; a section or setting with nothing behind it is as good as not there. */
export function fileSchema(): z.ZodObject {
  const sections = Object.entries(SECTIONS).map(([name, { schema }]) => {
    const fields = Object.entries<z.ZodType>(schema(z).shape).map(([field, type]) => [field, type.nullable()])
    return [name, z.strictObject(Object.fromEntries(fields)).nullish()]
  })
  return z.strictObject(Object.fromEntries(sections))
}

/** Every setting, in the order of the sections. */
export function settings(): Setting[] {
  return Object.entries(SECTIONS).flatMap(([section, { schema, defaults }]) => {
    const values: Readonly<Record<string, unknown>> = defaults({})
    return Object.entries<z.ZodType>(schema(z).shape).map(([field, type]) => settingOf(`${section}.${field}`, type, values[field]))
  })
}

function settingOf(path: string, type: z.ZodType, value: unknown): Setting {
  const schema = type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type
  const meta = schema.meta() as unknown as FieldMeta
  const byDefault = meta.byDefault ?? (value === undefined ? undefined : String(value))
  return { path, env: ENV_NAMES[path] ?? envName(path), type: meta.type ?? typeText(schema), byDefault, meta, schema }
}

/** `bus.saslPasswordFile` is SHITOPS_BUS_SASL_PASSWORD_FILE. */
function envName(path: string): string {
  return `SHITOPS_${path
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`
}

function typeText(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.join(', ')
  if (schema instanceof z.ZodBoolean) return 'true, false'
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'whole number' : 'number'
  return 'text'
}
