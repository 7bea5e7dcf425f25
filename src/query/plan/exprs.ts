import type { Call, ColumnRef, Expr, Literal } from '../expr/expr.ts'
import type { Column, SqlType } from '../types/sql-type.ts'

export const columnRef = (index: number, type: SqlType, input = 0): ColumnRef => ({ op: 'column', input, index, type })

/** The columns of a relation as expressions. */
export const identity = (columns: readonly Column[]): ColumnRef[] => columns.map(({ type }, i) => columnRef(i, type))

export const BOOLEAN_TYPE: SqlType = { kind: 'BOOLEAN', nullable: true }
export const BIGINT_NOT_NULL: SqlType = { kind: 'BIGINT', nullable: false }

export const TRUE: Literal = { op: 'literal', type: { kind: 'BOOLEAN', nullable: false }, value: true }

/** What AND puts together, one by one. */
export function conjuncts(expr: Expr | undefined): Expr[] {
  if (!expr || isLiteral(expr, true)) return []
  if (expr.op === 'call' && expr.fn === 'AND') return expr.args.flatMap(conjuncts)
  return [expr]
}

/** All of them at once, or undefined for none. */
export function and(list: readonly Expr[]): Expr | undefined {
  const [first, ...others] = list
  if (!first) return undefined
  return others.reduce<Expr>((left, right) => {
    return { op: 'call', fn: 'AND', args: [left, right], type: { kind: 'BOOLEAN', nullable: left.type.nullable || right.type.nullable } }
  }, first)
}

export function isLiteral(expr: Expr, value: unknown): boolean {
  return expr.op === 'literal' && expr.value === value
}

export function isCall(expr: Expr, fn: string): expr is Call {
  return expr.op === 'call' && expr.fn === fn
}

/** The expression with every column replaced. */
export function mapColumns(expr: Expr, replace: (column: ColumnRef) => Expr): Expr {
  if (expr.op === 'column') return replace(expr)
  if (expr.op === 'literal') return expr
  return { ...expr, args: expr.args.map((arg) => mapColumns(arg, replace)) }
}

/** Calls `visit` for every column in it. */
export function eachColumn(expr: Expr, visit: (column: ColumnRef) => void): void {
  if (expr.op === 'column') visit(expr)
  else if (expr.op === 'call') for (const arg of expr.args) eachColumn(arg, visit)
}

export function columnsUsed(...exprs: ReadonlyArray<Expr | undefined>): Set<number> {
  const used = new Set<number>()
  for (const expr of exprs) if (expr) eachColumn(expr, ({ index }) => used.add(index))
  return used
}

/** Functions whose value depends on when or where it is asked for: an expression with one may not be copied or moved. */
const VOLATILE = new Set(['RAND', 'RAND_INTEGER', 'UUID', 'CURRENT_WATERMARK'])

export function isVolatile(expr: Expr): boolean {
  return expr.op === 'call' && (VOLATILE.has(expr.fn) || expr.args.some(isVolatile))
}

/** Whether two expressions are written the same. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a.op === 'column') return b.op === 'column' && a.index === b.index && a.input === b.input
  if (a.op === 'literal') return b.op === 'literal' && a.value === b.value && a.type.kind === b.type.kind && a.type.scale === b.type.scale
  if (b.op !== 'call' || a.fn !== b.fn || a.type.kind !== b.type.kind || a.args.length !== b.args.length || isVolatile(a)) return false
  return a.args.every((arg, i) => sameExpr(arg, b.args[i] as Expr))
}
