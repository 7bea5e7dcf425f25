import { dayOf, msOfDay } from '../types/calendar.ts'
import { toJsonRow } from '../types/json-row.ts'
import type { SqlType } from '../types/sql-type.ts'
import { dateText, pad } from '../types/time-text.ts'

const FIRST_BYTES = 1 << 16
const QUOTE = 0x22
const BACKSLASH = 0x5c
const POINT = 0x2e
const MINUS = 0x2d
const ZERO = 0x30
const DOUBLE: SqlType = { kind: 'DOUBLE', nullable: false }

/** The minute that was written last, as the bytes `"2026-03-31T14:02:`. */
export interface MinuteText {
  minute: number
  bytes: Uint8Array
}

/**
 * JSON text put together as bytes: no string is made of what is mostly short ASCII and plain numbers. Whatever is not takes the way over a string,
 * with the same result.
 */
export class JsonBytes {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #at = 0

  get length(): number {
    return this.#at
  }

  /** What was written, as it stands until the next {@link clear}. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** Begins anew, over what was written. */
  clear(): void {
    this.#at = 0
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    const to = this.#room(bytes.length)
    let at = this.#at
    for (let i = 0; i < bytes.length; i++) to[at++] = bytes[i] as number
    this.#at = at
  }

  byte(byte: number): void {
    this.#room(1)[this.#at++] = byte
  }

  /** JSON text that is a string already. */
  json(text: string): void {
    this.#at += this.#room(3 * text.length).write(text, this.#at)
  }

  /** A text as JSON.stringify writes it. */
  text(value: string): void {
    const to = this.#room(value.length + 2)
    let at = this.#at
    to[at++] = QUOTE
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
        this.json(JSON.stringify(value))
        return
      }
      to[at++] = unit
    }
    to[at++] = QUOTE
    this.#at = at
  }

  integer(value: number | bigint): void {
    // -0 is 0 as text, too.
    if (typeof value === 'number' && value < 1e9 && value > -1e9) {
      if (value < 0) this.byte(MINUS)
      this.#digits(value < 0 ? -value : value)
    } else this.json(String(value))
  }

  /** As Java's Double.toString; NaN and infinity as text. */
  double(value: number): void {
    const size = Math.abs(value)
    // Here Java writes plain digits. Up to 15 of them no two decimal numbers are the same double: the first that is, is the shortest.
    if (size >= 1e-3 && size < 1e7) {
      for (let places = 1, power = 10; places <= 8; places++, power *= 10) {
        const scaled = Math.round(size * power)
        if (scaled / power !== size) continue
        if (value < 0) this.byte(MINUS)
        const whole = Math.floor(scaled / power)
        this.#digits(whole)
        this.byte(POINT)
        this.#padded(scaled - whole * power, places)
        return
      }
    }
    this.json(toJsonRow(value, DOUBLE))
  }

  /**
   * A time as ISO has it, the fraction without zeros at its end.
   * @param between date and time: `T` or a space  @param zone `Z` or nothing  @param last what this column wrote last
   */
  timestamp(ms: number, between: string, zone: string, last: MinuteText): void {
    const day = dayOf(ms)
    const micros = Math.round(msOfDay(ms) * 1000)
    const minuteOfDay = Math.floor(micros / 60_000_000)
    const minute = day * 1440 + minuteOfDay
    if (minute !== last.minute) {
      last.minute = minute
      last.bytes = Buffer.from(`"${dateText(day)}${between}${pad(Math.floor(minuteOfDay / 60), 2)}:${pad(minuteOfDay % 60, 2)}:`)
    }
    this.raw(last.bytes)
    const inMinute = micros - minuteOfDay * 60_000_000
    const second = Math.floor(inMinute / 1_000_000)
    this.#padded(second, 2)
    let fraction = inMinute - second * 1_000_000
    if (fraction > 0) {
      let places = 6
      while (fraction % 10 === 0) {
        fraction /= 10
        places--
      }
      this.byte(POINT)
      this.#padded(fraction, places)
    }
    if (zone !== '') this.byte(0x5a)
    this.byte(QUOTE)
  }

  /** @param value a whole number from 0 to below 2^31 */
  #digits(value: number): void {
    let places = 1
    for (let power = 10; power <= value; power *= 10) places++
    this.#padded(value, places)
  }

  #padded(value: number, places: number): void {
    const to = this.#room(places)
    let rest = value | 0
    for (let at = this.#at + places - 1; at >= this.#at; at--) {
      const next = (rest / 10) | 0
      to[at] = ZERO + rest - next * 10
      rest = next
    }
    this.#at += places
  }

  /** The bytes, with room for so many more. */
  #room(more: number): Buffer {
    if (this.#at + more > this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + more))
      this.#bytes.copy(bytes, 0, 0, this.#at)
      this.#bytes = bytes
    }
    return this.#bytes
  }
}
