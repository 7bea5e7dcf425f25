import type { Call, CallArgument, CallTail, Descriptor, Expression, Identifier, Position, QualifiedName, TableArgument } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { orderBy } from './sort.ts'
import { windowSpecification } from './window.ts'

/** A function by a name of one part, which may be a reserved word: `COUNT(*)`. */
export function call(reader: Reader): Call {
  const start = reader.start()
  const token = reader.next()
  const part: Identifier = { kind: 'identifier', name: token.text, at: token.at }
  return callBehind(reader, start, { kind: 'name', parts: [part], at: token.at })
}

/** The parentheses behind the name of a function, and what may follow them. */
export function callBehind(reader: Reader, start: Position, name: QualifiedName): Call {
  reader.expectSymbol('(')
  let distinct = false
  let given: CallArgument[] = []
  if (!reader.isSymbol(')')) {
    distinct = reader.accept('DISTINCT')
    if (!distinct) reader.accept('ALL')
    given = reader.list(() => argument(reader))
  }
  const sorted = orderBy(reader)
  reader.expectSymbol(')')
  return { kind: 'call', name, distinct, arguments: given, orderBy: sorted, ...tail(reader), at: reader.span(start) }
}

function tail(reader: Reader): CallTail {
  let nulls: CallTail['nulls']
  if (reader.accept('IGNORE', 'NULLS')) nulls = 'IGNORE'
  else if (reader.accept('RESPECT', 'NULLS')) nulls = 'RESPECT'
  const withinGroup = reader.accept('WITHIN', 'GROUP') ? reader.parenthesised(() => orderBy(reader, true)) : []
  let filter: Expression | undefined
  if (reader.accept('FILTER')) {
    filter = reader.parenthesised(() => {
      reader.expect('WHERE')
      return reader.expression()
    })
  }
  const over = reader.accept('OVER')
    ? reader.isSymbol('(')
      ? windowSpecification(reader)
      : reader.identifier('"(" or the name of a window')
    : undefined
  return { ...optional('nulls', nulls), withinGroup, ...optional('filter', filter), ...optional('over', over) }
}

function argument(reader: Reader): CallArgument {
  const start = reader.start()
  if (reader.isSymbol('*')) {
    reader.next()
    return { kind: 'star', at: reader.span(start) }
  }
  if (reader.isName() && reader.isSymbol('=>', 1)) {
    const name = reader.identifier()
    reader.expectSymbol('=>')
    return { kind: 'namedArgument', name, value: plainArgument(reader), at: reader.span(start) }
  }
  return qualifiedStar(reader) ?? plainArgument(reader)
}

/** `t.*`, where that is what comes. */
export function qualifiedStar(reader: Reader): (CallArgument & { kind: 'star' }) | undefined {
  let ahead = 0
  while (reader.isName(ahead) && reader.isSymbol('.', ahead + 1)) ahead += 2
  if (ahead === 0 || !reader.isSymbol('*', ahead)) return undefined
  const start = reader.start()
  const parts = [reader.identifier()]
  while (reader.isSymbol('.') && !reader.isSymbol('*', 1)) {
    reader.next()
    parts.push(reader.identifier())
  }
  const qualifier: QualifiedName = { kind: 'name', parts, at: reader.span(start) }
  reader.expectSymbol('.')
  reader.expectSymbol('*')
  return { kind: 'star', qualifier, at: reader.span(start) }
}

function plainArgument(reader: Reader): Expression | TableArgument | Descriptor | (CallArgument & { kind: 'default' }) {
  const start = reader.start()
  if (reader.accept('DEFAULT')) return { kind: 'default', at: reader.span(start) }
  if (reader.isWords('DESCRIPTOR') && reader.isSymbol('(', 1)) {
    reader.next()
    const columns = reader.names('a column')
    return { kind: 'descriptor', columns, at: reader.span(start) }
  }
  if (reader.isWords('TABLE')) {
    reader.next()
    return tableArgument(reader, start, reader.qualifiedName('the name of a table'))
  }
  const value = reader.expression()
  // ORDER BY behind a sub-query sorts the table that is handed in; behind anything else it is the aggregate's.
  if (value.kind === 'subquery' && (reader.isWords('PARTITION') || reader.isWords('ORDER')))
    return tableArgument(reader, start, value.query)
  return value
}

/** What follows a table that is handed to a function. Several columns are in parentheses: a comma begins the next argument. */
function tableArgument(reader: Reader, start: Position, table: TableArgument['table']): TableArgument {
  const partitionBy = reader.accept('PARTITION') ? keys(reader) : []
  const sorted = reader.isWords('ORDER') ? tableOrder(reader) : []
  return { kind: 'tableArgument', table, partitionBy, orderBy: sorted, at: reader.span(start) }
}

function keys(reader: Reader): Expression[] {
  reader.expect('BY')
  if (reader.isSymbol('(')) return reader.parenthesised(() => reader.list(() => reader.expression()))
  return [reader.expression()]
}

function tableOrder(reader: Reader): TableArgument['orderBy'] {
  const inner = reader.isSymbol('(', 2)
  return orderBy(reader, true, inner ? 'parentheses' : 'one')
}
