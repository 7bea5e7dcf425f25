import { type FieldType, type JsonField, STATE } from './field.ts'

/**
 * The values of one record, a slot per field, and the bytes they are read from. Positions are those of the ArrayBuffer below, not of the Buffer
 * handed in, so that records which are pieces of one pool need no view each.
 */
export class Slots {
  memory: ArrayBufferLike = new ArrayBuffer(0)
  buffer: Buffer = Buffer.alloc(0)
  u8: Uint8Array = this.buffer
  view: DataView = new DataView(new ArrayBuffer(0))

  /** STATE of each field. */
  readonly state: Uint8Array
  /** Numbers, booleans as 0 and 1, days, milliseconds, unscaled decimals: whatever is a number of at most 2^53. */
  readonly numbers: Float64Array
  /** Times: nanoseconds within the millisecond, 0 to 999,999. */
  readonly nanos: Int32Array
  /** Integers beyond 2^53 stand here, and `numbers` has NaN. */
  readonly bigs: bigint[]
  /** Texts: from where to where, without quotes; of a field that is BAD, the value as it stands. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** FORM of a text. */
  readonly form: Uint8Array
  /** Integers: what may stand in the column; beyond it the value is BAD. */
  readonly min: Float64Array
  readonly max: Float64Array
  /** DECIMAL: digits in all, and behind the point. */
  readonly precision: Int32Array
  readonly scale: Int32Array
  /** Levels around the value: the members of the root have 1. */
  readonly depth: Int32Array
  /** Timestamps: the minute read last, as the 17 bytes `"2026-03-31T14:02` stand, two doubles and a byte, and in ms since 1970. */
  readonly minuteHead: Float64Array
  readonly minuteTail: Float64Array
  readonly minuteLast: Uint8Array
  readonly minute: Float64Array
  /** A field was BAD, though a later duplicate may have set it right. */
  suspect = false

  constructor(fields: readonly JsonField[]) {
    const count = fields.length
    this.state = new Uint8Array(count)
    this.numbers = new Float64Array(count)
    this.nanos = new Int32Array(count)
    this.bigs = new Array<bigint>(count).fill(0n)
    this.starts = new Int32Array(count)
    this.ends = new Int32Array(count)
    this.form = new Uint8Array(count)
    this.minuteHead = new Float64Array(count).fill(Number.NaN)
    this.minuteTail = new Float64Array(count)
    this.minuteLast = new Uint8Array(count)
    this.minute = new Float64Array(count)
    this.min = Float64Array.from(fields, ({ type }) => -(HALF_RANGE[type] ?? Number.POSITIVE_INFINITY))
    this.max = this.min.map((min) => -min - 1)
    this.precision = Int32Array.from(fields, ({ precision = 10 }) => precision)
    this.scale = Int32Array.from(fields, ({ scale = 0 }) => scale)
    this.depth = Int32Array.from(fields, ({ path }) => path.length)
  }

  /** Read from other memory from now on. */
  attach(memory: ArrayBufferLike): void {
    if (memory.byteLength > MAX_BYTES) throw new RangeError(`${memory.byteLength} bytes in one piece: at most ${MAX_BYTES} can be scanned`)
    this.memory = memory
    this.buffer = Buffer.from(memory)
    this.u8 = this.buffer
    this.view = new DataView(memory)
  }

  /** A field that cannot be read; returns where its value ends. */
  bad(field: number, start: number, end: number): number {
    this.state[field] = STATE.BAD
    this.starts[field] = start
    this.ends[field] = end
    this.suspect = true
    return end
  }

  /** The bytes as they stand; Latin-1, one character a byte. */
  latin1(start: number, end: number): string {
    return this.buffer.toString('latin1', start, end)
  }
}

/** Positions are 32-bit integers. */
const MAX_BYTES = 2 ** 31 - 1

const HALF_RANGE: Partial<Record<FieldType, number>> = { TINYINT: 2 ** 7, SMALLINT: 2 ** 15, INT: 2 ** 31, BIGINT: 2 ** 63 }
