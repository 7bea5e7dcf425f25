import { CodeWriter, type ColumnSource } from '../expr/code-writer.ts'
import type { Expr, Generated } from '../expr/expr.ts'
import { generateExpression } from '../expr/generate.ts'
import type { Session } from '../expr/session.ts'
import { STATE } from '../json/field.ts'
import type { JsonScanner } from '../json/scanner.ts'
import type { Row } from '../operators/operator.ts'
import { columnsUsed } from '../plan/exprs.ts'
import type { SqlType } from '../types/sql-type.ts'
import { type Compiled, isTrue, orNull } from './row-code.ts'

/** What a record has beside its value. */
export interface RecordMeta {
  topic: string
  partition: number
  offset: number
  /** ms since the epoch */
  timestamp: number
  key: Buffer | null
  headers: ReadonlyArray<readonly [string, Buffer]>
}

/** Where a column of a scan comes from. */
export type ColumnOrigin =
  /** The scanner's field of that number. */
  | { readonly from: 'field'; readonly field: number; readonly convert?: (text: string) => unknown }
  | { readonly from: 'meta'; readonly read: (meta: RecordMeta) => unknown }

export interface ScanProgram {
  /** The scan's columns, and how to get them. */
  readonly columns: ReadonlyArray<{ readonly type: SqlType; readonly origin: ColumnOrigin }>
  /** Columns that are computed of those, in their own numbering: what filter, projection and watermark look at. */
  readonly computed?: readonly Expr[]
  readonly filter?: Expr
  readonly projection: readonly Expr[]
  readonly watermark?: { readonly column: number; readonly expr: Expr }
  /** A column of the projection whose texts are numbered for the step behind. */
  readonly numbered?: { readonly column: number; readonly into: KeyNumber }
}

/**
 * A small number for a text of the present row: mostly the same for the same text, so that what belongs to a key can be looked for in an array first.
 * -1 where there is none.
 */
export interface KeyNumber {
  value: number
}

/** The watermark that the present record allows, ms; NaN where it has no row time. */
export interface Mark {
  value: number
}

/**
 * One function from a scanned record to a row: only what is wanted is read, a text only behind the filter. It returns undefined for a record
 * that the filter keeps out, and sets the mark in either case.
 */
export function compileScan(
  program: ScanProgram,
  scanner: JsonScanner,
  mark: Mark,
  session: Session,
): Compiled<(meta: RecordMeta) => Row | undefined> {
  const fields = fieldColumns(program, scanner)
  const known = new Map<number, Generated>()
  const source: ColumnSource = (_input, index) => known.get(index) ?? { value: 'undefined', isNull: 'true' }
  const writer = new CodeWriter(source)
  const raw = new Map<number, Generated>()
  /** Reads the columns here and now: so that they are visible from here on, and not read before. */
  const materialize = (indexes: Iterable<number>) => {
    for (const index of [...indexes].sort((a, b) => a - b)) {
      if (known.has(index)) continue
      const computed = program.computed?.[index]
      if (!computed) known.set(index, readRaw(index))
      else {
        for (const column of columnsUsed(computed)) readRaw(column)
        known.set(index, local(writer, generateExpression(computed, new Forward(writer, raw), session)))
      }
    }
  }
  const readRaw = (index: number): Generated => {
    const there = raw.get(index)
    if (there) return there
    const generated = fields(index, writer)
    raw.set(index, generated)
    return generated
  }
  if (program.watermark) {
    const { column, expr } = program.watermark
    materialize(columnsUsed(expr).add(column))
    const time = known.get(column)
    const { value, isNull } = generateExpression(expr, writer, session)
    const nothing = [time?.isNull, isNull].filter((test) => test !== undefined && test !== 'false')
    writer.line(`${writer.constant(mark, 'mark')}.value = ${nothing.length > 0 ? `${nothing.join(' || ')} ? NaN : ` : ''}${value}`)
  }
  if (program.filter) {
    materialize(columnsUsed(program.filter))
    writer.line(`if (!(${isTrue(generateExpression(program.filter, writer, session))})) return undefined`)
  }
  materialize(columnsUsed(...program.projection))
  writer.line(`return [${program.projection.map((expr) => orNull(generateExpression(expr, writer, session))).join(', ')}]`)
  return writer.build(['meta'], 'scan')
}

