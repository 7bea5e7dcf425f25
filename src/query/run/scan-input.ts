import { compileScan, type Mark, type RecordMeta, type ScanProgram } from '../compile/scan-code.ts'
import type { Expr } from '../expr/expr.ts'
import type { Session } from '../expr/session.ts'
import { SCAN } from '../json/field.ts'
import { compileScanner, type JsonScanner } from '../json/scanner.ts'
import { DELETE, type Downstream, INSERT, type Row, UPDATE_AFTER, UPDATE_BEFORE } from '../operators/operator.ts'
import { mapColumns } from '../plan/exprs.ts'
import type { Calc, Plan, Scan } from '../plan/nodes.ts'
import { connectorOf, formatOf } from '../plan/plan-scan.ts'
import type { Table } from '../plan/table.ts'
import { columnOrigins, jsonOptions } from './scan-columns.ts'
import { WatermarkTracker } from './watermark-tracker.ts'

/** Option of a table whose lines are records as `tail --output ndjson` prints them, with the value inside. */
export const ENVELOPE = 'shitops.envelope'

/** A scan with the filter and projection right above it, which run as one. */
export interface ScanPart {
  readonly scan: Scan
  /** The Calc of computed columns and the watermark. */
  readonly computed?: Calc
  /** The Calc above that. */
  readonly above?: Calc
  /** The watermark over the scan's own columns, where a step that remembers rows lies between the scan and its Calc. */
  readonly watermark?: { readonly column: number; readonly expr: Expr }
  /** A column that comes out whose texts are numbered for the step behind. */
  readonly numbered?: ScanProgram['numbered']
}

/** The part of a plan that a scan does by itself, or undefined where the plan is none. */
export function scanPart(plan: Plan): ScanPart | undefined {
  if (plan.step === 'scan') return { scan: plan }
  if (plan.step !== 'calc') return undefined
  if (plan.input.step === 'scan') return plan.watermark ? { scan: plan.input, computed: plan } : { scan: plan.input, above: plan }
  if (plan.input.step === 'calc' && plan.input.input.step === 'scan' && plan.input.watermark)
    return { scan: plan.input.input, computed: plan.input, above: plan }
  return undefined
}

/** What became of a record: 'bad' goes to the dead letters. */
export type Taken = 'ok' | { readonly bad: string }

/** Where records of a table enter a pipeline. */
export class ScanInput {
  readonly id: string
  readonly table: Table
  readonly watermarks: WatermarkTracker
  /** Generated JavaScript. */
  readonly source: string
  readonly #out: Downstream
  readonly #mark: Mark = { value: Number.NEGATIVE_INFINITY }
  readonly #timed: boolean
  readonly #images: ReadonlyArray<Image>
  readonly #operation: JsonScanner | undefined

