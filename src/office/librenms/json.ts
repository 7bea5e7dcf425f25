/** What a database row or an answer may hold. A bigint is a column of 64 bits. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value }
export type Row = Record<string, Value>

/** How a PHP and its database driver put numbers: old ones made text of every column. */
export interface Dialect {
  numbersAsText: boolean
  /** Above 2^63-1 an unsigned column does not fit PHP's integer and comes as text. */
  unsignedAsText: boolean
}

/** PHP 8.1 and later with native prepared statements. */
export const NATIVE: Dialect = { numbersAsText: false, unsignedAsText: true }

const INDENT = '    '
const LARGEST = 2n ** 63n - 1n
/** `/`, controls and everything beyond ASCII: what json_encode escapes and JSON.stringify does not. */
const ESCAPED = /[/\u007f-\uffff]/

/**
 * What PHP's `json_encode($value, JSON_PRETTY_PRINT)` writes: four spaces, `\/`, `\u00e9`, `[]` for any empty array,
 * integers of 64 bits with all digits.
 * @param depth how deep it stands, for the indentation; the first line is not indented
 */
export function encode(value: Value, depth = 0, dialect: Dialect = NATIVE): string {
  switch (typeof value) {
    case 'string':
      return text(value)
    case 'number':
      return dialect.numbersAsText ? `"${value}"` : Number.isFinite(value) ? String(value) : '0'
    case 'bigint':
      return dialect.numbersAsText || (dialect.unsignedAsText && value > LARGEST) ? `"${value}"` : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return value === null ? 'null' : nested(value, depth, dialect)
  }
}

export function indent(depth: number): string {
  return INDENT.repeat(depth)
}

function nested(value: readonly Value[] | { readonly [key: string]: Value }, depth: number, dialect: Dialect): string {
  const inner = `\n${indent(depth + 1)}`
  const outer = `\n${indent(depth)}`
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${inner}${value.map((item: Value) => encode(item, depth + 1, dialect)).join(`,${inner}`)}${outer}]`
  }
  let members = ''
  for (const [key, member] of Object.entries(value))
    members += `${members && ','}${inner}${text(key)}: ${encode(member as Value, depth + 1, dialect)}`
  return members ? `{${members}${outer}}` : '[]'
}

export function text(value: string): string {
  const json = JSON.stringify(value)
  if (!ESCAPED.test(json)) return json
  return json.replace(/[/\u007f-\uffff]/g, (character) =>
    character === '/' ? '\\/' : character === '\u007f' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What `json_encode($value)` writes: no spaces. For values without bigints. */
export function compact(value: Value): string {
  return JSON.stringify(value).replace(/[/\u0080-\uffff]/g, (character) =>
    character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