/** A writer into the same body that finds columns among those read so far. */
class Forward {
  readonly #writer: CodeWriter
  readonly #columns: ReadonlyMap<number, Generated>

  constructor(writer: CodeWriter, columns: ReadonlyMap<number, Generated>) {
    this.#writer = writer
    this.#columns = columns
  }

  line(js: string): void {
    this.#writer.line(js)
  }

  fresh(prefix: string): string {
    return this.#writer.fresh(prefix)
  }

  constant(value: unknown, hint?: string): string {
    return this.#writer.constant(value, hint)
  }

  column(_input: number, index: number): Generated {
    return this.#columns.get(index) ?? { value: 'undefined', isNull: 'true' }
  }
}

/** A value under a name of its own, so that repeating it costs nothing. */
function local(writer: CodeWriter, { value, isNull }: Generated): Generated {
  const name = writer.fresh('x')
  writer.line(`const ${name} = ${value}`)
  if (isNull === 'true' || isNull === 'false') return { value: name, isNull }
  const empty = writer.fresh('n')
  writer.line(`const ${empty} = ${isNull}`)
  return { value: name, isNull: empty }
}

/** The column of the scan whose texts are numbered, if it is a text that comes out as it was read. */
function numberedColumn({ computed, projection, columns, numbered }: ScanProgram): number {
  const expr = numbered && projection[numbered.column]
  if (expr?.op !== 'column') return -1
  const below = computed ? computed[expr.index] : expr
  if (below?.op !== 'column') return -1
  const { type, origin } = columns[below.index] ?? {}
  const plain = origin?.from === 'field' && !origin.convert && (type?.kind === 'CHAR' || type?.kind === 'VARCHAR')
  return plain ? below.index : -1
}

/** Code that reads one column of the present record into a local. */
function fieldColumns(program: ScanProgram, scanner: JsonScanner): (index: number, writer: CodeWriter) => Generated {
  const { columns, numbered } = program
  const withNumber = numberedColumn(program)
  return (index, writer) => {
    const column = columns[index]
    if (!column) throw new RangeError(`no column ${index}`)
    const { origin, type } = column
    const value = writer.fresh('c')
    const isNull = writer.fresh('n')
    if (origin.from === 'meta') {
      writer.line(`const ${value} = ${writer.constant(origin.read, 'read')}(meta)`)
      writer.line(`const ${isNull} = ${value} === null`)
      return { value, isNull }
    }
    const { field, convert } = origin
    const { slots } = scanner
    writer.line(`const ${isNull} = ${writer.constant(slots.state, 'state')}[${field}] !== ${STATE.VALUE}`)
    if (numbered && index === withNumber) {
      const [object, number] = [writer.constant(scanner, 'scanner'), writer.constant(numbered.into, 'number')]
      writer.line(`${number}.value = ${isNull} ? -1 : ${object}.textNumber(${field})`)
      writer.line(`const ${value} = ${isNull} ? '' : ${object}.numberedText(${field}, ${number}.value)`)
      return { value, isNull }
    }
    writer.line(`const ${value} = ${fieldValue(field, type, isNull, writer, scanner, convert)}`)
    return { value, isNull }
  }
}

function fieldValue(
  field: number,
  type: SqlType,
  isNull: string,
  writer: CodeWriter,
  scanner: JsonScanner,
  convert?: (text: string) => unknown,
): string {
  const { slots } = scanner
  const numbers = () => `${writer.constant(slots.numbers, 'numbers')}[${field}]`
  const object = () => writer.constant(scanner, 'scanner')
  if (convert) return `${isNull} ? null : ${writer.constant(convert, 'convert')}(${object()}.text(${field}))`
  switch (type.kind) {
    case 'BOOLEAN':
      return `${numbers()} === 1`
    case 'BIGINT':
    case 'DECIMAL':
      return `${isNull} ? 0 : ${object()}.whole(${field})`
    case 'CHAR':
    case 'VARCHAR':
      return `${isNull} ? '' : ${object()}.text(${field})`
    case 'BINARY':
    case 'VARBINARY':
      return `${isNull} ? null : ${object()}.bytes(${field})`
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      // Finer than a microsecond is not kept.
      return (type.precision ?? 6) <= 3
        ? numbers()
        : `${numbers()} + Math.trunc(${writer.constant(slots.nanos, 'nanos')}[${field}] / 1000) / 1000`
    default:
      return numbers()
  }
}
