/**
 * Whether two values mean the same to LibreNMS, whose answers have `1`, `"1"` and `true` for one and the same column, and null for a text that
 * is empty.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return plain(a) === plain(b)
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string') return value.replace(/\r\n/g, '\n')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
