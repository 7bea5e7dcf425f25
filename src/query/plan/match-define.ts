import { bindCondition } from '../expr/bind.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import { LAST, MatchBinder, type MatchNames, type Navigation } from './match-binder.ts'
import { ANY_VARIABLE, type MatchExpressions } from './nodes.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { functionName } from './walk.ts'

/** The condition of one variable: the row in question is its last row already. */
export class DefineBinder extends MatchBinder {
  protected readonly clause = 'DEFINE'
  protected readonly subsets = false
  readonly #variable: number
  readonly #time: number

  /** @param time the column of the time that rows are ordered by */
  constructor(context: PlanContext, input: Relation, names: MatchNames, variable: number, time: number) {
    super(context, input, names)
    this.#variable = variable
    this.#time = time
  }

  condition(node: ast.Expression): MatchExpressions {
    return this.expressions([bindCondition(node, this.scope(undefined), 'DEFINE')])
  }

  protected override isCurrent(variable: number, { first, offset }: Navigation): boolean {
    return !first && offset === 0 && (variable === this.#variable || variable === ANY_VARIABLE)
  }

  protected matchTime(type: SqlType): Expr {
    return columnRef(this.#time, type)
  }

  protected special(node: ast.Call | ast.MatchSemantics): Expr {
    if (node.kind === 'matchSemantics')
      return refuse(node.at, `${node.semantics} is for MEASURES: DEFINE looks at the rows so far in any case`)
    const [operand, offset] = this.operands(node, 1)
    if (functionName(node) === 'PREV' && offset === 0) return this.bindOperand(operand, LAST)
    return refuse(
      node.at,
      `${functionName(node)} is not supported, nor is it by Flink: it looks at rows that no variable took`,
      'LAST(A.x, 1) is the row of A before this one',
    )
  }
}
