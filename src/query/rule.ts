/** A rule over keyed streams, as data: what feeds it, and what must hold for one key at the same time. */
export interface Rule {
  name: string
  inputs: Readonly<Record<string, RuleInput>>
  /** All must hold. */
  when: readonly Condition[]
  /** While it holds, one row per key so often (ms of event time); a change is a row at once. */
  every: number
}

/** What one input keeps: per key, and within it per member, the last value. */
export interface RuleInput {
  topic: string
  /** Fields that must have one of these values; other records are not looked at. */
  where?: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** The field, or the fields, that make the key; `{lookup, field}` goes through a table (device → link). A miss drops the record. */
  key: KeyPart | readonly KeyPart[]
  /** The entity within the key whose values replace each other (a case within a team); the key itself when absent. */
  member?: string
  /** The field to keep; several: the lowest number of those present. Only that it exists when absent. */
  value?: string | readonly string[]
  /** A record with one of these values ends its member instead of updating it. */
  until?: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** A member not heard of for so long (ms of event time) is forgotten. */
  ttl: number
}

export type KeyPart = string | { lookup: string; field: string }

export interface Condition {
  input: string
  /** Over the members of the key: any of them, or how many there are. */
  over: 'any' | 'count'
  op: '>=' | '<=' | '=='
  than: number | string
}

/** Small tables that map one id to another, by name: who uses which device, what hangs on what. */
export type Lookups = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The value of a possibly dotted field. */
export function fieldOf(value: unknown, path: string): unknown {
  let current: unknown = value
  for (const name of path.split('.')) {
    if (current === null || typeof current !== 'object') return undefined
    current = (current as Record<string, unknown>)[name]
  }
  return current
}

export function matches(where: RuleInput['where'], value: unknown): boolean {
  if (!where) return true
  return Object.entries(where).every(([path, allowed]) => (allowed as readonly unknown[]).includes(fieldOf(value, path)))
}

/** The key of a record for an input, or undefined when a part of it is missing. Parts are joined by `/`. */
export function keyOf(input: RuleInput, value: unknown, lookups: Lookups): string | undefined {
  const parts: string[] = []
  for (const part of Array.isArray(input.key) ? (input.key as readonly KeyPart[]) : [input.key as KeyPart]) {
    const raw = fieldOf(value, typeof part === 'string' ? part : part.field)
    const text = typeof part === 'string' ? raw : lookups[part.lookup]?.[String(raw)]
    if (text === undefined || text === null) return undefined
    parts.push(String(text))
  }
  return parts.join('/')
}

/** What an input keeps of a record: undefined when the field is there but says nothing (null). */
export function keptOf(input: RuleInput, value: unknown): unknown {
  if (input.value === undefined) return true
  if (typeof input.value === 'string') return fieldOf(value, input.value) ?? undefined
  const numbers = input.value.map((path) => fieldOf(value, path)).filter((n): n is number => typeof n === 'number')
  return numbers.length > 0 ? Math.min(...numbers) : undefined
}
