import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import { type PlanContext, tryBind } from './context.ts'
import type { Relation } from './relation.ts'

/** Conditions of WHERE that a join below it may take for its own, so that `FROM a, b WHERE a.id = b.id` is a join by id. */
export class Pending {
  readonly conditions: ast.Expression[]

  constructor(conditions: readonly ast.Expression[]) {
    this.conditions = [...conditions]
  }

  /** Takes those out that can be bound over the relation. */
  take(context: PlanContext, relation: Relation): Expr[] {
    const taken: Expr[] = []
    for (const node of [...this.conditions]) {
      const expr = tryBind(context, relation, node)
      if (!expr) continue
      taken.push(expr)
      this.conditions.splice(this.conditions.indexOf(node), 1)
    }
    return taken
  }
}
