import { readOther } from './read-text.ts'
import { QUOTE } from './skip.ts'
import type { Slots } from './slots.ts'

/** BYTES: base64 with padding, as Jackson reads it; white space between is passed over. Only a text will do. */
export function readBytes(s: Slots, i: number, at: number, end: number): number {
  return readOther(s, i, at, end, s.u8[at] === QUOTE ? isBase64 : isNothing)
}

const isNothing = () => false

function isBase64(text: string): boolean {
  const plain = withoutSpace(text)
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: Jackson passes over every character up to the space.
const withoutSpace = (text: string) => text.replace(/[\u0000-\u0020]+/g, '')

/** The bytes of a text that {@link readBytes} took. */
export const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64')
