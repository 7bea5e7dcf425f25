import { jsonText, parseLossless } from '../../../../src/query/flink/lossless.ts'
import type { Plan } from '../../../../src/query/plan/nodes.ts'
import type { Table } from '../../../../src/query/plan/table.ts'
import type { SqlType } from '../../../../src/query/types/sql-type.ts'

/** A table of a case whose input can be generated. */
export interface InputTable {
  /** Of the input: `${input}` is its path. */
  readonly input: string
  readonly columns: readonly InputColumn[]
  /** The column with the watermark, -1 without one. */
  readonly rowTime: number
  /** How far the watermark is behind, ms. */
  readonly delay: number
  readonly debezium: boolean
  /** The column that tells a changelog's rows apart, and whether it is a PRIMARY KEY: one row at a time for each. */
  readonly key: number
  readonly keyed: boolean
}

interface InputColumn {
  readonly name: string
  readonly type: SqlType
  /** JSON texts of the recorded input's values. */
  readonly pool: readonly string[]
  /** A number of its own for each row. */
  readonly isId: boolean
}

/** The table of an input, or why there can be none. @param path what stands for the input's path in the script */
export async function inputTable(input: string, table: Table, lines: string): Promise<InputTable | string> {
  const format = table.options.get('format')
  if (format !== 'json' && format !== 'debezium-json') return `format ${format}`
  if (table.options.get(`${format}.timestamp-format.standard`) !== 'ISO-8601') return 'times are not ISO-8601'
  const physical = table.columns.flatMap((column) => (column.kind === 'physical' ? [column] : []))
  if (table.columns.some(({ kind }) => kind === 'metadata')) return 'metadata columns'
  const rowTime = physical.findIndex(({ name }) => name === table.watermark?.column)
  if (table.watermark && rowTime < 0) return 'a computed row time'
  const delay = table.watermark ? delayOf(table) : 0
  if (delay === undefined) return 'a watermark that is no column minus an interval'
  const debezium = format === 'debezium-json'
  const recorded = await recordedRows(lines, debezium)
  const columns = physical.map(({ name, type }) => {
    const values = recorded.flatMap((row) => (name in row ? [jsonText(row[name] as never)] : []))
    return {
      name,
      type,
      pool: [...new Set(values)],
      isId: /id$/.test(name) && type.kind === 'INT' && values.every((text) => /^-?\d+$/.test(text)),
    }
  })
  const key = columns.findIndex(({ name, isId }) => (table.primaryKey.length > 0 ? table.primaryKey.includes(name) : isId))
  if (debezium && key < 0) return 'a changelog without a key'
  return { input, columns, rowTime, delay, debezium, key, keyed: table.primaryKey.length > 0 }
}

/** `ts` or `ts - INTERVAL 'n' SECOND`, in ms. */
function delayOf({ watermark }: Table): number | undefined {
  const expression = watermark?.expression
  if (expression?.kind === 'column') return 0
  if (expression?.kind !== 'operation' || expression.operator !== '-' || expression.right.kind !== 'interval') return undefined
  const { text, qualifier, negative } = expression.right
  return negative || qualifier.from !== 'SECOND' ? undefined : Number(text) * 1_000
}

async function recordedRows(lines: string, debezium: boolean): Promise<Array<Record<string, unknown>>> {
  const rows: Array<Record<string, unknown>> = []
  for (const line of lines.split('\n')) {
    const row = (await parseLossless(line).catch(() => null)) as Record<string, unknown> | null
    const seen = debezium ? [row?.before, row?.after] : [row]
    for (const each of seen) if (each && typeof each === 'object' && !Array.isArray(each)) rows.push(each as Record<string, unknown>)
  }
  return rows
}

/** The tables that a plan reads, once for each time it reads them. */
export function scansOf(plan: Plan): Table[] {
  if (plan.step === 'scan') return [plan.table]
  return inputsOf(plan).flatMap(scansOf)
}

export function inputsOf(plan: Plan): readonly Plan[] {
  if ('inputs' in plan) return plan.inputs
  if ('left' in plan) return [plan.left, plan.right]
  return 'input' in plan ? [plan.input] : []
}

/** Whether each line of a changelog takes back what is there: an input that was cut down may not. */
export function isConsistent(lines: readonly string[]): boolean {
  const live = new Map<string, number>()
  for (const line of lines) {
    const { before, after } = JSON.parse(line) as { before: unknown; after: unknown }
    if (before !== null) {
      const count = live.get(JSON.stringify(before)) ?? 0
      if (count === 0) return false
      live.set(JSON.stringify(before), count - 1)
    }
    if (after !== null) live.set(JSON.stringify(after), (live.get(JSON.stringify(after)) ?? 0) + 1)
  }
  return true
}
