import type { Expression, Identifier } from '../sql/ast.ts'
import type { Expr, Place } from './expr.ts'
import type { Session } from './session.ts'

/** What an expression may refer to: the planner's side of binding. */
export interface Scope {
  readonly session: Session
  /** Leaves constants as they are written: for tests, which make columns of them. */
  readonly keepConstants?: boolean
  /**
   * The column `a`, `t.a`, and the field of a row behind it `t.a.b` (fieldOf reads one). Throws a planError with the nearest name when there
   * is none, or when there are two.
   */
  column(parts: readonly Identifier[], at: Place): Expr
  /**
   * Asked about every node before it is bound: what the planner knows better (aggregates, OVER, window columns, sub-queries, functions of
   * MATCH_RECOGNIZE). Undefined: bind it as usual.
   */
  onCall?(ast: Expression): Expr | undefined
}

/** A scope without columns, for constants. */
export function constantScope(session: Session, onColumn: (parts: readonly Identifier[], at: Place) => never): Scope {
  return { session, column: onColumn }
}
