import { z } from 'zod'
import type { FieldMeta } from './section.ts'
import { SECTIONS } from './sections/index.ts'

/** One setting that a person can make, for the environment, the template and the docs. */
export interface Setting {
  /** `bus.url`, `gnmi.defaults.port`, `gnmi.targets[].address` */
  path: string
  /** Environment variable that sets it; none sets a list, or a part of one. */
  env: string | undefined
  /** What may stand there, in words. */
  type: string
  /** What counts where nobody says anything; undefined: nothing. */
  byDefault: string | undefined
  meta: FieldMeta
  schema: z.ZodType
  /** What the mapping is that it stands in, below the section. */
  group?: string
}

/** Variables that were there before the rule: a flag of the same meaning reads them too. */
const ENV_NAMES: Readonly<Record<string, string>> = { 'bus.url': 'SHITOPS_BUS' }

/** The whole file: unknown keys are refused at every level; a section or setting with nothing behind it is as good as not there. */
export function fileSchema(): z.ZodObject {
  const sections = Object.entries(SECTIONS).map(([name, { schema }]) => [name, tolerant(schema(z)).nullish()])
  return z.strictObject(Object.fromEntries(sections))
}

/** The same schema, where every key that may be missing may also have nothing behind it. */
export function tolerant(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return tolerant(schema.unwrap() as z.ZodType).nullish()
  if (schema instanceof z.ZodArray) return z.array(tolerant(schema.element as z.ZodType))
  if (!(schema instanceof z.ZodObject)) return schema
  return z.strictObject(Object.fromEntries(Object.entries<z.ZodType>(schema.shape).map(([key, type]) => [key, tolerant(type)])))
}

/** Every setting that has a value of its own, in the order of the sections. A list is one setting. */
export function settings(): Setting[] {
  return everySetting().filter(({ path }) => !path.includes('[]'))
}

/** Every setting, and what may stand in the items of lists. */
export function everySetting(): Setting[] {
  return Object.entries(SECTIONS).flatMap(([section, { schema, defaults }]) => {
    const values: Readonly<Record<string, unknown>> = defaults({})
    return Object.entries<z.ZodType>(schema(z).shape).flatMap(([field, type]) => settingsOf(`${section}.${field}`, type, values[field]))
  })
}

/** The paths of {@link everySetting}. */
export const allPaths = (): string[] => everySetting().map(({ path }) => path)

function settingsOf(path: string, type: z.ZodType, value?: unknown): Setting[] {
  const schema = type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type
  if (schema instanceof z.ZodObject) return fieldsOf(path, schema)
  const item = schema instanceof z.ZodArray ? schema.element : undefined
  return [settingOf(path, schema, value), ...(item instanceof z.ZodObject ? fieldsOf(`${path}[]`, item) : [])]
}

function fieldsOf(path: string, schema: z.ZodObject): Setting[] {
  const group = schema.meta()?.description
  const fields = Object.entries<z.ZodType>(schema.shape).flatMap(([field, type]) => settingsOf(`${path}.${field}`, type))
  return group === undefined ? fields : fields.map((field) => ({ group, ...field }))
}

function settingOf(path: string, schema: z.ZodType, value: unknown): Setting {
  const meta = (schema.meta() ?? {}) as unknown as FieldMeta
  const byDefault = meta.byDefault ?? (value === undefined ? undefined : String(value))
  const env = path.includes('[]') || schema instanceof z.ZodArray ? undefined : (ENV_NAMES[path] ?? envName(path))
  return { path, env, type: meta.type ?? typeText(schema), byDefault, meta, schema }
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
  if (schema instanceof z.ZodArray) return schema.element instanceof z.ZodObject ? 'list' : 'list of text'
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'whole number' : 'number'
  return 'text'
}
