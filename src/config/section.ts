import type { z } from 'zod'
import type { Entry } from './origin.ts'

/** zod's namespace, handed to a section when its schema is wanted: nothing heavy is loaded while there is nothing to check. */
export type Zod = typeof z

/**
 * One top-level key of shitops.yaml. A section is one file in sections/ and one line in its index: from it come validation, the type, the
 * environment variables, `config init` and docs/config.md. Every field is optional and has a description; secrets are named by file or
 * environment variable (`…File`, `…Env`), never written down.
 */
export interface Section<Schema extends z.ZodObject = z.ZodObject, Defaults extends object = object> {
  /** One sentence, for the template and the docs. */
  about: string
  /** Values where nobody says otherwise; fields without one stay undefined. */
  defaults(env: Environment): Defaults
  schema(zod: Zod): Schema
  /** Leaves out what does not count together with the rest; everything counts when absent. */
  effective?(entries: readonly Entry[]): Entry[]
}

/** What a field's `.meta()` may say. */
export interface FieldMeta {
  description: string
  /** A value for the template and the docs, where the default is none or says little. */
  example?: string | number | boolean | readonly unknown[]
  /** What may stand there, in a word, where the schema's own kind says little: `time`. */
  type?: string
  /** The default in words, where it is not a value of {@link Section.defaults}: it depends on the machine, or is applied elsewhere. */
  byDefault?: string
}

export type Environment = Readonly<Record<string, string | undefined>>

type FieldsOf<S> = S extends Section<infer Schema> ? z.infer<Schema> : never
type DefaultsOf<S> = S extends Section<z.ZodObject, infer Defaults> ? Defaults : never

/** A section's values: fields with a default are always there. */
export type ValuesOf<S> = Omit<FieldsOf<S>, keyof DefaultsOf<S>> & {
  [K in keyof DefaultsOf<S> & keyof FieldsOf<S>]-?: NonNullable<FieldsOf<S>[K]>
}

export function defineSection<Schema extends z.ZodObject, Defaults extends object>(
  section: Section<Schema, Defaults>,
): Section<Schema, Defaults> {
  return section
}
