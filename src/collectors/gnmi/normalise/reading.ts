import { int64Number, uint64Number } from '../wire/int64.ts'
import { floatOf, KIND, type ValueSlot } from '../wire/value.ts'

/** What a reading turned out to be. */
export const READING = {
  /** No scalar that anything can be made of. */
  NONE: 0,
  /** `lo` and `hi`, unsigned; `number` is the nearest double. */
  COUNT: 1,
  /** `number` */
  NUMBER: 2,
  /** `text` */
  TEXT: 3,
} as const

/** 10^15: digits up to here are exact in a double. */
const EXACT_DIGITS = 15
const TWO_32 = 2 ** 32
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * A value as a rule looks at it, whichever way the device encoded it: numbers are numbers when they come as text too, as 64-bit integers do
 * in JSON_IETF. Used again and again, so that a reading costs no object.
 */
export class Reading {
  kind: (typeof READING)[keyof typeof READING] = READING.NONE
  lo = 0
  hi = 0
  number = Number.NaN
  #bytes: Buffer = Buffer.alloc(0)
  #start = 0
  #end = 0
  /** The text of a JSON string that had escapes in it. */
  #unescaped: string | undefined

  /** The TEXT; of a number its digits. */
  get text(): string {
    if (this.kind !== READING.TEXT) return String(this.number)
    return this.#unescaped ?? this.#bytes.toString('utf8', this.#start, this.#end)
  }

  ofSlot(slot: ValueSlot): void {
    this.kind = READING.NONE
    switch (slot.kind) {
      case KIND.UINT:
        this.#count(slot.lo, slot.hi)
        break
      case KIND.INT:
        if (slot.hi >= 0) this.#count(slot.lo, slot.hi)
        else this.#number(int64Number(slot.lo, slot.hi))
        break
      case KIND.STRING:
      case KIND.ASCII:
        this.#ofText(slot.source, slot.start, slot.end)
        break
      case KIND.JSON:
      case KIND.JSON_IETF:
        this.#ofSpacedJson(slot.source, slot.start, slot.end)
        break
      case KIND.DOUBLE:
        this.#number(floatOf(slot))
        break
      case KIND.FLOAT:
        // A 32-bit float has no more digits than these: 0.1, not 0.10000000149011612.
        this.#number(Number(floatOf(slot).toPrecision(7)))
        break
      case KIND.DECIMAL:
        if (slot.precision === 0 && slot.hi >= 0) this.#count(slot.lo, slot.hi)
        else this.#number(int64Number(slot.lo, slot.hi) / 10 ** slot.precision)
        break
      case KIND.BOOL:
        this.#ofBoolean((slot.lo | slot.hi) !== 0)
        break
      case KIND.BYTES:
        // openconfig-types ieeefloat32: four bytes, most significant first.
        if (slot.end - slot.start === 4) this.#number(Number(slot.source.readFloatBE(slot.start).toPrecision(7)))
        break
      default:
    }
  }

  /** A JSON scalar without white space around it; what turns out to be no JSON is NONE. */
  ofJson(bytes: Buffer, start: number, end: number): void {
    this.kind = READING.NONE
    const first = bytes[start]
    if (first === QUOTE) this.#ofJsonString(bytes, start, end)
    else if (first === 0x74) this.#ofBoolean(true)
    else if (first === 0x66) this.#ofBoolean(false)
    else if (first !== undefined && first !== 0x7b && first !== 0x5b && first !== 0x6e) {
      this.#ofText(bytes, start, end)
      // What is no number by now was no JSON.
      if (this.#isText()) this.kind = READING.NONE
    }
  }

  #ofSpacedJson(bytes: Buffer, start: number, end: number): void {
    let from = start
    let to = end
    while (from < to && (bytes[from] as number) <= 0x20) from++
    while (to > from && (bytes[to - 1] as number) <= 0x20) to--
    this.ofJson(bytes, from, to)
  }

  #ofJsonString(bytes: Buffer, start: number, end: number): void {
    if (end - start < 2 || bytes[end - 1] !== QUOTE) return
    this.#ofText(bytes, start + 1, end - 1)
    if (!this.#isText() || isPlain(bytes, start + 1, end - 1)) return
    // A value of its own is looked at by nobody before: it may be anything.
    try {
      this.#unescaped = JSON.parse(bytes.toString('utf8', start, end))
    } catch {
      this.kind = READING.NONE
    }
  }

  #ofText(bytes: Buffer, start: number, end: number): void {
    if (end > start && this.#ofDigits(bytes, start, end)) return
    const first = bytes[start]
    if (first !== undefined && end - start < 32 && (first === 0x2d || first === 0x2e || (first >= 0x30 && first <= 0x39))) {
      const text = bytes.toString('latin1', start, end)
      const number = /^-?\d*\.?\d+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
      if (!Number.isNaN(number)) {
        this.#number(number)
        return
      }
    }
    this.kind = READING.TEXT
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#unescaped = undefined
  }

  /** Digits alone, as an unsigned 64-bit integer. */
  #ofDigits(bytes: Buffer, start: number, end: number): boolean {
    const digits = end - start
    if (digits > 20) return false
    let low = 0
    let high = 0
    for (let at = start; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30
      if (digit < 0 || digit > 9) return false
      if (at - start < EXACT_DIGITS) low = low * 10 + digit
      else {
        if (at - start === EXACT_DIGITS) {
          high = Math.floor(low / TWO_32)
          low -= high * TWO_32
        }
        const sum = low * 10 + digit
        const carry = Math.floor(sum / TWO_32)
        low = sum - carry * TWO_32
        high = high * 10 + carry
      }
    }
    if (digits <= EXACT_DIGITS) {
      high = Math.floor(low / TWO_32)
      low -= high * TWO_32
    }
    if (high >= TWO_32) return false
    this.#count(low | 0, high | 0)
    return true
  }

  #isText(): boolean {
    return this.kind === READING.TEXT
  }

  #ofBoolean(value: boolean): void {
    const word = value ? TRUE : FALSE
    this.kind = READING.TEXT
    this.#bytes = word
    this.#start = 0
    this.#end = word.length
    this.#unescaped = undefined
  }

  #count(lo: number, hi: number): void {
    this.kind = READING.COUNT
    this.lo = lo
    this.hi = hi
    this.number = uint64Number(lo, hi)
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) return
    this.kind = READING.NUMBER
    this.number = value
  }
}

/** The inside of a JSON string that stands for itself. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return false
  }
  return true
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
