import type { BinaryOperator, Expression, Is, Position, Quantified, Query } from '../ast.ts'
import { ADD, AND, bindingOf, COMPARE, IS, MULTIPLY, NOT, OR, RANGE, SIGN } from '../precedence.ts'
import { optional } from './optional.ts'
import { primary } from './primary.ts'
import type { Reader } from './reader.ts'

const SYMBOLS: Readonly<Record<string, readonly [BinaryOperator, number]>> = {
  '=': ['=', COMPARE],
  '<>': ['<>', COMPARE],
  '<': ['<', COMPARE],
  '<=': ['<=', COMPARE],
  '>': ['>', COMPARE],
  '>=': ['>=', COMPARE],
  '+': ['+', ADD],
  '-': ['-', ADD],
  '*': ['*', MULTIPLY],
  '/': ['/', MULTIPLY],
  '%': ['%', MULTIPLY],
  '||': ['||', MULTIPLY],
}

/** An expression, by precedence climbing. @param minimum only operators that bind tighter are taken */
export function expression(reader: Reader, minimum: number): Expression {
  const start = reader.start()
  let left = prefix(reader, minimum)
  for (;;) {
    const whole = symbolOperator(reader, start, left, minimum) ?? wordOperator(reader, start, left, minimum)
    if (!whole) return left
    if (bindingOf(whole) === RANGE) refuseAmbiguous(reader, whole)
    left = whole
  }
}

/** What IS has tested is no operand of arithmetic, BETWEEN, IN or LIKE: Calcite then reads the rest in another way than it looks. */
function refuseTested(reader: Reader, left: Expression): void {
  // In parentheses it would end before the last token.
  if (left.kind === 'is' && left.at.end.offset === reader.previousEnd()) {
    throw reader.error('what belongs together here needs parentheses', { start: left.at.start, end: reader.peek().at.end })
  }
}

/**
 * Calcite reads `a IN (1) + b` as `a IN ((1) + b)`, and `a LIKE b LIKE c` from the right: nobody means either, so neither is taken without
 * parentheses.
 */
function refuseAmbiguous(reader: Reader, node: Expression): void {
  const token = reader.peek()
  const symbol = token.kind === 'symbol' && Object.hasOwn(SYMBOLS, token.text) ? SYMBOLS[token.text] : undefined
  const word = reader.isWords('NOT') ? reader.peek(1).upper : token.upper
  const isQuantified = symbol?.[1] === COMPARE && startsQuantifier(reader)
  if ((symbol && symbol[1] > RANGE) || isQuantified || RANGE_WORDS.has(word)) {
    throw reader.error('what belongs together here needs parentheses', { start: node.at.start, end: token.at.end })
  }
}

const RANGE_WORDS = new Set(['BETWEEN', 'IN', 'LIKE', 'SIMILAR'])

/** At a comparison: true where ANY or ALL and a list follow. */
function startsQuantifier(reader: Reader): boolean {
  return ['ANY', 'SOME', 'ALL'].includes(reader.peek(1).upper) && reader.isSymbol('(', 2)
}

function prefix(reader: Reader, minimum: number): Expression {
  const start = reader.start()
  if (reader.isWords('NOT')) {
    if (minimum >= RANGE) throw reader.error('NOT needs parentheses here', reader.peek().at)
    reader.next()
    const operand = reader.expression(NOT)
    return { kind: 'unary', operator: 'NOT', operand, at: reader.span(start) }
  }
  for (const operator of ['-', '+'] as const) {
    if (!reader.isSymbol(operator)) continue
    reader.next()
    const operand = reader.expression(SIGN)
    return { kind: 'unary', operator, operand, at: reader.span(start) }
  }
  return primary(reader)
}

function symbolOperator(reader: Reader, start: Position, left: Expression, minimum: number): Expression | undefined {
  const token = reader.peek()
  if (token.kind !== 'symbol' || !Object.hasOwn(SYMBOLS, token.text)) return undefined
  const [operator, binding] = SYMBOLS[token.text] ?? ['=', 0]
  const quantified = binding === COMPARE && startsQuantifier(reader)
  if ((quantified ? RANGE : binding) <= minimum) return undefined
  if (quantified || binding > COMPARE) refuseTested(reader, left)
  reader.next()
  if (quantified) {
    const quantifier = reader.next().upper === 'ALL' ? 'ALL' : 'ANY'
    const set = queryOrList(reader)
    return { kind: 'quantified', operator: operator as Quantified['operator'], quantifier, operand: left, set, at: reader.span(start) }
  }
  return operation(reader, start, operator, left, binding)
}

