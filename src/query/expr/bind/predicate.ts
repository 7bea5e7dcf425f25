import type * as ast from '../../sql/ast.ts'
import { BOOLEAN, withNullable } from '../../types/make-type.ts'
import { isInteger, isInterval, isTemporal } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call, castTo, literal } from '../build.ts'
import type { Expr } from '../expr.ts'
import { option } from '../functions/json.ts'
import { type Binding, bindUnfolded } from './call.ts'

/** Conditions: IS, BETWEEN, IN, OVERLAPS, CASE and NULLIF, as calls of simpler functions. */

export function bindOverlaps(node: ast.Operation, b: Binding): Expr {
  const ends = [node.left, node.right].flatMap((side) => period(side, b))
  return b.call('OVERLAPS', ends, node)
}

/** `(start, end)` or `(start, interval)`. */
function period(node: ast.Expression, b: Binding): Expr[] {
  if (node.kind !== 'row' || node.items.length !== 2) return b.refuse(node, 'OVERLAPS compares two periods: (start, end)')
  const [start, end] = b.all(node.items) as [Expr, Expr]
  if (!isTemporal(start.type)) return b.refuse(node, `a period begins with a time, not ${typeText(start.type)}`)
  return [start, isInterval(end.type) ? b.call('PLUS', [start, end], node) : end]
}

export function bindIs(node: ast.Is, b: Binding): Expr {
  const operand = b.bind(node.operand)
  if (node.test.startsWith('JSON')) {
    return negated(b.call('IS_JSON', [operand, option(node.test.slice(5))], node), node, b)
  }
  const test = node.test === 'UNKNOWN' ? 'NULL' : node.test
  return b.call(`IS_${node.negated ? 'NOT_' : ''}${test}`, [operand], node)
}

export function negated(expr: Expr, node: ast.Node & { readonly negated: boolean }, b: Binding): Expr {
  return node.negated ? b.call('NOT', [expr], node) : expr
}

export function bindBetween(node: ast.Between, b: Binding): Expr {
  const [operand, low, high] = b.all([node.operand, node.low, node.high]) as [Expr, Expr, Expr]
  const within = (from: Expr, to: Expr): Expr =>
    b.call('AND', [b.call('GREATER_THAN_OR_EQUAL', [operand, from], node), b.call('LESS_THAN_OR_EQUAL', [operand, to], node)], node)
  const either = node.symmetric ? b.call('OR', [within(low, high), within(high, low)], node) : within(low, high)
  return negated(either, node, b)
}

export function bindIn(node: ast.In, b: Binding): Expr {
  if (!Array.isArray(node.set)) return b.refuse(node, 'IN with a sub-query cannot stand here', ['write it as a join'])
  const operand = b.bind(node.operand)
  const items = b.all(node.set as readonly ast.Expression[])
  const equals = items.map((item) => b.call('EQUALS', [operand, item], node))
  const known = literalSet(operand, items)
  const found = known ?? (equals.reduce((all, each) => b.call('OR', [all, each], node)) as Expr)
  return negated(found, node, b)
}

/** IN over constants of the operand's own type needs no conversion: a set. */
function literalSet(operand: Expr, items: readonly Expr[]): Expr | undefined {
  const { kind } = operand.type
  if (operand.op === 'literal' || items.length < 2) return undefined
  const text = kind === 'CHAR' || kind === 'VARCHAR'
  const fits = (item: Expr): boolean =>
    item.op === 'literal' && item.value !== null && (text ? ['CHAR', 'VARCHAR'].includes(item.type.kind) : isInteger(item.type))
  if (!(text || isInteger(operand.type)) || !items.every(fits)) return undefined
  return call('IN', withNullable(BOOLEAN, anyNullable([operand])), [operand, ...items])
}

export function bindCase(node: ast.Case, b: Binding): Expr {
  const operand = node.operand && b.bind(node.operand)
  const args: Expr[] = []
  for (const branch of node.branches) {
    const whens = b.all(branch.when).map((when) => (operand ? b.call('EQUALS', [operand, when], branch) : when))
    args.push(
      whens.reduce((all, each) => b.call('OR', [all, each], branch)),
      b.bind(branch.result),
    )
  }
  args.push(node.else ? b.bind(node.else) : literal(null, { kind: 'NULL', nullable: true }))
  return b.call('CASE', args, node)
}

/** NULLIF(a, b) is CASE WHEN a = b THEN NULL ELSE a END. */
export function bindNullIf(args: readonly Expr[], node: ast.Node, b: Binding): Expr {
  const checked = bindUnfolded('NULLIF', args, b.scope, node.at.start)
  const [value, other] = args as [Expr, Expr]
  return b.call(
    'CASE',
    [b.call('EQUALS', [value, other], node), literal(null, checked.type), castTo(value, withNullable(checked.type, value.type.nullable))],
    node,
  )
}
