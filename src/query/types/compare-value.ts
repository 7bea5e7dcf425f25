/** Order and equality of values at run time, for types that JavaScript's operators do not do. NULL is handled by the caller, except inside. */

/** Order of UTF-8 bytes, which is that of code points: surrogates come after everything else of the basic plane. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) {
      if (left >= 0xd800 && right >= 0xd800) return codePointRank(left) - codePointRank(right)
      return left - right
    }
  }
  return a.length - b.length
}

/** U+E000 to U+FFFF below the surrogates, which stand for U+10000 and above. */
function codePointRank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000
}

/** Java's Double.compare: NaN is greater than all, -0 below 0. */
export function compareDouble(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return a !== 0 || Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1
}

/** Equality of any two values of one type; two NULLs inside a collection are equal. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) && a.equals(b)
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
  return a.every((item, i) => deepEqual(item, b[i]))
}

/** Maps are equal whatever the order of their pairs. */
export function equalMaps(a: readonly [unknown, unknown][], b: readonly [unknown, unknown][]): boolean {
  return a.length === b.length && a.every(([key, value]) => b.some(([k, v]) => deepEqual(key, k) && deepEqual(value, v)))
}

/** Order of two values of one type, as ORDER BY, MIN and GREATEST have it; NULL below all. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'string') return a === b ? 0 : compareText(a, b as string)
  if (Buffer.isBuffer(a)) return Buffer.compare(a, b as Buffer)
  if (Array.isArray(a)) return compareLists(a, b as unknown[])
  const left = a as number
  const right = b as number
  if (left < right) return -1
  if (left > right) return 1
  return left === right ? 0 : compareDouble(Number(left), Number(right))
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}