function operation(reader: Reader, start: Position, operator: BinaryOperator, left: Expression, binding: number): Expression {
  const right = reader.expression(binding)
  return { kind: 'operation', operator, left, right, at: reader.span(start) }
}

const INFIX_WORDS = new Set(['OR', 'AND', 'IS', 'OVERLAPS', 'MEMBER', 'NOT', ...RANGE_WORDS])

function wordOperator(reader: Reader, start: Position, left: Expression, minimum: number): Expression | undefined {
  if (!INFIX_WORDS.has(reader.peek().upper)) {
    reader.couldBe('OR')
    return undefined
  }
  const take = (binding: number, ...words: string[]) => binding > minimum && reader.accept(...words)
  if (take(OR, 'OR')) return operation(reader, start, 'OR', left, OR)
  if (take(AND, 'AND')) return operation(reader, start, 'AND', left, AND)
  if (reader.isWords('IS')) return is(reader, start, left, minimum)
  if (take(COMPARE, 'OVERLAPS')) return operation(reader, start, 'OVERLAPS', left, COMPARE)
  if (take(COMPARE, 'MEMBER', 'OF')) return operation(reader, start, 'MEMBER OF', left, COMPARE)
  return RANGE > minimum ? rangeOperator(reader, start, left) : undefined
}

/** `[NOT] BETWEEN`, `IN`, `LIKE`, `SIMILAR TO`. */
function rangeOperator(reader: Reader, start: Position, left: Expression): Expression | undefined {
  const negated = reader.isWords('NOT')
  if (negated && !RANGE_WORDS.has(reader.peek(1).upper)) return undefined
  if (RANGE_WORDS.has(reader.peek(negated ? 1 : 0).upper)) refuseTested(reader, left)
  if (negated) reader.next()
  if (reader.accept('BETWEEN')) {
    const symmetric = reader.accept('SYMMETRIC')
    if (!symmetric) reader.accept('ASYMMETRIC')
    const low = reader.expression(AND)
    reader.expect('AND')
    const high = reader.expression(RANGE)
    return { kind: 'between', operand: left, low, high, symmetric, negated, at: reader.span(start) }
  }
  if (reader.accept('IN')) return { kind: 'in', operand: left, set: queryOrList(reader), negated, at: reader.span(start) }
  const operator = reader.accept('LIKE') ? 'LIKE' : reader.accept('SIMILAR', 'TO') ? 'SIMILAR TO' : undefined
  if (operator === undefined) return undefined
  const pattern = reader.expression(RANGE)
  const escaping = reader.accept('ESCAPE') ? reader.expression(RANGE) : undefined
  return { kind: 'textMatch', operator, operand: left, pattern, ...optional('escape', escaping), negated, at: reader.span(start) }
}

function queryOrList(reader: Reader): Query | Expression[] {
  if (!reader.isSymbol('(')) throw reader.unexpected('"("')
  const isQuery = reader.holdsQuery()
  return reader.parenthesised(() => (isQuery ? reader.query() : reader.list(() => reader.expression())))
}

const TESTS = ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const
const JSON_TESTS = ['OBJECT', 'ARRAY', 'SCALAR'] as const

/** IS and what follows it. IS DISTINCT FROM is a comparison and binds tighter than the tests. */
function is(reader: Reader, start: Position, left: Expression, minimum: number): Expression | undefined {
  const isDistinct = reader.isWords('IS', 'DISTINCT') || reader.isWords('IS', 'NOT', 'DISTINCT')
  if ((isDistinct ? COMPARE : IS) <= minimum) return undefined
  reader.expect('IS')
  const negated = reader.accept('NOT')
  if (reader.accept('DISTINCT')) {
    reader.expect('FROM')
    const right = reader.expression(COMPARE)
    return { kind: 'isDistinct', left, right, negated, at: reader.span(start) }
  }
  const close = (test: Is['test']): Is => ({ kind: 'is', operand: left, test, negated, at: reader.span(start) })
  const test = reader.acceptOneOf(TESTS)
  if (test !== undefined) return close(test)
  reader.expect('JSON')
  const shape = reader.acceptOneOf(JSON_TESTS)
  if (shape === undefined) reader.accept('VALUE')
  return close(`JSON ${shape ?? 'VALUE'}`)
}
