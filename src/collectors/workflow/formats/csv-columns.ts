import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import { normalised, ROLES, type Role, usualName } from './roles.ts'

/** What a column of a CSV holds. */
export interface Column {
  index: number
  /** As in the header. */
  header: string
  /** In the event: `case:` taken off where the column is the case's. */
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
  path: string,
): Columns {
  const names = distinct(header.map((name, index) => name.trim() || `column ${index + 1}`))
  const roles: Partial<Record<Role, string>> = {}
  const free = new Set(names)
  for (const [role, given] of Object.entries(map)) {
    const name = names.find((one) => one === given) ?? names.find((one) => normalised(one) === normalised(given))
    if (name === undefined) throw noColumn(path, role, given, names)
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
  for (const role of ['case', 'activity', 'time'] as const) if (roles[role] === undefined) throw noColumn(path, role, undefined, names)
  const playing = new Set(Object.values(roles))
  const columns = names.map((name, index): Column => {
    const ofCase = !playing.has(name) && name.startsWith(CASE_PREFIX) && name.length > CASE_PREFIX.length
    return {
      index,
      header: name,
      name: ofCase ? name.slice(CASE_PREFIX.length) : name,
      ofCase,
      kind: playing.has(name) ? 'text' : kindOf(sample, index),
    }
  })
  return { columns, roles }
}

/** Two columns of one name are two columns. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name}#${times}`
  })
}

function noColumn(path: string, role: string, given: string | undefined, names: readonly string[]): ShitopsError {
  const guess = given === undefined ? undefined : nearest(given, [...names])
  const columns = names.slice(0, 40).map((name) => JSON.stringify(name))
  return new ShitopsError(
    'SHITOPS_E_USAGE',
    given === undefined
      ? `no column of ${path} is known to hold the ${role}`
      : `${path} has no column ${JSON.stringify(given)} for the ${role}`,
    {
      suggestions: [
        ...(guess === undefined ? [] : [`--map "${role}=${guess}"`]),
        `--map ${role}=COLUMN; the columns are ${columns.join(', ')}`,
        '--delimiter ";" or --encoding NAME, if these are not the columns',
      ],
    },
  )
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
