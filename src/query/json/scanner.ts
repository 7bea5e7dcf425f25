import { containerText } from './container-text.ts'
import { FORM, type JsonField, type JsonOptions, SCAN, type ScanStatus, STATE } from './field.ts'
import { fieldTree, type Members } from './field-tree.ts'
import { InternTable } from './intern.ts'
import { fromBase64 } from './read-bytes.ts'
import { javaTrim, type Reader, textOf } from './read-text.ts'
import { readerOf } from './readers.ts'
import { ShapeBook } from './shape-book.ts'
import { skipSpace } from './skip.ts'
import { Slots } from './slots.ts'
import { ObjectWalk } from './walk.ts'

/**
 * Reads the wanted fields of JSON records, and only those, from their bytes. {@link scan} fills the slots with one record; the accessors give its
 * values until the next scan. No string is made before it is asked for, and none twice for texts that repeat.
 * @example
 * const scanner = compileScanner([{ path: ['target'], type: 'STRING' }, { path: ['value'], type: 'DOUBLE' }])
 * if (scanner.scan(bytes, 0, bytes.length) === SCAN.OK && scanner.has(1)) sum(scanner.text(0), scanner.number(1))
 */
export class JsonScanner {
  readonly fields: readonly JsonField[]
  /** The slots themselves, for code that is made for a plan; everyone else has the accessors. */
  readonly slots: Slots
  /** The first field that cannot be read, when the status was BAD_FIELD; else -1. */
  badField = -1
  /** Fields that were read as NULL because they could not be read (ignoreParseErrors), in all records so far. */
  ignoredFields = 0
  readonly #members: Members
  readonly #walk: ObjectWalk
  readonly #book: ShapeBook
  /** Of each field; those of numbers stay as small as they are made. */
  readonly #tables: readonly InternTable[]
  readonly #ignore: boolean
  readonly #strict: boolean
  readonly #exactDecimals: boolean
  #stage: Uint8Array | undefined
  /** What the slots are attached to, and where it begins in its memory: to ask a Buffer for its memory costs more than to read a number. */
  #bytes: Uint8Array | undefined
  #base = 0

  constructor(fields: readonly JsonField[], options: JsonOptions, readers: readonly Reader[]) {
    this.fields = fields
    this.slots = new Slots(fields)
    this.#members = fieldTree(fields)
    this.#walk = new ObjectWalk(readers)
    this.#book = new ShapeBook(this.#members, fields, readers)
    this.#tables = fields.map(() => new InternTable())
    this.#ignore = options.ignoreParseErrors ?? false
    this.#strict = options.failOnMissingField ?? false
    this.#exactDecimals = fields.some(({ type }) => type === 'DECIMAL')
  }

