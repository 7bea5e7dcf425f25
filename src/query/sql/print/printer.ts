import type { Expression, Query } from '../ast.ts'

/** The rules that all parts of the printer need, handed in so that they do not import each other in a circle. */
export interface Printer {
  /** @param binding how tightly the place binds: an expression with a looser operator gets parentheses */
  expression(node: Expression, binding?: number): string
  /** @param separator between the clauses: a space, or a line break at the top of a statement */
  query(node: Query, separator?: string): string
}
