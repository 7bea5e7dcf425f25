/**
 * The order of two values of one SQL type, neither of them NULL: numbers, booleans, texts by code point (as UTF-8 bytes sort), bytes,
 * and collections by their elements. NaN is greater than all other numbers, as in Java.
 */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : compareText(a, b)
  if (a !== null && typeof a === 'object') {
    if (Buffer.isBuffer(a)) return Buffer.compare(a, b as Buffer)
    return compareLists(a as unknown[], b as unknown[])
  }
  const [x, y] = [a as number, b as number]
  if (x < y) return -1
  if (x > y) return 1
  if (x === y) return 0
  const nan = Number.isNaN(x) ? 1 : 0
  return nan - (Number.isNaN(y) ? 1 : 0)
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const [x, y] = [a[i] ?? null, b[i] ?? null]
    if (x === null || y === null) {
      if (x !== y) return x === null ? -1 : 1
      continue
    }
    const order = compareValues(x, y)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** By code point: UTF-16 units sort alike except where one text has a surrogate and the other a unit above them. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? lifted(x) - lifted(y) : x - y
  }
  return a.length - b.length
}

const lifted = (unit: number) => (unit < 0xe000 ? unit + 0x2000 : unit - 0x800)
