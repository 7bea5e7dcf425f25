/** Flink counts code points in text; JavaScript UTF-16 units. Text without surrogates, which is nearly all, takes the short way. */

const SURROGATE = /[\ud800-\udfff]/

export function lengthOf(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length
}

/** Code points from `start` (0-based) to before `end`. */
export function slice(text: string, start: number, end: number): string {
  return SURROGATE.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)
}

/** SUBSTRING: `from` counts from 1, negative from the end, 0 is 1; a negative length gives null. */
export function substring(text: string, from: number, length = 2_147_483_647): string | null {
  if (length < 0) return null
  const size = lengthOf(text)
  const start = from > 0 ? from - 1 : from < 0 ? size + from : 0
  if (start < 0) return ''
  if (start >= size) return ''
  return slice(text, start, Math.min(size, start + length))
}

/** 1-based place in code points, 0 when it is not there. */
export function positionOf(part: string, text: string, from = 1): number {
  if (!SURROGATE.test(text)) return from < 1 ? 0 : text.indexOf(part, from - 1) + 1
  const start = slice(text, 0, from - 1).length
  const found = text.indexOf(part, start)
  return found < 0 ? 0 : lengthOf(text.slice(0, found)) + 1
}

export function reverse(text: string): string {
  return SURROGATE.test(text) ? Array.from(text).reverse().join('') : text.split('').reverse().join('')
}