  constructor(part: ScanPart, out: Downstream, session: Session, id: string) {
    this.id = id
    this.table = part.scan.table
    this.#out = out
    this.#timed = (part.watermark ?? part.computed?.watermark) !== undefined
    this.watermarks = new WatermarkTracker((ms) => out.watermark(ms))
    const own = Object.create(session, { watermark: { value: () => this.watermarks.current, enumerable: true } }) as Session
    const debezium = formatOf(this.table) === 'debezium-json'
    const image = (prefix: readonly string[]) => imageOf(part, prefix, this.#mark, own)
    const prefix = this.table.options.get(ENVELOPE) === 'true' ? ['value'] : []
    this.#images = debezium ? [image([...prefix, 'before']), image([...prefix, 'after'])] : [image(prefix)]
    this.#operation = debezium
      ? compileScanner([
          { path: [...prefix, 'op'], type: 'STRING' },
          { path: [...prefix, 'before'], type: 'RAW_JSON' },
        ])
      : undefined
    this.source = this.#images.map(({ make }) => make.source).join('\n')
  }

  /** Columns of the JSON value that are read. */
  get fields(): readonly string[] {
    return this.#images[0]?.scanner.fields.map(({ path }) => path.join('.')) ?? []
  }

  /** One record: the bytes of its value, and what is beside it. */
  take(bytes: Uint8Array, start: number, end: number, meta: RecordMeta): Taken {
    if (this.#operation) return this.#change(this.#operation, bytes, start, end, meta)
    return this.#row(this.#images[0] as Image, INSERT, bytes, start, end, meta)
  }

  /** A tombstone: of a table of what is now true (upsert-kafka) the key is gone; to any other it says nothing. */
  takeTombstone(meta: RecordMeta): Taken {
    if (connectorOf(this.table) !== 'upsert-kafka') return 'ok'
    const empty = EMPTY_OBJECT
    return this.#row(this.#images[0] as Image, DELETE, empty, 0, empty.length, meta)
  }

  #row(image: Image, kind: 0 | 1 | 2 | 3, bytes: Uint8Array, start: number, end: number, meta: RecordMeta): Taken {
    const { scanner, make, required } = image
    const status = scanner.scan(bytes, start, end)
    if (status !== SCAN.OK) return { bad: status === SCAN.BAD_RECORD ? 'not a JSON object' : scanner.problem }
    if (required.length > 0 && bytes !== EMPTY_OBJECT) {
      const missing = required.find(({ field }) => !scanner.has(field))
      if (missing) return { bad: `${missing.name} is NULL, and its column is NOT NULL` }
    }
    const row = make(meta)
    if (!this.#timed) {
      if (row !== undefined) this.#out.row(kind, row)
      return 'ok'
    }
    const { value } = this.#mark
    // NaN: the row time is NULL.
    if (Number.isNaN(value)) {
      if (kind === DELETE && row !== undefined) {
        this.#out.row(kind, row)
        return 'ok'
      }
      return { bad: 'the row time is NULL' }
    }
    if (row !== undefined) this.#out.row(kind, row)
    this.watermarks.saw(meta.partition, value)
    return 'ok'
  }

  /** What would be wrong with a row, without giving it out. */
  #problem(image: Image, bytes: Uint8Array, start: number, end: number, meta: RecordMeta): Taken | undefined {
    const { scanner, make, required } = image
    if (scanner.scan(bytes, start, end) !== SCAN.OK) return { bad: scanner.problem }
    const missing = required.find(({ field }) => !scanner.has(field))
    if (missing) return { bad: `${missing.name} is NULL, and its column is NOT NULL` }
    if (!this.#timed) return undefined
    make(meta)
    return Number.isNaN(this.#mark.value) ? { bad: 'the row time is NULL' } : undefined
  }

  /** Debezium: what a row was and what it is. */
  #change(operation: JsonScanner, bytes: Uint8Array, start: number, end: number, meta: RecordMeta): Taken {
    const status = operation.scan(bytes, start, end)
    if (status !== SCAN.OK || !operation.has(0)) return { bad: 'not a Debezium change: no op' }
    const [before, after] = this.#images as [Image, Image]
    switch (operation.text(0)) {
      case 'c':
      case 'r':
        return this.#row(after, INSERT, bytes, start, end, meta)
      case 'u': {
        // Without what it was, nothing can be taken back (in PostgreSQL: REPLICA IDENTITY FULL).
        if (!operation.has(1)) return { bad: 'a Debezium update without before' }
        // Both or neither: a row taken back whose successor cannot be read would be lost.
        const wrong = this.#problem(after, bytes, start, end, meta)
        if (wrong) return wrong
        const taken = this.#row(before, UPDATE_BEFORE, bytes, start, end, meta)
        return taken === 'ok' ? this.#row(after, UPDATE_AFTER, bytes, start, end, meta) : taken
      }
      case 'd':
        if (!operation.has(1)) return { bad: 'a Debezium delete without before' }
        return this.#row(before, DELETE, bytes, start, end, meta)
      default:
        return { bad: `not a Debezium change: op ${operation.text(0)}` }
    }
  }
}

const EMPTY_OBJECT = Buffer.from('{}')

interface Image {
  readonly scanner: JsonScanner
  readonly make: ((meta: RecordMeta) => Row | undefined) & { readonly source: string }
  /** Fields of columns that are NOT NULL. */
  readonly required: ReadonlyArray<{ readonly field: number; readonly name: string }>
}

function imageOf(part: ScanPart, prefix: readonly string[], mark: Mark, session: Session): Image {
  const { scan } = part
  const program = programOf(part)
  const { fields, columns } = columnOrigins(scan.table, scan.columns, program.used, prefix)
  const scanner = compileScanner(fields, jsonOptions(scan.table))
  const required = columns.flatMap(({ type, origin }, i) =>
    origin.from === 'field' && !type.nullable ? [{ field: origin.field, name: scan.columns[i]?.name ?? '' }] : [],
  )
  return { required, scanner, make: compileScan({ ...program.program, columns }, scanner, mark, session) }
}

function programOf({ scan, computed, above, numbered, watermark = computed?.watermark }: ScanPart): {
  program: Omit<ScanProgram, 'columns'>
  used: Set<number>
} {
  const projection: readonly Expr[] =
    above?.projection ?? computed?.projection ?? scan.columns.map(({ type }, index) => ({ op: 'column', input: 0, index, type }))
  const outer =
    computed && !above ? computed.projection.map((expr, index): Expr => ({ op: 'column', input: 0, index, type: expr.type })) : projection
  const filter = above?.filter ?? computed?.filter
  const program = {
    ...(numbered && { numbered }),
    ...(computed && { computed: computed.projection }),
    ...(filter && { filter }),
    projection: outer,
    ...(watermark && { watermark }),
  }
  return { program, used: usedColumns(program) }
}

/** The scan's columns that a program looks at. */
function usedColumns({ computed, filter, projection, watermark }: Omit<ScanProgram, 'columns'>): Set<number> {
  const used = new Set<number>()
  const visit = (expr: Expr | undefined, through: boolean): void => {
    if (!expr) return
    mapColumns(expr, (column) => {
      const below = through ? computed?.[column.index] : undefined
      if (below) visit(below, false)
      else used.add(column.index)
      return column
    })
  }
  for (const expr of [filter, watermark?.expr, ...projection]) visit(expr, computed !== undefined)
  if (watermark) visit(computed?.[watermark.column], false)
  return used
}
