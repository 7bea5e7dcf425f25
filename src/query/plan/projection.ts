import type { Expr } from '../expr/expr.ts'
import { calc } from './calc.ts'
import { identity, sameExpr } from './exprs.ts'
import type { Plan } from './nodes.ts'

/** Collects the expressions that a step needs as columns below it; what is asked for twice is computed once. */
export class Projection {
  readonly #exprs: Expr[] = []
  readonly #names: string[] = []

  /** @param start columns that are there in any case, in this order */
  constructor(start?: Plan) {
    if (!start) return
    for (const [i, expr] of identity(start.columns).entries()) this.#push(expr, start.columns[i]?.name)
  }

  /** The column in which the expression will be. */
  add(expr: Expr, name?: string): number {
    const there = this.#exprs.findIndex((other) => sameExpr(other, expr))
    return there >= 0 ? there : this.#push(expr, name)
  }

  /** A column of its own for the expression, whether it is there or not. */
  copy(expr: Expr, name?: string): number {
    return this.#push(expr, name)
  }

  nameOf(column: number): string {
    return this.#names[column] ?? `$f${column}`
  }

  over(plan: Plan): Plan {
    return calc(
      plan,
      this.#exprs.map((expr, i) => ({ expr, name: this.#names[i] ?? `$f${i}` })),
    )
  }

  #push(expr: Expr, name: string | undefined): number {
    this.#exprs.push(expr)
    this.#names.push(name ?? `$f${this.#exprs.length - 1}`)
    return this.#exprs.length - 1
  }
}
