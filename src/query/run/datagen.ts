import type { RecordMeta } from '../compile/scan-code.ts'
import { planError } from '../expr/plan-error.ts'
import type { Table } from '../plan/table.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { SqlType } from '../types/sql-type.ts'

/** Rows that the datagen connector makes: a sequence or random values per column, from a seed, so that two runs make the same. */
export class DataGenerator {
  /** How many there will be; Infinity without `number-of-rows` and without a sequence. */
  readonly rows: number
  readonly #columns: ReadonlyArray<(row: number) => unknown>
  readonly #write: (row: readonly unknown[]) => string
  #made = 0

  constructor(table: Table, random: () => number, now: () => number) {
    const physical = table.columns.flatMap((column) => (column.kind === 'physical' ? [column] : []))
    const option = (column: string, name: string) => table.options.get(`fields.${column}.${name}`)
    const ends = physical.flatMap(({ name }) =>
      option(name, 'kind') === 'sequence' ? [Number(option(name, 'end')) - Number(option(name, 'start')) + 1] : [],
    )
    this.rows = Math.min(Number(table.options.get('number-of-rows') ?? Number.POSITIVE_INFINITY), ...ends)
    if (Number.isNaN(this.rows)) throw planError(undefined, `table ${table.name}: number-of-rows, start and end are numbers`)
    this.#columns = physical.map(({ name, type }) => {
      if (option(name, 'kind') === 'sequence') {
        const start = Number(option(name, 'start'))
        return (row) => start + row
      }
      return randomValue(type, { min: option(name, 'min'), max: option(name, 'max'), length: option(name, 'length') }, random, now)
    })
    this.#write = rowToJson(physical, { timestampFormat: 'SQL', omitNulls: false })
  }

  /** Up to `most` more records, each handed to `take`. @returns false when there are no more */
  next(most: number, meta: RecordMeta, take: (bytes: Buffer) => void): boolean {
    for (let i = 0; i < most && this.#made < this.rows; i++) {
      const row = this.#columns.map((column) => column(this.#made))
      meta.offset = this.#made++
      take(Buffer.from(this.#write(row)))
    }
    return this.#made < this.rows
  }
}

interface Limits {
  readonly min: string | undefined
  readonly max: string | undefined
  readonly length: string | undefined
}

function randomValue(type: SqlType, { min, max, length }: Limits, random: () => number, now: () => number): (row: number) => unknown {
  const between = (low: number, high: number) => {
    const [from, to] = [Number(min ?? low), Number(max ?? high)]
    return () => from + random() * (to - from)
  }
  switch (type.kind) {
    case 'BOOLEAN':
      return () => random() < 0.5
    case 'TINYINT':
      return integer(between(-128, 127))
    case 'SMALLINT':
      return integer(between(-32_768, 32_767))
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return integer(between(-2_147_483_648, 2_147_483_647))
    case 'BIGINT':
      return integer(between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
    case 'DECIMAL':
      return integer(between(0, 10 ** Math.min(15, type.precision ?? 10)))
    case 'FLOAT':
    case 'DOUBLE':
      return between(0, 1)
    case 'CHAR':
    case 'VARCHAR': {
      const size = Number(length ?? Math.min(100, type.precision ?? 100))
      return () => Array.from({ length: size }, () => HEX[Math.floor(random() * 16)]).join('')
    }
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return now
    case 'DATE':
      return () => Math.floor(now() / 86_400_000)
    default:
      throw planError(undefined, `datagen makes no ${type.kind}`)
  }
}

const HEX = '0123456789abcdef'
const integer = (value: () => number) => () => Math.round(value())
