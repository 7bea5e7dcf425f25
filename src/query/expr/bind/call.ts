import { nearest } from '../../../base/nearest.ts'
import type * as ast from '../../sql/ast.ts'
import { callableFunctions, functionNamed } from '../catalogue.ts'
import type { Expr, Place } from '../expr.ts'
import type { BindContext } from '../functions/entry.ts'
import { planError } from '../plan-error.ts'
import type { Scope } from '../scope.ts'
import { fold } from './fold.ts'
/** What the parts of the binder have of each other. */
export interface Binding {
  readonly scope: Scope
  bind(node: ast.Expression): Expr
  all(nodes: readonly ast.Expression[]): Expr[]
  /** A call of the catalogue: checked, cast, folded. */
  call(name: string, args: readonly Expr[], node: ast.Node): Expr
  refuse(node: ast.Node, reason: string, suggestions?: readonly string[]): never
}

/** Builds a call of the catalogue as SQL text would: checked, cast, folded. For planners that make calls of their own. */
export function bindCall(name: string, args: readonly Expr[], scope: Scope, at?: Place): Expr {
  const entry = functionNamed(name)
  if (!entry) throw unknownFunction(name, at)
  return folded(entry.bind(args, contextOf(name, at, scope)), scope, at)
}

export function folded(expr: Expr, scope: Scope, at: Place | undefined): Expr {
  return scope.keepConstants ? expr : fold(expr, scope.session, at)
}

export function contextOf(name: string, at: Place | undefined, scope: Scope): BindContext {
  return {
    name,
    at,
    session: scope.session,
    refuse: (reason, suggestions) => {
      throw planError(at, reason, suggestions)
    },
  }
}

export function unknownFunction(name: string, at: Place | undefined): Error {
  const known = callableFunctions().flatMap((entry) => entry.names)
  const meant = nearest(name.toUpperCase(), known)
  return planError(
    at,
    `there is no function ${name}`,
    meant ? [`did you mean ${functionNamed(meant)?.usage ?? meant}?`] : ["functions are Flink 2.2's; this one is not, or not yet"],
  )
}

/** The same, not folded. */
export function bindUnfolded(name: string, args: readonly Expr[], scope: Scope, at: Place): Expr {
  const entry = functionNamed(name)
  if (!entry) throw unknownFunction(name, at)
  return entry.bind(args, contextOf(name, at, scope))
}
