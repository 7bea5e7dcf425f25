import type { z } from 'zod'
import { KINDS, PARTS } from './rule.ts'

/** zod's namespace, handed in: it is heavy, and loaded when a file is read. */
type Zod = typeof z

/** A mapping file as it is written; what belongs to what is checked when it is compiled. */
export function mappingSchema(zod: Zod) {
  const word = zod.string().trim().min(1)
  const metric = zod.string().regex(/^[a-z][a-z0-9_]*$/, 'is no name of a metric: small letters, digits and "_"')
  const rule = zod.strictObject({
    metric,
    path: zod.union([word, zod.array(word).min(1)], 'is no path, nor a list of paths'),
    kind: zod.enum(KINDS),
    unit: word.optional(),
    scale: zod.number().positive().optional(),
    complement: zod.boolean().optional(),
    bits: zod.union([zod.literal(32), zod.literal(64)], 'is neither 32 nor 64').optional(),
    part: zod.enum(PARTS).optional(),
    direction: zod.enum(['in', 'out']).optional(),
    values: zod.record(zod.string(), zod.number()).optional(),
    otherwise: zod.number().optional(),
    instance: zod.string().optional(),
    fallback: zod.boolean().optional(),
  })
  return zod.strictObject({
    family: word,
    about: word,
    metrics: zod.record(metric, zod.strictObject({ unit: word, about: word })).default({}),
    rules: zod.array(rule).min(1),
  })
}

export type MappingFile = z.infer<ReturnType<typeof mappingSchema>>
export type RuleEntry = MappingFile['rules'][number]

/** The keys of each object of a file, for suggestions; `*` stands for any name or index. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['family', 'about', 'metrics', 'rules'],
  'metrics.*': ['unit', 'about'],
  'rules.*': [
    'metric',
    'path',
    'kind',
    'unit',
    'scale',
    'complement',
    'bits',
    'part',
    'direction',
    'values',
    'otherwise',
    'instance',
    'fallback',
  ],
}