  /** One record: the bytes from `start` to before `end`, with nothing but white space around it. */
  scan(bytes: Uint8Array, start: number, end: number): ScanStatus {
    if (bytes !== this.#bytes) {
      const s = this.slots
      const memory = bytes.buffer
      if (memory !== s.memory) {
        if (end - start <= STAGE_BYTES && memory.byteLength <= 4 * (end - start)) return this.#scanCopy(bytes, start, end)
        s.attach(memory)
      }
      this.#bytes = bytes
      this.#base = bytes.byteOffset
    }
    return this.scanAttached(this.#base + start, this.#base + end)
  }

  /** As {@link scan}, with positions in the memory that the slots are attached to. */
  scanAttached(start: number, end: number): ScanStatus {
    const s = this.slots
    s.suspect = false
    this.badField = -1
    if (!this.#book.scan(s, start, end) && !this.#scanPlain(start, end)) return SCAN.BAD_RECORD
    return s.suspect || this.#strict ? this.#judge() : SCAN.OK
  }

  /** A short record in memory of its own: views of that memory would cost more than a copy. */
  #scanCopy(bytes: Uint8Array, start: number, end: number): ScanStatus {
    this.#stage ??= new Uint8Array(STAGE_BYTES)
    this.#bytes = undefined
    if (this.slots.memory !== this.#stage.buffer) this.slots.attach(this.#stage.buffer)
    this.#stage.set(bytes.subarray(start, end))
    return this.scanAttached(0, end - start)
  }

  #scanPlain(start: number, end: number): boolean {
    const s = this.slots
    const { u8 } = s
    s.state.fill(STATE.ABSENT)
    // A byte order mark is passed over, as Jackson does it.
    const marked = end - start >= 3 && u8[start] === 0xef && u8[start + 1] === 0xbb && u8[start + 2] === 0xbf
    const at = skipSpace(u8, marked ? start + 3 : start, end)
    if (at >= end || u8[at] !== 0x7b) return false
    const last = this.#walk.object(s, this.#members, at + 1, end, 1)
    if (last < 0 || last > end || skipSpace(u8, last, end) !== end) return false
    if (at === start) this.#book.missed(s, at, end)
    return true
  }

  #judge(): ScanStatus {
    const { state } = this.slots
    for (let i = 0; i < state.length; i++) {
      if (state[i] === STATE.BAD && this.#ignore) this.ignoredFields++
      else if (state[i] === STATE.BAD || (this.#strict && state[i] === STATE.ABSENT)) {
        this.badField = i
        return SCAN.BAD_FIELD
      }
    }
    return SCAN.OK
  }

  /** Whether the field has a value: it is NULL otherwise. */
  has(field: number): boolean {
    return this.slots.state[field] === STATE.VALUE
  }

  /** DOUBLE, FLOAT, the integers up to INT; DATE in days since 1970; TIME in ms of the day; TIMESTAMP and TIMESTAMP_LTZ in ms since 1970. */
  number(field: number): number {
    return this.slots.numbers[field] as number
  }

  /** BIGINT, and DECIMAL as its unscaled value: a number where it is safe, else a bigint. */
  whole(field: number): number | bigint {
    const number = this.slots.numbers[field] as number
    return Number.isNaN(number) ? (this.slots.bigs[field] as bigint) : number
  }

  /** TIMESTAMP and TIMESTAMP_LTZ: nanoseconds within the millisecond. */
  nanos(field: number): number {
    return this.slots.nanos[field] as number
  }

  boolean(field: number): boolean {
    return this.slots.numbers[field] === 1
  }

  /** STRING, and RAW_JSON as it stands. The same short text is the same string. */
  text(field: number): string {
    return this.numberedText(field, this.textNumber(field))
  }

  /** As {@link text}, by what {@link textNumber} gives for this record. */
  numberedText(field: number, number: number): string {
    return number < 0 ? this.#freshText(field) : (this.#tables[field] as InternTable).text(number)
  }

  /**
   * STRING: a small number that stands for the text while {@link generation} is the same: 0, 1, 2, … as they came. -1 for a text that is not kept,
   * because it is long, has escapes or comes from texts that do not repeat.
   */
  textNumber(field: number): number {
    const s = this.slots
    const form = s.form[field] as number
    if (form > FORM.UTF8) return -1
    const make = form === FORM.ASCII ? ascii : utf8
    return (this.#tables[field] as InternTable).find(s, s.starts[field] as number, s.ends[field] as number, make)
  }

  /** Changes when the numbers of a field's texts begin anew. */
  generation(field: number): number {
    return (this.#tables[field] as InternTable).generation
  }

  #freshText(field: number): string {
    const s = this.slots
    const start = s.starts[field] as number
    const end = s.ends[field] as number
    const form = s.form[field] as number
    if (form === FORM.CONTAINER) return containerText(s.buffer.toString('utf8', start, end), this.#exactDecimals)
    return textOf(s, start, end, form)
  }

  /** BYTES. */
  bytes(field: number): Buffer {
    const s = this.slots
    return fromBase64(textOf(s, s.starts[field] as number, s.ends[field] as number, s.form[field] as number))
  }

  /** What was wrong with {@link badField}, for a log: its path, its type and the beginning of what stands there. */
  get problem(): string {
    const field = this.fields[this.badField]
    if (!field) return ''
    const path = field.path.join('.')
    if (this.slots.state[this.badField] === STATE.ABSENT) return `${path} is missing`
    const start = this.slots.starts[this.badField] as number
    const end = this.slots.ends[this.badField] as number
    const shown = javaTrim(this.slots.buffer.toString('utf8', start, Math.min(end, start + SHOWN)))
    return `${path} is no ${field.type}: ${shown}${end - start > SHOWN ? '…' : ''}`
  }

  /** The JavaScript made for the shapes of records seen so far; empty at first. */
  get source(): string {
    return this.#book.source
  }

  /** Shapes that it knows. */
  get shapes(): number {
    return this.#book.size
  }
}

/** A longer record is read where it lies. */
const STAGE_BYTES = 16_384

/** Bytes of a bad value that are shown. */
const SHOWN = 60

const ascii = (s: Slots, start: number, end: number) => s.latin1(start, end)
const utf8 = (s: Slots, start: number, end: number) => s.buffer.toString('utf8', start, end)

/**
 * A scanner for these fields. Throws RangeError for fields that cannot be: no path, the same path twice, a DECIMAL that is none.
 */
export function compileScanner(fields: readonly JsonField[], options: JsonOptions = {}): JsonScanner {
  if (options.ignoreParseErrors && options.failOnMissingField)
    throw new RangeError('json.ignore-parse-errors and json.fail-on-missing-field exclude each other')
  for (const { type, precision = 10, scale = 0 } of fields) {
    if (type !== 'DECIMAL') continue
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) throw new RangeError(`DECIMAL(${precision}, ${scale})`)
  }
  const readers = fields.map(({ type }) => readerOf(type, options))
  return new JsonScanner(fields, options, readers)
}
