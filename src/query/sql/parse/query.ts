import type { CommonTable, NumberLiteral, Position, Query, QueryBody, Row, SetOperation, Values } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { select } from './select.ts'
import { orderBy } from './sort.ts'

/** `[WITH …] body [ORDER BY …] [LIMIT n] [OFFSET n]`. */
export function query(reader: Reader): Query {
  const start = reader.start()
  const ctes = reader.accept('WITH') ? withList(reader) : []
  const body = setOperations(reader, 0)
  const sorted = orderBy(reader)
  const page = paging(reader)
  // Parentheses around a whole query say nothing.
  if (body.kind === 'query' && ctes.length === 0 && sorted.length === 0 && page.limit === undefined && page.offset === undefined)
    return body
  return { kind: 'query', with: ctes, body, orderBy: sorted, ...page, at: reader.span(start) }
}

function withList(reader: Reader): CommonTable[] {
  if (reader.isWords('RECURSIVE')) throw reader.error('WITH RECURSIVE has no streaming form', reader.peek().at)
  return reader.list(() => {
    const start = reader.start()
    const name = reader.identifier('the name of a query')
    const columns = reader.isSymbol('(') ? reader.names() : []
    reader.expect('AS')
    const inner = reader.parenthesised(() => reader.query())
    return { kind: 'commonTable', name, columns, query: inner, at: reader.span(start) }
  })
}

const SET_OPERATORS = { UNION: 1, EXCEPT: 1, INTERSECT: 2 } as const

function setOperations(reader: Reader, minimum: number): QueryBody {
  const start = reader.start()
  let left = term(reader)
  for (;;) {
    const operator = (['UNION', 'EXCEPT', 'INTERSECT'] as const).find((word) => SET_OPERATORS[word] > minimum && reader.accept(word))
    if (operator === undefined) {
      if (reader.isWords('MINUS')) throw reader.error('Flink SQL has no MINUS', reader.peek().at, ['write EXCEPT'])
      return left
    }
    left = combined(reader, start, operator, left)
  }
}

function combined(reader: Reader, start: Position, operator: SetOperation['operator'], left: QueryBody): SetOperation {
  const all = reader.accept('ALL')
  if (!all) reader.accept('DISTINCT')
  const right = reader.nested(() => setOperations(reader, SET_OPERATORS[operator]))
  return { kind: 'setOperation', operator, all, left, right, at: reader.span(start) }
}

function term(reader: Reader): QueryBody {
  const start = reader.start()
  if (reader.isWords('SELECT')) return select(reader)
  if (reader.accept('VALUES')) return values(reader, start)
  if (reader.isSymbol('(')) {
    const inner = reader.parenthesised(() => reader.query())
    const plain = inner.with.length === 0 && inner.orderBy.length === 0 && inner.limit === undefined && inner.offset === undefined
    return plain ? inner.body : inner
  }
  if (reader.accept('TABLE')) return { kind: 'tableQuery', table: reader.qualifiedName('the name of a table'), at: reader.span(start) }
  reader.accept('SELECT')
  throw reader.unexpected()
}

function values(reader: Reader, start: Position): Values {
  const rows = reader.list((): Row => {
    const row = reader.expression()
    return row.kind === 'row' ? row : { kind: 'row', items: [row], at: row.at }
  })
  return { kind: 'values', rows, at: reader.span(start) }
}

/** `LIMIT n [OFFSET m]`, or `[OFFSET m ROWS] [FETCH NEXT n ROWS ONLY]`. */
function paging(reader: Reader): { offset?: NumberLiteral; limit?: NumberLiteral } {
  if (reader.accept('LIMIT')) {
    const limit = reader.accept('ALL') ? undefined : count(reader)
    const offset = reader.accept('OFFSET') ? rows(reader) : undefined
    return { ...optional('offset', offset), ...optional('limit', limit) }
  }
  const offset = reader.accept('OFFSET') ? rows(reader) : undefined
  if (!reader.accept('FETCH')) return optional('offset', offset)
  reader.expectOneOf(['FIRST', 'NEXT'])
  const limit = count(reader)
  reader.expectOneOf(['ROW', 'ROWS'])
  reader.expect('ONLY')
  return { ...optional('offset', offset), limit }
}

function rows(reader: Reader): NumberLiteral {
  const found = count(reader)
  if (!reader.accept('ROWS')) reader.accept('ROW')
  return found
}

function count(reader: Reader): NumberLiteral {
  const { at, text } = reader.peek()
  reader.integer('a number of rows')
  return { kind: 'number', text, approximate: false, at }
}
