import { isUtf8 } from 'node:buffer'
import type { RecordBatch } from '../../bus/bus.ts'
import type { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'
import type { RecordFormat, RecordFormatOptions } from './format.ts'

const GAP = '  '
/** A column grows with what it has seen, up to this. */
const MAX_COLUMN = 32

/** Lines for a person: time, place, key, value, in columns that hold still. Control characters are shown, never sent to the terminal. */
export class TableFormat implements RecordFormat {
  readonly #options: RecordFormatOptions
  readonly #widths: { time: number; place: number; key: number }

  constructor(options: RecordFormatOptions) {
    this.#options = options
    this.#widths = { time: formatTime(0, options.utc).length, place: options.topics ? 24 : 10, key: 12 }
  }

  begin(out: ByteBuffer): void {
    if (!this.#options.header) return
    const place = this.#options.topics ? 'TOPIC/PARTITION@OFFSET' : 'PARTITION@OFFSET'
    this.#line(out, ['TIME', place, 'KEY', 'VALUE'], paint.strong)
  }

  add(out: ByteBuffer, batch: RecordBatch, i: number): void {
    const place = `${this.#options.topics ? `${batch.topic}/` : ''}${batch.partition}@${batch.offset(i)}`
    const time = formatTime(batch.timestamp(i), this.#options.utc)
    this.#line(out, [time, place, shown(batch.key(i), '-'), shown(batch.value(i), '(deleted)')])
  }

  #line(out: ByteBuffer, [time, place, key, value]: [string, string, string, string], whole?: (text: string) => string): void {
    const widths = this.#widths
    widths.place = grown(widths.place, place)
    widths.key = grown(widths.key, key)
    const rest = `${GAP}${place.padEnd(widths.place)}${GAP}${key.padEnd(widths.key)}${GAP}`
    const start = time.padEnd(widths.time)
    const room =
      this.#options.width === undefined ? Number.POSITIVE_INFINITY : Math.max(10, this.#options.width - start.length - rest.length)
    const end = cut(value, room)
    out.text(`${whole ? whole(`${start}${rest}${end}`.trimEnd()) : `${paint.dim(start)}${rest}${end}`.trimEnd()}\n`)
  }
}

const grown = (width: number, text: string) => Math.max(width, Math.min(MAX_COLUMN, text.length))
const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

/** Control characters of C0 and C1, which a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g

function shown(bytes: Buffer | null, absent: string): string {
  if (bytes === null) return absent
  if (!isUtf8(bytes)) return `base64:${bytes.toString('base64')}`
  return bytes.toString().replace(CONTROL, (char) => (char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))
}
