import type { Alias, Identifier, Join, Position, Query, TableExpression } from '../ast.ts'
import { callBehind } from './calls.ts'
import { hints } from './hints.ts'
import { matchRecognize } from './match-recognize.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** What stands behind FROM: tables with commas and joins between. */
export function tables(reader: Reader): TableExpression {
  const start = reader.start()
  let left = joined(reader)
  while (reader.acceptSymbol(',')) {
    const right = joined(reader)
    left = { kind: 'join', type: 'COMMA', natural: false, left, right, using: [], at: reader.span(start) }
  }
  return left
}

function joined(reader: Reader): TableExpression {
  const start = reader.start()
  let left = table(reader)
  for (;;) {
    const join = joinBehind(reader, start, left)
    if (!join) return left
    left = join
  }
}

function joinBehind(reader: Reader, start: Position, left: TableExpression): Join | undefined {
  if (reader.accept('CROSS')) {
    reader.expect('JOIN')
    return { kind: 'join', type: 'CROSS', natural: false, left, right: table(reader), using: [], at: reader.span(start) }
  }
  const natural = reader.accept('NATURAL')
  const type = joinType(reader)
  if (type === undefined) {
    if (natural) throw reader.unexpected()
    return undefined
  }
  const right = table(reader)
  if (natural) return { kind: 'join', type, natural, left, right, using: [], at: reader.span(start) }
  if (reader.accept('ON')) {
    const on = reader.expression()
    return { kind: 'join', type, natural, left, right, on, using: [], at: reader.span(start) }
  }
  reader.expect('USING')
  return { kind: 'join', type, natural, left, right, using: reader.names('a column'), at: reader.span(start) }
}

function joinType(reader: Reader): 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | undefined {
  if (reader.accept('JOIN')) return 'INNER'
  const type = reader.acceptOneOf(['INNER', 'LEFT', 'RIGHT', 'FULL'] as const)
  if (type === undefined) return undefined
  if (type !== 'INNER') reader.accept('OUTER')
  reader.expect('JOIN')
  return type
}

/** One table with its alias, and MATCH_RECOGNIZE behind it. */
function table(reader: Reader): TableExpression {
  return reader.nested(() => {
    const start = reader.start()
    const plain = aliased(reader, start)
    if (!reader.accept('MATCH_RECOGNIZE')) return plain
    const match = matchRecognize(reader, plain)
    return { ...match, ...optional('alias', alias(reader)), at: reader.span(start) }
  })
}

function aliased(reader: Reader, start: Position): TableExpression {
  if (reader.isWords('UNNEST')) return unnest(reader, start)
  if (reader.accept('LATERAL')) {
    if (reader.isSymbol('(')) return derived(reader, start, true)
    return tableFunction(reader, start, true)
  }
  if (reader.isWords('TABLE')) return tableFunction(reader, start, false)
  if (reader.isSymbol('(')) {
    if (reader.holdsQuery()) return derived(reader, start, false)
    return reader.parenthesised(() => tables(reader))
  }
  const name = reader.qualifiedName('a table')
  if (reader.isSymbol('(')) {
    const called = callBehind(reader, name.at.start, name)
    return { kind: 'tableFunction', lateral: false, call: called, ...optional('alias', alias(reader)), at: reader.span(start) }
  }
  const given = hints(reader)
  const systemTime = reader.accept('FOR') ? systemTimeOf(reader) : undefined
  const as = alias(reader)
  return { kind: 'table', name, hints: given, ...optional('systemTime', systemTime), ...optional('alias', as), at: reader.span(start) }
}

function systemTimeOf(reader: Reader) {
  reader.expect('SYSTEM_TIME', 'AS', 'OF')
  return reader.expression()
}

function derived(reader: Reader, start: Position, lateral: boolean): TableExpression {
  const query: Query = reader.parenthesised(() => reader.query())
  return { kind: 'derivedTable', lateral, query, ...optional('alias', alias(reader)), at: reader.span(start) }
}

function tableFunction(reader: Reader, start: Position, lateral: boolean): TableExpression {
  reader.expect('TABLE')
  const called = reader.parenthesised(() => {
    const from = reader.start()
    return callBehind(reader, from, reader.qualifiedName('a function that gives a table'))
  })
  return { kind: 'tableFunction', lateral, call: called, ...optional('alias', alias(reader)), at: reader.span(start) }
}

function unnest(reader: Reader, start: Position): TableExpression {
  reader.expect('UNNEST')
  const operands = reader.parenthesised(() => reader.list(() => reader.expression()))
  const ordinality = reader.accept('WITH')
  if (ordinality) reader.expect('ORDINALITY')
  return { kind: 'unnest', operands, ordinality, ...optional('alias', alias(reader)), at: reader.span(start) }
}

/** `[AS] name [(columns)]`, where it is there. */
function alias(reader: Reader): Alias | undefined {
  const start = reader.start()
  if (!reader.accept('AS') && !reader.isName()) return undefined
  const name: Identifier = reader.identifier('a name')
  const columns = reader.isSymbol('(') ? reader.names() : []
  return { kind: 'alias', name, columns, at: reader.span(start) }
}
