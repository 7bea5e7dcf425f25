import type { AggregateCall } from '../aggregates/aggregate.ts'
import { bindCall, bindValue } from '../expr/bind.ts'
import type { ColumnRef, Expr, Place } from '../expr/expr.ts'
import { fieldOf } from '../expr/functions/collection-make.ts'
import type { Scope } from '../expr/scope.ts'
import type * as ast from '../sql/ast.ts'
import { timestamp, withNullable } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { aggregateCall, isAggregate } from './aggregate-calls.ts'
import { columnOf, type PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import { MatchAggregateCalls } from './match-aggregate-calls.ts'
import { ANY_VARIABLE, type MatchExpressions, type MatchRow, NO_VARIABLE } from './nodes.ts'
import type { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { functionName, walk } from './walk.ts'

/** What may stand before a column. */
export interface MatchNames {
  readonly variables: readonly string[]
  readonly others: { readonly subsets: readonly string[]; readonly unused: readonly string[] }
}

/** Which row of a variable a column is of: FIRST or LAST, and so many from there. */
export type Navigation = Omit<MatchRow, 'variable'>
/** That of a column without FIRST or LAST. */
export const LAST: Navigation = { first: false, offset: 0 }

/** Binds expressions over the rows of a match: what MEASURES and DEFINE have in common. */
export abstract class MatchBinder {
  protected readonly context: PlanContext
  readonly #input: Relation
  readonly #names: MatchNames
  readonly #rows: MatchRow[] = []
  readonly #aggregates: MatchAggregateCalls

  constructor(context: PlanContext, input: Relation, names: MatchNames) {
    this.context = context
    this.#input = input
    this.#names = names
    this.#aggregates = new MatchAggregateCalls(input.plan.columns)
  }

  protected abstract readonly clause: 'MEASURES' | 'DEFINE'

  /** PREV and NEXT, FINAL and RUNNING, as the clause has them. */
  protected abstract special(node: ast.Call | ast.MatchSemantics): Expr
  protected abstract matchTime(type: SqlType, node: ast.Call): Expr
  /** The row in question, where that is what a variable's row is. */
  protected isCurrent(_variable: number, _navigation: Navigation): boolean {
    return false
  }

  /** Names of SUBSET are known to MEASURES alone. */
  protected abstract readonly subsets: boolean

  protected expressions(exprs: readonly Expr[]): MatchExpressions {
    return { exprs, rows: this.#rows, aggregates: this.#aggregates.finished() }
  }

  protected scope(navigation: Navigation | undefined): Scope {
    return this.#scope(
      (parts, place) => this.#column(parts, place, (variable, index, type) => this.#at(variable, navigation ?? LAST, index, type)),
      (node) => this.#replaced(node, navigation !== undefined),
    )
  }

  #scope(column: Scope['column'], onCall: NonNullable<Scope['onCall']>): Scope {
    return { session: this.context.session, column, onCall }
  }

  /** `A.x`, `x`, and the fields of a ROW behind them. */
  #column(parts: readonly ast.Identifier[], place: Place, of: (variable: number, index: number, type: SqlType) => Expr): Expr {
    const span = { start: place, end: place }
    const variable = this.#variable(parts)
    const names = (variable === undefined ? parts : parts.slice(1)).map(({ name }) => name)
    const { expr, rest } = columnOf(this.#input, names, span)
    if (expr.op !== 'column') return expr
    return rest.reduce<Expr>(
      (operand, name) =>
        fieldOf(operand, name, {
          name: '.',
          at: place,
          session: this.context.session,
          refuse: (reason, more) => refuse(span, reason, ...(more ?? [])),
        }),
      of(variable ?? ANY_VARIABLE, expr.index, expr.type),
    )
  }

  /** The variable that a column is qualified by; undefined where it stands alone. */
  #variable(parts: readonly ast.Identifier[]): number | undefined {
    const [first, second] = parts
    if (!first || !second) return undefined
    const { variables, others } = this.#names
    const number = variables.indexOf(first.name)
    if (number >= 0) return number
    if (others.unused.includes(first.name)) return NO_VARIABLE
    if (others.subsets.includes(first.name)) {
      if (this.subsets) return NO_VARIABLE
      refuse(first.at, `SUBSET ${first.name} cannot stand in DEFINE, nor can it in Flink`)
    }
    const isColumn = this.#input.fields.some(({ name }) => name === first.name)
    if (isColumn) return undefined
    return refuse(first.at, `there is no pattern variable ${first.name}`, `there are ${variables.join(', ')}`)
  }

  #at(variable: number, navigation: Navigation, index: number, type: SqlType): ColumnRef {
    if (this.isCurrent(variable, navigation)) return columnRef(index, type)
    const { first, offset } = navigation
    const known = this.#rows.findIndex((row) => row.variable === variable && row.first === first && row.offset === offset)
    const row = known >= 0 ? known : this.#rows.push({ variable, first, offset }) - 1
    return columnRef(index, withNullable(type, true), row + 1)
  }

  #replaced(node: ast.Expression, nested: boolean): Expr | undefined {
    if (node.kind === 'matchSemantics') return this.special(node)
    if (node.kind !== 'call' || node.over) return undefined
    const name = functionName(node)
    switch (name) {
      case 'FIRST':
      case 'LAST':
        if (nested) return this.#nested(node)
        return this.#navigation(node, name === 'FIRST')
      case 'PREV':
      case 'NEXT':
        return nested ? this.#nested(node) : this.special(node)
      case 'CLASSIFIER':
      case 'MATCH_NUMBER':
        return refuse(node.at, `${name}() is not supported, nor is it by Flink`, 'COUNT(A.x) > 0 tells whether A took rows')
      case 'MATCH_ROWTIME':
        return this.matchTime(this.#timeType(node), node)
      case 'MATCH_PROCTIME':
        return bindCall('PROCTIME', [], this.scope(undefined), node.at.start)
      default:
        if (!isAggregate(name)) return undefined
        return nested ? this.#nested(node) : this.#aggregate(node, name)
    }
  }

  #nested(node: ast.Call): never {
    return refuse(node.at, `${functionName(node)} cannot stand inside of FIRST, LAST, PREV or an aggregate`, 'one of them at a time')
  }

  /** `LAST(A.x + A.y, 1)`: the expression over that row. */
  #navigation(node: ast.Call, first: boolean): Expr {
    const [operand, offset] = this.operands(node)
    this.#oneVariable(node)
    return this.bindOperand(operand, { first, offset })
  }

  protected bindOperand(operand: ast.Expression, navigation: Navigation): Expr {
    return bindValue(operand, this.scope(navigation))
  }

  /** The operand of FIRST, LAST, PREV and NEXT, and the constant behind it. */
  protected operands(node: ast.Call, otherwise = 0): [operand: ast.Expression, offset: number] {
    const [operand, offset, more] = node.arguments
    const name = functionName(node)
    const plain = (argument: ast.CallArgument | undefined): argument is ast.Expression =>
      argument !== undefined && !['star', 'namedArgument', 'tableArgument', 'descriptor', 'default'].includes(argument.kind)
    if (!plain(operand) || more) refuse(node.at, `${name} takes a value and a number of rows: ${name}(A.x, 1)`)
    if (offset === undefined) return [operand, otherwise]
    const rows = offset.kind === 'number' ? Number(offset.text) : Number.NaN
    if (!Number.isSafeInteger(rows) || rows < 0) refuse(offset.at, `the second argument of ${name} is a constant number of rows, 0 or more`)
    return [operand, rows]
  }

  #aggregate(node: ast.Call, name: string): Expr {
    if (node.distinct) refuse(node.at, `${name}(DISTINCT …) in ${this.clause} is not supported, nor is it by Flink`)
    if (node.filter)
      refuse(node.filter.at, `FILTER in ${this.clause} is not supported, nor is it by Flink`, `${name}(CASE WHEN … THEN A.x END)`)
    const variable = this.#oneVariable(node)
    const plain = (parts: readonly ast.Identifier[], place: Place) => this.#column(parts, place, (_, index, type) => columnRef(index, type))
    const scope = this.#scope(plain, (inner) => this.#replaced(inner, true))
    const call = (below: Projection): AggregateCall => aggregateCall(this.context, node, below, (inner) => bindValue(inner, scope), true)
    return this.#aggregates.add(variable, call)
  }

  /** The one variable that an aggregate, FIRST or LAST is of. */
  #oneVariable(node: ast.Call): number {
    const found = new Map<number, string>()
    let isStar = false
    for (const argument of node.arguments) {
      if (argument.kind === 'star') {
        if (argument.qualifier)
          refuse(argument.at, `${functionName(node)} of all columns of a variable is not supported, nor is it by Flink`, 'COUNT(A.x)')
        isStar = true
        continue
      }
      walk(argument as ast.Expression, (inner) => {
        if (inner.kind !== 'column') return true
        const variable = this.#variable(inner.parts)
        found.set(variable ?? ANY_VARIABLE, variable === undefined ? 'all rows' : (inner.parts[0]?.name ?? ''))
        return false
      })
    }
    if (found.size > 1)
      refuse(
        node.at,
        `${functionName(node)} looks at the rows of ${[...found.values()].join(' and ')} at once`,
        'one pattern variable in each call',
      )
    if (found.size === 0 && !isStar && isAggregate(functionName(node)))
      refuse(
        node.at,
        `${functionName(node)} names no column, so it is not clear over which rows it goes`,
        'COUNT(*) counts all rows of the match',
      )
    return [...found.keys()][0] ?? ANY_VARIABLE
  }

  /** MATCH_ROWTIME() is a TIMESTAMP, MATCH_ROWTIME(ts) has the type of that time. */
  #timeType(node: ast.Call): SqlType {
    const [argument, more] = node.arguments
    if (!argument) return withNullable(timestamp(3), false)
    const parts = argument.kind === 'column' && !more ? argument.parts : undefined
    const expr = parts && this.#column(parts, argument.at.start, (_, index, type) => columnRef(index, type))
    const column = expr?.op === 'column' ? this.#input.plan.columns[expr.index] : undefined
    if (column?.time !== 'row') return refuse(argument.at, 'MATCH_ROWTIME takes the row time of the table, or nothing')
    return withNullable(column.type, false)
  }
}
