import { ROLES, type Role, usualName } from './roles.ts'

/** What a column of a CSV holds. */
export interface Column {
  index: number
  /** As in the header; `case:` taken off where the column is the case's. */
  name: string
  ofCase: boolean
  kind: 'number' | 'boolean' | 'text'
}

export interface Columns {
  columns: readonly Column[]
  /** The column's own header by the part it plays. */
  roles: Partial<Record<Role, string>>
}

const CASE_PREFIX = 'case:'
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/

/** Columns and their parts: by the mapping given, else by usual names; types by the rows of the sample. */
export function columnsOf(
  header: readonly string[],
  sample: ReadonlyArray<readonly string[]>,
  map: Partial<Record<Role, string>>,
): Columns {
  const names = header.map((name, index) => name.trim() || `column ${index + 1}`)
  const roles: Partial<Record<Role, string>> = {}
  const free = new Set(names)
  for (const [role, name] of Object.entries(map)) {
    roles[role as Role] = name
    free.delete(name)
  }
  for (const role of Object.keys(ROLES) as Role[]) {
    if (roles[role] !== undefined) continue
    const name = usualName(role, [...free])
    if (name === undefined) continue
    roles[role] = name
    free.delete(name)
  }
  const playing = new Set(Object.values(roles))
  const columns = names.map((name, index): Column => {
    const ofCase = !playing.has(name) && name.startsWith(CASE_PREFIX) && name.length > CASE_PREFIX.length
    return { index, name: ofCase ? name.slice(CASE_PREFIX.length) : name, ofCase, kind: playing.has(name) ? 'text' : kindOf(sample, index) }
  })
  return { columns, roles }
}

/** Numbers only where text and number are the same thing: `007` and `1.234.567` stay text. */
function kindOf(sample: ReadonlyArray<readonly string[]>, index: number): Column['kind'] {
  const values = sample.map((fields) => fields[index]?.trim() ?? '').filter((value) => value !== '')
  if (values.length === 0) return 'text'
  if (values.every((value) => NUMBER.test(value))) return 'number'
  return values.every((value) => /^(true|false)$/i.test(value)) ? 'boolean' : 'text'
}

/** A field by its column's kind; what does not fit stays text. */
export function typedValue(text: string, kind: Column['kind']): string | number | boolean {
  if (kind === 'number' && NUMBER.test(text)) return Number(text)
  if (kind === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}
