import type { Column, Expression, Literal, MatchSemantics, Position, SystemValueName } from '../ast.ts'
import { isReserved, isReservedFunction } from '../reserved.ts'
import { call, callBehind } from './calls.ts'
import { collection, collectionStarts } from './collections.ts'
import { interval } from './interval.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { specialCall } from './special-calls.ts'

const SYSTEM_VALUES: ReadonlySet<string> = new Set<SystemValueName>([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_CATALOG',
  'CURRENT_SCHEMA',
  'CURRENT_PATH',
  'CURRENT_ROLE',
  'CURRENT_USER',
  'SESSION_USER',
  'SYSTEM_USER',
  'USER',
])

/** A value without operators before it or between, with the accesses behind it: `a[1].b`. */
export function primary(reader: Reader): Expression {
  const start = reader.start()
  let value = bare(reader, start)
  for (;;) {
    if (reader.isSymbol('[')) {
      reader.next()
      const index = reader.expression()
      reader.expectSymbol(']')
      value = { kind: 'element', operand: value, index, at: reader.span(start) }
    } else if (reader.isSymbol('.')) {
      reader.next()
      value = { kind: 'field', operand: value, field: reader.identifier('the name of a field'), at: reader.span(start) }
    } else {
      return value
    }
  }
}

function bare(reader: Reader, start: Position): Expression {
  const token = reader.peek()
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'binary') return plainLiteral(reader)
  if (reader.isSymbol('(')) return parenthesised(reader, start)
  if (token.kind === 'word') {
    const worded = wordLiteral(reader, start) ?? (collectionStarts(reader) ? collection(reader) : undefined)
    if (worded) return worded
    if (SYSTEM_VALUES.has(token.upper)) return systemValue(reader, start)
    const special = reader.isSymbol('(', 1) || token.upper === 'CASE' ? specialCall(reader) : undefined
    if (special) return special
    if (token.upper === 'RUNNING' || (token.upper === 'FINAL' && reader.peek(1).kind === 'word')) return matchSemantics(reader, start)
    if (reader.isSymbol('(', 1) && (isReservedFunction(token.upper) || !isReserved(token.upper))) return call(reader)
  }
  return columnOrCall(reader, start)
}

/** `a.b.c`, or `a.b.f(x)`. */
function columnOrCall(reader: Reader, start: Position): Expression {
  const name = reader.qualifiedName('an expression')
  if (reader.isSymbol('(')) return callBehind(reader, start, name)
  return { kind: 'column', parts: name.parts, at: name.at } satisfies Column
}

function plainLiteral(reader: Reader): Literal {
  const token = reader.next()
  if (token.kind === 'number') return { kind: 'number', text: token.text, approximate: /e/i.test(token.text), at: token.at }
  if (token.kind === 'binary') return { kind: 'binary', hex: token.text, at: token.at }
  // The standard's way to go on with a string: the next piece is on another line.
  let value = token.text
  let end = token.at.end
  while (reader.peek().kind === 'string' && reader.peek().at.start.line > end.line) {
    const piece = reader.next()
    value += piece.text
    end = piece.at.end
  }
  return { kind: 'string', value, at: { start: token.at.start, end } }
}

function wordLiteral(reader: Reader, start: Position): Expression | undefined {
  const token = reader.peek()
  const isLiteral = reader.peek(1).kind === 'string'
  switch (token.upper) {
    case 'TRUE':
    case 'FALSE':
    case 'UNKNOWN':
      reader.next()
      return { kind: 'boolean', value: token.upper === 'UNKNOWN' ? null : token.upper === 'TRUE', at: token.at }
    case 'NULL':
      reader.next()
      return { kind: 'null', at: token.at }
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP': {
      const local = token.upper === 'TIMESTAMP' && reader.isWords('TIMESTAMP', 'WITH', 'LOCAL', 'TIME', 'ZONE')
      if (!isLiteral && !local) return undefined
      reader.next()
      if (local) reader.expect('WITH', 'LOCAL', 'TIME', 'ZONE')
      const text = reader.string('a time in single quotes')
      return { kind: 'temporal', type: local ? 'TIMESTAMP_LTZ' : token.upper, text, at: reader.span(start) }
    }
    case 'INTERVAL':
      if (!isLiteral && !reader.isName(1) && reader.peek(1).kind !== 'number' && !['-', '+', '('].some((s) => reader.isSymbol(s, 1)))
        return undefined
      reader.next()
      return interval(reader)
    default:
      return undefined
  }
}

/** A sub-query, a row of two or more, or an expression whose parentheses are not kept. */
function parenthesised(reader: Reader, start: Position): Expression {
  const isQuery = reader.holdsQuery()
  if (isQuery) {
    const query = reader.parenthesised(() => reader.query())
    return { kind: 'subquery', query, at: reader.span(start) }
  }
  const [first, ...more] = reader.parenthesised(() => reader.list(() => reader.expression()))
  if (first && more.length === 0) return first
  return { kind: 'row', items: first ? [first, ...more] : [], at: reader.span(start) }
}

function systemValue(reader: Reader, start: Position): Expression {
  const name = reader.next().upper as SystemValueName
  let precision: number | undefined
  if (reader.acceptSymbol('(')) {
    if (!reader.isSymbol(')')) precision = reader.integer()
    reader.expectSymbol(')')
  }
  return { kind: 'systemValue', name, ...optional('precision', precision), at: reader.span(start) }
}

function matchSemantics(reader: Reader, start: Position): MatchSemantics {
  const semantics = reader.next().upper === 'FINAL' ? 'FINAL' : 'RUNNING'
  if (reader.peek().kind !== 'word' || !reader.isSymbol('(', 1)) throw reader.unexpected('a function such as LAST(…)')
  return { kind: 'matchSemantics', semantics, operand: call(reader), at: reader.span(start) }
}
