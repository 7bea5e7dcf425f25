import type { ColumnDefinition, CreateTable, Identifier, PrimaryKey, Watermark } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { dataType } from './types.ts'

type Elements = Pick<CreateTable, 'columns' | 'watermark' | 'primaryKey'>

/** The columns, the watermark and the primary key of a table. A second watermark or key is refused, as Flink does. */
export function tableElements(reader: Reader): Elements {
  const columns: ColumnDefinition[] = []
  let watermark: Watermark | undefined
  let primaryKey: PrimaryKey | undefined
  const setKey = (key: PrimaryKey | undefined) => {
    if (key && primaryKey) throw reader.error('a table has one primary key', key.at)
    primaryKey ??= key
  }
  reader.parenthesised(() =>
    reader.list(() => {
      if (reader.isWords('WATERMARK')) {
        const found = watermarkOf(reader)
        if (watermark) throw reader.error('a table has one watermark', found.at)
        watermark = found
      } else if (reader.isWords('CONSTRAINT') || reader.isWords('PRIMARY')) {
        setKey(tableKey(reader))
      } else {
        const { column, key } = columnOf(reader)
        columns.push(column)
        setKey(key)
      }
    }),
  )
  return { columns, ...optional('watermark', watermark), ...optional('primaryKey', primaryKey) }
}

function watermarkOf(reader: Reader): Watermark {
  const start = reader.start()
  reader.expect('WATERMARK', 'FOR')
  const column = reader.qualifiedName('the time column')
  reader.expect('AS')
  return { kind: 'watermark', column, expression: reader.expression(), at: reader.span(start) }
}

function tableKey(reader: Reader): PrimaryKey {
  const start = reader.start()
  const name = reader.accept('CONSTRAINT') ? reader.identifier('the name of the constraint') : undefined
  reader.expect('PRIMARY', 'KEY')
  const columns = reader.names('a column')
  return { kind: 'primaryKey', ...optional('name', name), columns, enforced: enforced(reader), at: reader.span(start) }
}

/** Flink refuses ENFORCED later, and so does the planner: nothing checks that keys are unique. */
function enforced(reader: Reader): boolean {
  if (reader.accept('NOT')) {
    reader.expect('ENFORCED')
    return false
  }
  reader.accept('ENFORCED')
  return true
}

function columnOf(reader: Reader): { column: ColumnDefinition; key?: PrimaryKey } {
  const start = reader.start()
  const name = reader.identifier('the name of a column')
  if (reader.accept('AS')) {
    const expression = reader.expression()
    const comment = commentOf(reader)
    return { column: { kind: 'computedColumn', name, expression, ...comment, at: reader.span(start) } }
  }
  const type = dataType(reader)
  if (reader.accept('METADATA')) {
    const from = reader.accept('FROM') ? reader.string("a key such as 'timestamp'") : undefined
    const virtual = reader.accept('VIRTUAL')
    const comment = commentOf(reader)
    return { column: { kind: 'metadataColumn', name, type, ...optional('from', from), virtual, ...comment, at: reader.span(start) } }
  }
  const key = inlineKey(reader, name)
  const comment = commentOf(reader)
  return { column: { kind: 'physicalColumn', name, type, ...comment, at: reader.span(start) }, ...optional('key', key) }
}

function inlineKey(reader: Reader, column: Identifier): PrimaryKey | undefined {
  const { start } = column.at
  const named = reader.accept('CONSTRAINT')
  const name = named ? reader.identifier('the name of the constraint') : undefined
  if (!reader.accept('PRIMARY')) {
    if (named) throw reader.unexpected()
    return undefined
  }
  reader.expect('KEY')
  return { kind: 'primaryKey', ...optional('name', name), columns: [column], enforced: enforced(reader), at: reader.span(start) }
}

function commentOf(reader: Reader): { comment?: string } {
  return optional('comment', reader.accept('COMMENT') ? reader.string() : undefined)
}
