import { bindValue } from '../expr/bind.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import { MatchBinder, type MatchNames } from './match-binder.ts'
import type { MatchExpressions } from './nodes.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { functionName } from './walk.ts'

/** All measures of a match, one after the other. */
export class MeasureBinder extends MatchBinder {
  protected readonly clause = 'MEASURES'
  protected readonly subsets = true
  readonly #time: 'row' | 'proc'
  readonly #exprs: Expr[] = []

  constructor(context: PlanContext, input: Relation, names: MatchNames, time: 'row' | 'proc') {
    super(context, input, names)
    this.#time = time
  }

  /** A measure's type; MATCH_ROWTIME and MATCH_PROCTIME stay times of the stream. */
  add(node: ast.Expression): { type: SqlType; time?: 'row' | 'proc' } {
    const expr = bindValue(node, this.scope(undefined))
    this.#exprs.push(expr)
    if (expr.op === 'column' && expr.input === -1) return { type: expr.type, time: 'row' }
    if (expr.op === 'call' && expr.fn === 'PROCTIME') return { type: expr.type, time: 'proc' }
    return { type: expr.type }
  }

  finished(): MatchExpressions {
    return this.expressions(this.#exprs)
  }

  protected matchTime(type: SqlType, node: ast.Call): Expr {
    if (this.#time === 'proc')
      refuse(node.at, 'MATCH_ROWTIME needs rows ordered by a row time, and these go by the clock', 'MATCH_PROCTIME()')
    return columnRef(0, type, -1)
  }

  protected special(node: ast.Call | ast.MatchSemantics): Expr {
    if (node.kind === 'call')
      return refuse(node.at, `${functionName(node)} cannot stand in MEASURES`, 'LAST(A.x, 1) is the row of A before its last')
    if (node.semantics === 'RUNNING')
      return refuse(node.at, 'RUNNING is not supported, nor is it by Flink: with one row per match it is FINAL', 'leave it out')
    return bindValue(node.operand, this.scope(undefined))
  }
}
