import type { Expression, JsonEntry, JsonNulls, JsonQueryFallback, JsonValueFallback, Position } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { orderBy } from './sort.ts'
import { dataType } from './types.ts'

const RULES: Readonly<Record<string, (reader: Reader, start: Position) => Expression>> = {
  JSON_EXISTS: exists,
  JSON_VALUE: value,
  JSON_QUERY: query,
  JSON_OBJECT: object,
  JSON_ARRAY: array,
  JSON_OBJECTAGG: objectAgg,
  JSON_ARRAYAGG: arrayAgg,
}

/** A JSON function of the SQL standard, with its clauses, where the word here is one's name. */
export function jsonCall(reader: Reader): Expression | undefined {
  const word = reader.peek().upper
  const rule = Object.hasOwn(RULES, word) ? RULES[word] : undefined
  if (!rule) return undefined
  const start = reader.start()
  reader.next()
  return rule(reader, start)
}

function exists(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const [input, path] = inputAndPath(reader)
    const onError = reader.acceptOneOf(['TRUE', 'FALSE', 'UNKNOWN', 'ERROR'] as const)
    if (onError !== undefined) reader.expect('ON', 'ERROR')
    return { input, path, ...optional('onError', onError) }
  })
  return { kind: 'jsonExists', ...found, at: reader.span(start) }
}

function value(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const [input, path] = inputAndPath(reader)
    const returning = reader.accept('RETURNING') ? dataType(reader) : undefined
    return { input, path, ...optional('returning', returning), ...fallbacks(reader, () => valueFallback(reader)) }
  })
  return { kind: 'jsonValue', ...found, at: reader.span(start) }
}

function valueFallback(reader: Reader): JsonValueFallback | undefined {
  const start = reader.start()
  const type = reader.acceptOneOf(['NULL', 'ERROR', 'DEFAULT'] as const)
  if (type === undefined) return undefined
  const given = type === 'DEFAULT' ? reader.expression() : undefined
  return { kind: 'jsonFallback', type, ...optional('value', given), at: reader.span(start) }
}

function query(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const [input, path] = inputAndPath(reader)
    const returning = reader.accept('RETURNING') ? dataType(reader) : undefined
    const wrapper = queryWrapper(reader)
    const after = fallbacks(reader, () => queryFallback(reader))
    return { input, path, ...optional('returning', returning), ...optional('wrapper', wrapper), ...after }
  })
  return { kind: 'jsonQuery', ...found, at: reader.span(start) }
}

function queryWrapper(reader: Reader): 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined {
  const word = reader.acceptOneOf(['WITHOUT', 'WITH'] as const)
  if (word === undefined) return undefined
  const condition = word === 'WITH' ? (reader.acceptOneOf(['CONDITIONAL', 'UNCONDITIONAL'] as const) ?? 'UNCONDITIONAL') : word
  reader.accept('ARRAY')
  reader.expect('WRAPPER')
  return condition
}

function queryFallback(reader: Reader): JsonQueryFallback | undefined {
  const word = reader.acceptOneOf(['NULL', 'ERROR', 'EMPTY'] as const)
  if (word !== 'EMPTY') return word
  return `EMPTY ${reader.expectOneOf(['ARRAY', 'OBJECT'] as const)}`
}

/** `… ON EMPTY`, then `… ON ERROR`, either or both. */
function fallbacks<T>(reader: Reader, read: () => T | undefined): { onEmpty?: T; onError?: T } {
  const first = read()
  if (first === undefined) return {}
  reader.expect('ON')
  if (reader.expectOneOf(['EMPTY', 'ERROR'] as const) === 'ERROR') return { onError: first }
  const second = read()
  if (second === undefined) return { onEmpty: first }
  reader.expect('ON', 'ERROR')
  return { onEmpty: first, onError: second }
}

function inputAndPath(reader: Reader): [Expression, Expression] {
  const input = reader.expression()
  reader.expectSymbol(',')
  const path = reader.expression()
  if (reader.isWords('PASSING')) throw reader.error('PASSING has no effect in Flink, and so is refused', reader.peek().at)
  return [input, path]
}

function object(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const empty = reader.isSymbol(')') || onNullStarts(reader)
    const entries = empty ? [] : reader.list(() => entry(reader))
    return { entries, ...optional('onNull', nulls(reader)) }
  })
  return { kind: 'jsonObject', ...found, at: reader.span(start) }
}

function array(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const empty = reader.isSymbol(')') || onNullStarts(reader)
    const items = empty ? [] : reader.list(() => reader.expression())
    return { items, ...optional('onNull', nulls(reader)) }
  })
  return { kind: 'jsonArray', ...found, at: reader.span(start) }
}

function objectAgg(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => ({ entry: entry(reader), ...optional('onNull', nulls(reader)) }))
  return { kind: 'jsonObjectAgg', ...found, at: reader.span(start) }
}

function arrayAgg(reader: Reader, start: Position): Expression {
  const found = reader.parenthesised(() => {
    const item = reader.expression()
    const sorted = orderBy(reader)
    return { item, orderBy: sorted, ...optional('onNull', nulls(reader)) }
  })
  return { kind: 'jsonArrayAgg', ...found, at: reader.span(start) }
}

/** `KEY 'k' VALUE v`, `'k' VALUE v`, `'k' : v`. A column may be named key: then KEY is followed by VALUE or an operator. */
function entry(reader: Reader): JsonEntry {
  const start = reader.start()
  const next = reader.peek(1)
  if (reader.isWords('KEY') && next.kind !== 'symbol' && next.upper !== 'VALUE' && next.kind !== 'end') reader.next()
  const key = reader.expression()
  if (!reader.acceptSymbol(':')) reader.expect('VALUE')
  return { kind: 'jsonEntry', key, value: reader.expression(), at: reader.span(start) }
}

function onNullStarts(reader: Reader): boolean {
  return reader.isWords('NULL', 'ON', 'NULL') || reader.isWords('ABSENT', 'ON', 'NULL')
}

function nulls(reader: Reader): JsonNulls | undefined {
  const word = reader.acceptOneOf(['NULL', 'ABSENT'] as const)
  if (word !== undefined) reader.expect('ON', 'NULL')
  return word
}
