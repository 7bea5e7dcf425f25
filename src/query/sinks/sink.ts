import { adds, type Downstream, INSERT, KIND_NAMES, type Row, type RowKind } from '../operators/operator.ts'
import { formatOf } from '../plan/plan-scan.ts'
import type { Table } from '../plan/table.ts'
import { toJsonRow } from '../types/json-row.ts'
import type { Column } from '../types/sql-type.ts'
import type { JsonBytes } from './json-bytes.ts'
import { rowToBytes } from './row-bytes.ts'
import { type RowJsonOptions, rowToJson } from './row-json.ts'

/** Where rows go: it may ask for a pause, and wants to know of the end. */
export interface Sink extends Downstream {
  /** Bytes or records that wait to be written: what comes before is asked to wait. */
  readonly pending: number
  flush(): Promise<void>
  close(): Promise<void>
}

/** A row of a changelog as one line: Debezium's envelope, or the plain object. */
export function lineWriter(table: Table, columns: readonly Column[]): (kind: RowKind, row: Row) => string {
  const write = rowToJson(columns, rowOptions(table))
  if (formatOf(table) !== 'debezium-json') return (_kind, row) => write(row)
  return (kind, row) => (adds(kind) ? `{"before":null,"after":${write(row)},"op":"c"}` : `{"before":${write(row)},"after":null,"op":"d"}`)
}

/** As {@link lineWriter}, with its newline, into bytes. */
export function lineBytes(table: Table, columns: readonly Column[]): (to: JsonBytes, kind: RowKind, row: Row) => void {
  const write = rowToBytes(columns, rowOptions(table))
  if (formatOf(table) !== 'debezium-json')
    return (to, _kind, row) => {
      write(to, row)
      to.byte(NEWLINE)
    }
  return (to, kind, row) => {
    to.json(adds(kind) ? '{"before":null,"after":' : '{"before":')
    write(to, row)
    to.json(adds(kind) ? ',"op":"c"}\n' : ',"after":null,"op":"d"}\n')
  }
}

const NEWLINE = 0x0a

function rowOptions(table: Table): RowJsonOptions {
  const format = formatOf(table)
  const option = (name: string) => table.options.get(`${format}.${name}`) ?? table.options.get(`value.${format}.${name}`)
  return {
    timestampFormat: option('timestamp-format.standard') === 'ISO-8601' ? 'ISO-8601' : 'SQL',
    omitNulls: option('encode.ignore-null-fields') === 'true',
  }
}

/** As Flink's SQL gateway prints a row. */
export function changelogLine(columns: readonly Column[]): (kind: RowKind, row: Row) => string {
  const types = columns.map(({ type }) => type)
  return (kind, row) => `{"kind":"${KIND_NAMES[kind]}","fields":[${types.map((type, i) => toJsonRow(row[i], type)).join(',')}]}`
}

/** Objects by column name; a row that is taken back has its kind as `_kind`. */
export function objectLine(columns: readonly Column[]): (kind: RowKind, row: Row) => string {
  const names = columns.map(({ name }) => JSON.stringify(name))
  const types = columns.map(({ type }) => type)
  return (kind, row) => {
    const fields = types.map((type, i) => `${names[i]}:${toJsonRow(row[i], type)}`)
    if (kind !== INSERT) fields.unshift(`"_kind":"${KIND_NAMES[kind]}"`)
    return `{${fields.join(',')}}`
  }
}

const SHORT = ['+I', '-U', '+U', '-D']

/** As Flink's print connector: `+I[1, a]`. */
export function printLine(columns: readonly Column[], identifier: string): (kind: RowKind, row: Row) => string {
  const types = columns.map(({ type }) => type)
  const text = (value: unknown, i: number) => {
    const json = toJsonRow(value, types[i] ?? { kind: 'NULL', nullable: true })
    return json.startsWith('"') ? (JSON.parse(json) as string) : json
  }
  return (kind, row) => `${identifier === '' ? '' : `${identifier}> `}${SHORT[kind]}[${row.map(text).join(', ')}]`
}

/** Lines into a stream, in pieces; a reader that closes the pipe early ends it without a failure. */
export class LineSink implements Sink {
  readonly #line: (kind: RowKind, row: Row) => string
  readonly #write: (text: string) => Promise<boolean>
  #text = ''
  /** The reader has gone. */
  closed = false

  /** @param write resolves to false when nobody reads any more */
  constructor(line: (kind: RowKind, row: Row) => string, write: (text: string) => Promise<boolean>) {
    this.#line = line
    this.#write = write
  }

  get pending(): number {
    return this.#text.length
  }

  row(kind: RowKind, row: Row): void {
    this.#text += `${this.#line(kind, row)}\n`
  }

  watermark(): void {}

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '' && !this.closed) this.closed = !(await this.#write(text))
  }

  async close(): Promise<void> {
    await this.flush()
  }
}

/** Counts and forgets: the blackhole connector. */
export class Blackhole implements Sink {
  readonly pending = 0
  rows = 0

  row(): void {
    this.rows++
  }

  watermark(): void {}

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
