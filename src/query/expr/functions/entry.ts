import type { SqlType } from '../../types/sql-type.ts'
import type { Call, CodeContext, Expr, Generated, Place } from '../expr.ts'
import type { Session } from '../session.ts'

/** One function of the catalogue: how its arguments are checked and what code it becomes. */
export interface FunctionEntry {
  /** The name in {@link Call.fn} first, then other names that SQL has for it. Upper case. */
  readonly names: readonly string[]
  /** For error texts and docs: `SUBSTRING(text, from [, length])`. */
  readonly usage: string
  /** Not to be folded: it depends on the clock, on chance, or on the row. */
  readonly volatile?: boolean
  /** Not to be folded: what stands around it must see the call (JSON_OBJECT in JSON_OBJECT is no text). */
  readonly kept?: boolean
  /** Not a function that SQL text can call by name: an operator or special form that the binder writes. */
  readonly internal?: boolean
  /** Checks types, adds implicit casts, gives the call its type. Refusals through `context.refuse`. */
  bind(args: readonly Expr[], context: BindContext): Expr
  generate(call: Call, gen: Generator): Generated
}

export interface BindContext {
  /** As written in the text. */
  readonly name: string
  readonly at: Place | undefined
  readonly session: Session
  refuse(reason: string, suggestions?: readonly string[]): never
}

/** Code generation of one expression tree into one context. */
export interface Generator {
  readonly code: CodeContext
  readonly session: Session
  /** Writes the statements of a sub-expression now; the caller decides about the braces around them. */
  expr(expr: Expr): Generated
}

/** A value of the type for where there is NULL: it keeps generated locals monomorphic. */
export function emptyValue(type: SqlType): string {
  switch (type.kind) {
    case 'BOOLEAN':
      return 'false'
    case 'CHAR':
    case 'VARCHAR':
      return "''"
    case 'BINARY':
    case 'VARBINARY':
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
    case 'ROW':
    case 'NULL':
      return 'null'
    default:
      return '0'
  }
}
