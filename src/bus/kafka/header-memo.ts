import { utf8Bytes, writeUtf8 } from '../utf8.ts'
import { varlongSize, writeVarlong } from './varint.ts'

/** Texts up to this length are written by a loop, and their length takes one byte. */
const SHORT = 32

type Header = readonly [name: string, value: Buffer | string]

/**
 * Encoded record headers that stand at the same place in record after record, as most of a CloudEvent's do: from the second time on
 * they are copied. Texts only, for bytes may be written over by whoever gave them.
 */
export class HeaderMemo {
  readonly #names: string[] = []
  readonly #values: string[] = []
  readonly #encoded: Array<Buffer | undefined> = []

  /** The bytes of the header, where the one before it at this place was the same. @param place of the header in its record */
  of(name: string, value: Buffer | string, place: number): Buffer | undefined {
    if (typeof value !== 'string') return undefined
    if (this.#values[place] === value && this.#names[place] === name) {
      this.#encoded[place] ??= encoded([name, value])
      return this.#encoded[place]
    }
    this.#names[place] = name
    this.#values[place] = value
    this.#encoded[place] = undefined
    return undefined
  }
}

function encoded([name, value]: Header): Buffer {
  const bytes = Buffer.allocUnsafeSlow(partSize(name) + partSize(value))
  writePart(bytes, writePart(bytes, 0, name), value)
  return bytes
}

/** Bytes of a key, a value, a name, with the length in front. */
export function partSize(part: Buffer | string | null): number {
  if (part === null) return 1
  const length = typeof part === 'string' ? utf8Bytes(part) : part.length
  return varlongSize(length) + length
}

/** Returns the place after what was written. */
export function writePart(buffer: Buffer, at: number, part: Buffer | string | null): number {
  if (part === null) return writeVarlong(buffer, at, -1)
  if (typeof part === 'string') return writeText(buffer, at, part)
  const from = writeVarlong(buffer, at, part.length)
  buffer.set(part, from)
  return from + part.length
}

/** Short ASCII in one go: its length is known to be that of the text only when it is written. */
function writeText(buffer: Buffer, at: number, text: string): number {
  const { length } = text
  if (length <= SHORT) {
    let i = 0
    for (let code = 0; i < length; i++) {
      code = text.charCodeAt(i)
      if (code > 0x7f) break
      buffer[at + 1 + i] = code
    }
    if (i === length) {
      buffer[at] = 2 * length
      return at + 1 + length
    }
  }
  return writeUtf8(buffer, text, writeVarlong(buffer, at, utf8Bytes(text)))
}
