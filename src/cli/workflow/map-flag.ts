import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import { ROLES, type Role } from '../../collectors/workflow/formats/roles.ts'

const NAMES = Object.keys(ROLES) as Role[]
/** A comma parts two mappings only where one begins after it: names of columns may have commas. */
const PARTED = new RegExp(`,\\s*(?=(?:${NAMES.join('|')})=)`)

/** `case=Case ID,activity=Activity` and repeated flags as one mapping. @throws SHITOPS_E_USAGE */
export function parseMap(texts: readonly string[]): Partial<Record<Role, string>> {
  const map: Partial<Record<Role, string>> = {}
  for (const part of texts.flatMap((text) => text.split(PARTED))) {
    const [role = '', name = ''] = split(part)
    if (!NAMES.includes(role as Role) || name === '') throw unusable(part, role)
    map[role as Role] = name
  }
  return map
}

function split(part: string): [string, string] {
  const equals = part.indexOf('=')
  return equals < 0 ? [part.trim(), ''] : [part.slice(0, equals).trim(), part.slice(equals + 1).trim()]
}

function unusable(part: string, role: string): ShitopsError {
  const guess = nearest(role, NAMES)
  return new ShitopsError('SHITOPS_E_USAGE', `--map ${JSON.stringify(part)} is not PART=COLUMN`, {
    suggestions: [`--map ${guess ?? 'case'}=COLUMN`, `the parts are ${NAMES.join(', ')}`],
  })
}
