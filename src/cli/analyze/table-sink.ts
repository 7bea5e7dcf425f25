import { sameRow } from '../../query/operators/compare-rows.ts'
import { adds, type Row, type RowKind } from '../../query/operators/operator.ts'
import type { Sink } from '../../query/sinks/sink.ts'
import { toJsonRow } from '../../query/types/json-row.ts'
import type { Column } from '../../query/types/sql-type.ts'
import { formatTable } from '../table.ts'

const NUMBERS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'DECIMAL', 'FLOAT', 'DOUBLE']

/** The result as a table for a person: what a changelog leads to in the end. */
export class TableSink implements Sink {
  readonly pending = 0
  readonly #columns: readonly Column[]
  readonly #write: (text: string) => Promise<boolean>
  readonly #width: number | undefined
  readonly #rows: Row[] = []

  constructor(columns: readonly Column[], write: (text: string) => Promise<boolean>, width: number | undefined) {
    this.#columns = columns
    this.#write = write
    this.#width = width
  }

  row(kind: RowKind, row: Row): void {
    if (adds(kind)) this.#rows.push(row)
    else {
      const at = this.#rows.findLastIndex((held) => sameRow(held, row))
      if (at >= 0) this.#rows.splice(at, 1)
    }
  }

  watermark(): void {}

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    const columns = this.#columns.map(({ name, type }, i) => ({
      name,
      value: (row: Row) => text(row[i], type),
      right: NUMBERS.includes(type.kind),
    }))
    const shown = this.#rows.length > 0 ? `${formatTable(this.#rows, columns, { header: true, width: this.#width })}\n` : ''
    await this.#write(`${shown}${this.#rows.length} ${this.#rows.length === 1 ? 'row' : 'rows'}\n`)
  }
}

function text(value: unknown, type: Column['type']): string {
  if (value === null) return 'NULL'
  const json = toJsonRow(value, type)
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}
