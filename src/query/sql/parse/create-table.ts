import type { CreateTable, Distribution, Like, LikeOption, Position, TableOption } from '../ast.ts'
import { tableElements } from './columns.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** Behind `CREATE [OR REPLACE] [TEMPORARY] TABLE`. */
export function createTable(reader: Reader, start: Position, head: Pick<CreateTable, 'temporary' | 'orReplace'>): CreateTable {
  const ifNotExists = ifNotExistsBehind(reader)
  const name = reader.qualifiedName('the name of a table')
  const elements = reader.isSymbol('(') ? tableElements(reader) : { columns: [] }
  const comment = reader.accept('COMMENT') ? reader.string() : undefined
  const distributed = distribution(reader)
  const partitionedBy = reader.accept('PARTITIONED') ? partitionColumns(reader) : []
  const options = reader.accept('WITH') ? tableOptions(reader) : []
  const liked = like(reader)
  const as = !liked && reader.accept('AS') ? reader.query() : undefined
  return {
    kind: 'createTable',
    ...head,
    ifNotExists,
    name,
    ...elements,
    ...optional('comment', comment),
    ...optional('distribution', distributed),
    partitionedBy,
    options,
    ...optional('like', liked),
    ...optional('as', as),
    at: reader.span(start),
  }
}

export function ifNotExistsBehind(reader: Reader): boolean {
  if (!reader.accept('IF')) return false
  reader.expect('NOT', 'EXISTS')
  return true
}

function partitionColumns(reader: Reader): CreateTable['partitionedBy'] {
  reader.expect('BY')
  return reader.names('a column')
}

/** `('key' = 'value', …)`. */
export function tableOptions(reader: Reader): TableOption[] {
  return reader.parenthesised(() => (reader.isSymbol(')') ? [] : reader.list(() => tableOption(reader))))
}

function tableOption(reader: Reader): TableOption {
  const start = reader.start()
  const key = reader.string("an option such as 'connector' = 'kafka'")
  reader.expectSymbol('=')
  return { kind: 'tableOption', key, value: reader.string('a value in single quotes'), at: reader.span(start) }
}

function distribution(reader: Reader): Distribution | undefined {
  const start = reader.start()
  if (!reader.accept('DISTRIBUTED')) return undefined
  let by: Distribution['by']
  let columns: Distribution['columns'] = []
  const named = reader.accept('BY')
  if (named) {
    by = reader.acceptOneOf(['HASH', 'RANGE'] as const)
    columns = reader.names('a column')
  }
  let buckets: number | undefined
  if (reader.accept('INTO')) {
    buckets = reader.integer('a number of buckets')
    reader.expect('BUCKETS')
  } else if (!named) {
    throw reader.unexpected()
  }
  return { kind: 'distribution', ...optional('by', by), columns, ...optional('buckets', buckets), at: reader.span(start) }
}

function like(reader: Reader): Like | undefined {
  const start = reader.start()
  if (!reader.accept('LIKE')) return undefined
  const table = reader.qualifiedName('the name of a table')
  const options: LikeOption[] = []
  if (reader.acceptSymbol('(')) {
    do options.push(likeOption(reader))
    while (!reader.acceptSymbol(')'))
  }
  return { kind: 'like', table, options, at: reader.span(start) }
}

const FEATURES = ['ALL', 'CONSTRAINTS', 'DISTRIBUTION', 'GENERATED', 'METADATA', 'OPTIONS', 'PARTITIONS', 'WATERMARKS'] as const

function likeOption(reader: Reader): LikeOption {
  const start = reader.start()
  const strategy = reader.expectOneOf(['INCLUDING', 'EXCLUDING', 'OVERWRITING'] as const)
  const feature = reader.expectOneOf(FEATURES)
  return { kind: 'likeOption', strategy, feature, at: reader.span(start) }
}
