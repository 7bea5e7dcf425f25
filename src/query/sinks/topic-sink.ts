import type { OutRecord } from '../../bus/bus.ts'
import { isTopicName, TOPICS } from '../../events/topics.ts'
import { adds, type Downstream, type Row, type RowKind, UPDATE_BEFORE } from '../operators/operator.ts'
import { connectorOf } from '../plan/plan-scan.ts'
import type { Table } from '../plan/table.ts'
import type { Column } from '../types/sql-type.ts'
import { castToText } from '../types/value-text.ts'
import { rowToJson } from './row-json.ts'
import { lineWriter } from './sink.ts'

/** Rows as records of a topic: the kafka connector and upsert-kafka, whose deletes are tombstones. */
export class TopicSink implements Downstream {
  readonly topic: string
  #records: OutRecord[] = []
  readonly #record: (kind: RowKind, row: Row) => OutRecord | undefined

  /** @param columns those that an INSERT writes, metadata among them */
  constructor(table: Table, columns: readonly Column[]) {
    this.topic = table.options.get('topic') ?? table.name
    this.#record = recordWriter(table, columns)
  }

  row(kind: RowKind, row: Row): void {
    const record = this.#record(kind, row)
    if (record) this.#records.push(record)
  }

  watermark(): void {}

  /** The records since the last call, in order. */
  take(): OutRecord[] {
    const records = this.#records
    this.#records = []
    return records
  }
}

function recordWriter(table: Table, columns: readonly Column[]): (kind: RowKind, row: Row) => OutRecord | undefined {
  const upsert = connectorOf(table) === 'upsert-kafka'
  const metadata = new Map(table.columns.flatMap((column) => (column.kind === 'metadata' ? [[column.name, column.key] as const] : [])))
  const position = (key: string) => columns.findIndex(({ name }) => metadata.get(name) === key)
  const topic = table.options.get('topic') ?? table.name
  const headers = position('headers')
  const timestamp = timeColumn(topic, columns, position('timestamp'))
  const keyNames = upsert ? table.primaryKey : (table.options.get('key.fields')?.split(';') ?? [])
  const keys = keyNames.map((name) => columns.findIndex((column) => column.name === name)).filter((i) => i >= 0)
  const exceptKey = table.options.get('value.fields-include') === 'EXCEPT_KEY'
  const values = columns.flatMap((column, i) => (metadata.has(column.name) || (exceptKey && keys.includes(i)) ? [] : [i]))
  const value = lineWriter(
    table,
    values.map((i) => columns[i] as Column),
  )
  const key = keyNames.length === 0 && isTopicName(topic) ? topicKey(TOPICS[topic].key, columns) : keyWriter(table, columns, keys)
  return (kind, row) => {
    if (upsert && kind === UPDATE_BEFORE) return undefined
    const time = timestamp < 0 ? undefined : row[timestamp]
    const extra = headers < 0 || row[headers] === null ? undefined : (row[headers] as Array<[string, Buffer]>)
    return {
      key: key(row),
      value:
        upsert && !adds(kind)
          ? null
          : value(
              kind,
              values.map((i) => row[i]),
            ),
      ...(typeof time === 'number' && { timestamp: time }),
      ...(extra && { headers: extra }),
    }
  }
}

/** The time of a row's record: what METADATA says; in a topic of ours its event time; else its row time, where it has one, as in Flink. */
function timeColumn(topic: string, columns: readonly Column[], metadata: number): number {
  if (metadata >= 0) return metadata
  const own = isTopicName(topic) ? columns.findIndex(({ name, type }) => name === 'event_time' && type.kind.startsWith('TIMESTAMP')) : -1
  return own >= 0 ? own : columns.findIndex(({ time }) => time === 'row')
}

/** The key that the records of a topic of ours have: its fields, joined by `:`. */
function topicKey(fields: readonly string[], columns: readonly Column[]): (row: Row) => string | null {
  const parts = fields.map((name) => columns.findIndex((column) => column.name === name)).filter((i) => i >= 0)
  if (parts.length === 0) return () => null
  return (row) =>
    parts
      .filter((i) => row[i] !== null)
      .map((i) => castToText(row[i], (columns[i] as Column).type, 'UTC'))
      .join(':')
}

/** The key's bytes: raw text of one column, or a JSON object of several. */
function keyWriter(table: Table, columns: readonly Column[], keys: readonly number[]): (row: Row) => string | null {
  const [first] = keys
  if (first === undefined) return () => null
  if (table.options.get('key.format') === 'raw') {
    const type = (columns[first] as Column).type
    return (row) => (row[first] === null ? null : castToText(row[first], type, 'UTC'))
  }
  const write = rowToJson(
    keys.map((i) => columns[i] as Column),
    { timestampFormat: 'SQL', omitNulls: false },
  )
  return (row) => write(keys.map((i) => row[i]))
}
