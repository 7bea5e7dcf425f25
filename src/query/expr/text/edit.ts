import { lengthOf } from './code-points.ts'

/** What the functions of text do, on values alone. */

export function upper(text: string): string {
  return text.toUpperCase()
}

export function initcap(text: string): string {
  return text.replace(/[A-Za-z0-9]+/g, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase())
}

export type Side = 'BOTH' | 'LEADING' | 'TRAILING'

export function trimOf(side: Side): (text: string, characters?: string) => string {
  return (text, characters = ' ') => {
    let start = 0
    let end = text.length
    if (side !== 'TRAILING') while (start < end && characters.includes(text[start] as string)) start += 1
    if (side !== 'LEADING') while (end > start && characters.includes(text[end - 1] as string)) end -= 1
    return text.slice(start, end)
  }
}

export function pad(text: string, length: number, filler: string, left: boolean): string | null {
  if (length < 0 || filler === '') return null
  const missing = length - text.length
  if (missing <= 0) return text.slice(0, length)
  const padding = filler.repeat(Math.ceil(missing / filler.length)).slice(0, missing)
  return left ? padding + text : text + padding
}

export function overlay(text: string, by: string, from: number, length = by.length): string {
  if (from <= 0 || from > text.length) return text
  const rest = from + length <= text.length && length > 0 ? text.slice(from - 1 + length) : ''
  return text.slice(0, from - 1) + by + rest
}

function replace(text: string, part: string, by: string): string {
  return text.split(part).join(by)
}

/** Java's String.replace puts the text between all characters, and around them, when the part is empty. */
export function replaceAll(text: string, part: string, by: string): string {
  return part === '' ? `${by}${text.split('').join(by)}${text === '' ? '' : by}` : replace(text, part, by)
}

export function translate(text: string, from: string, to: string): string {
  let result = ''
  for (const character of text) {
    const i = Array.from(from).indexOf(character)
    result += i < 0 ? character : (Array.from(to)[i] ?? '')
  }
  return result
}

export function splitIndex(text: string, separator: string | number, index: number): string | null {
  if (index < 0 || text === '') return null
  const by = typeof separator === 'number' ? String.fromCharCode(separator) : separator
  if (by === '') return index === 0 ? text : null
  return text.split(by)[index] ?? null
}

export function split(text: string, separator: string): string[] {
  if (text === '') return []
  return separator === '' ? Array.from(text) : text.split(separator)
}

export function textToMap(text: string, between = ',', inside = '='): [string, string | null][] {
  const pairs = new Map<string, string | null>()
  if (text === '') return []
  for (const item of text.split(between)) {
    const at = item.indexOf(inside)
    pairs.set(at < 0 ? item : item.slice(0, at), at < 0 ? null : item.slice(at + inside.length))
  }
  return [...pairs]
}

export function instr(text: string, part: string, from = 1, occurrence = 1): number {
  const reversed = from < 0
  let at = reversed ? text.length + from : from - 1
  if (occurrence <= 0 || from === 0) return 0
  for (let n = 0; n < occurrence; n++) {
    at = reversed ? text.lastIndexOf(part, n === 0 ? at : at - 1) : text.indexOf(part, n === 0 ? at : at + 1)
    if (at < 0) return 0
  }
  return lengthOf(text.slice(0, at)) + 1
}

export const isNumberText = (text: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(text)
