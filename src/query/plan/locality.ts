import { isTopicName, TOPICS } from '../../events/topics.ts'
import type { Expr } from '../expr/expr.ts'
import type * as nodes from './nodes.ts'
import { connectorOf, formatOf } from './plan-scan.ts'
import type { Table } from './table.ts'

/** Columns of a step that say which partition a row came from: rows that agree in them are in one. */
interface Key {
  /** In the order of the key's parts. */
  readonly columns: readonly number[]
  /** How the key's bytes are made of them: rows of two topics are in partitions of one number only if theirs are made alike. */
  readonly bytes: string
}

type Keys = readonly Key[]

/**
 * The proof that a query can be run partition by partition: every step that remembers rows puts together only such as agree in the columns that
 * make the record's key, so that all of them lie in one partition. Undefined where there is no proof: there need not be anything wrong with it.
 *
 * What is known of keys comes from src/events/topics.ts, and from `key.fields` or the PRIMARY KEY of a CREATE TABLE.
 *
 * @param by columns by which whoever takes the rows puts them together; absent where it takes each by itself
 */
export function isPartitionLocal(plan: nodes.Plan, by?: readonly number[]): boolean {
  const keys = keysOf(plan)
  return by ? (keys?.some(({ columns }) => columns.every((column) => by.includes(column))) ?? false) : keys !== undefined
}

/** The sets of a step, none where nothing is known of its rows any more; undefined where it mixes partitions. */
function keysOf(plan: nodes.Plan): Keys | undefined {
  switch (plan.step) {
    case 'scan':
      return scanKeys(plan)
    case 'calc':
      return through(plan.input, (column) => plan.projection.findIndex((expr) => isColumn(expr, column)))
    case 'unnest':
    case 'windowAssign':
      // A session is one of the rows that agree in its PARTITION BY.
      if (plan.step === 'windowAssign' && plan.spec.kind === 'SESSION') return grouped(plan.input, plan.spec.partition, (column) => column)
      return keysOf(plan.input)
    case 'windowAggregate':
    case 'sessionAggregate':
    case 'groupAggregate':
      return grouped(plan.input, plan.keys, (column) => plan.keys.indexOf(column))
    case 'over':
    case 'rank':
    case 'windowRank':
    case 'match':
      return grouped(plan.input, plan.partition, (column) => (plan.step === 'match' ? plan.partition.indexOf(column) : column))
    case 'deduplicate':
    case 'normalize':
      return grouped(plan.input, plan.keys, (column) => column)
    case 'join':
    case 'intervalJoin':
    case 'windowJoin':
    case 'temporalJoin':
      return joined(plan)
    case 'union':
      return united(plan.inputs)
    // Rows of all partitions in one order, the first so many of all, or several rows that need not agree.
    case 'sortedOver':
    case 'expand':
    case 'rowNumber':
    case 'temporalSort':
    case 'limit':
    case 'values':
      return undefined
  }
}

const isColumn = (expr: Expr, index: number): boolean => expr.op === 'column' && expr.index === index

/** @param place of a column of the input in the output, or -1 */
function through(input: nodes.Plan, place: (column: number) => number): Keys | undefined {
  return moved(keysOf(input), place)
}

function moved(keys: Keys | undefined, place: (column: number) => number): Keys | undefined {
  return keys
    ?.map(({ columns, bytes }) => ({ columns: columns.map(place), bytes }))
    .filter(({ columns }) => columns.every((column) => column >= 0))
}

/** Rows that agree in `by` are put together: they are in one partition if a set lies within. */
function grouped(input: nodes.Plan, by: readonly number[], place: (column: number) => number): Keys | undefined {
  const keys = keysOf(input)
  const local = keys?.some(({ columns }) => columns.every((column) => by.includes(column)))
  return local ? moved(keys, place) : undefined
}

/** Both sides agree in the parts of a key, in the same order: with partitions of equal number and one way to hash, they meet. */
function joined(plan: nodes.RegularJoin | nodes.IntervalJoin | nodes.WindowJoin | nodes.TemporalJoin): Keys | undefined {
  const [left, right] = [keysOf(plan.left), keysOf(plan.right)]
  if (!left || !right) return undefined
  const partners = (key: Key): Key => ({
    ...key,
    columns: key.columns.map((column) => plan.rightKeys[plan.leftKeys.indexOf(column)] ?? -1),
  })
  if (!left.some((key) => has(right, partners(key)))) return undefined
  const width = plan.left.columns.length
  // A side that may be missing is NULL then, wherever the row came from.
  const ofLeft = plan.type === 'RIGHT' || plan.type === 'FULL' ? [] : left
  const ofRight =
    plan.type === 'INNER' || plan.type === 'RIGHT'
      ? right.map((key) => ({ ...key, columns: key.columns.map((column) => column + width) }))
      : []
  return [...ofLeft, ...ofRight]
}

function united(inputs: readonly nodes.Plan[]): Keys | undefined {
  const all = inputs.map(keysOf)
  const [first] = all
  if (!first || all.some((keys) => keys === undefined)) return undefined
  return first.filter((key) => all.every((keys) => has(keys, key)))
}

function has(keys: Keys | undefined, { columns, bytes }: Key): boolean {
  const same = (each: readonly number[]) => each.length === columns.length && each.every((column, i) => column === columns[i])
  return keys?.some((each) => each.bytes === bytes && same(each.columns)) ?? false
}

/** Which columns of a topic's table make the key of its records; the partition itself does as well. */
function scanKeys({ table, columns }: nodes.Scan): Keys | undefined {
  const connector = connectorOf(table)
  if (table.options.has('shitops.file') || (connector !== 'kafka' && connector !== 'upsert-kafka')) return undefined
  // A change of a row takes back what another record said.
  if (formatOf(table) === 'debezium-json') return undefined
  const at = (name: string) => columns.findIndex((column) => column.name === name)
  const partition = table.columns.find((column) => column.kind === 'metadata' && column.key === 'partition')
  const keys = [keyOf(table), ...(partition ? [{ names: [partition.name], bytes: 'partition' }] : [])]
  return keys.flatMap((key) => {
    const found = key?.names.map(at) ?? []
    return key && found.length > 0 && found.every((column) => column >= 0) ? [{ columns: found, bytes: key.bytes }] : []
  })
}

function keyOf(table: Table): { names: readonly string[]; bytes: string } | undefined {
  const topic = table.options.get('topic') ?? table.name
  if (isTopicName(topic) && connectorOf(table) === 'kafka') return { names: TOPICS[topic].key, bytes: 'text' }
  const names = connectorOf(table) === 'upsert-kafka' ? table.primaryKey : table.options.get('key.fields')?.split(';')
  if (!names) return undefined
  return { names, bytes: table.options.get('key.format') === 'raw' ? 'text' : JSON.stringify(names) }
}
