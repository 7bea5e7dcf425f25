import type { SqlType } from '../types/sql-type.ts'

/** A place in the text of a script: offset in UTF-16 units from 0, line and column from 1. */
export interface Place {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/**
 * An expression whose names are resolved and whose types are known: what the code generator takes.
 * Implicit casts have become explicit calls of CAST; every argument has the type that its function was resolved for.
 */
export type Expr = Literal | ColumnRef | Call

export interface Literal {
  readonly op: 'literal'
  readonly type: SqlType
  /** As {@link SqlType} says a value of that type looks at run time; null for NULL. */
  readonly value: unknown
}

/** A column of one of the inputs: input 0 has most operators' row, 1 the right side of a join. */
export interface ColumnRef {
  readonly op: 'column'
  readonly type: SqlType
  readonly input: number
  readonly index: number
}

export interface Call {
  readonly op: 'call'
  readonly type: SqlType
  /** The name in the catalogue of functions, upper case: `PLUS`, `EQUALS`, `CASE`, `CAST`, `SUBSTRING` … */
  readonly fn: string
  readonly args: readonly Expr[]
  readonly at?: Place
}

/**
 * An expression as JavaScript source: two expressions cheap enough to be repeated (a local's name or a literal).
 * The statements before them went to {@link CodeContext.line}. Where `isNull` is true, `value` is unspecified but never throws.
 */
export interface Generated {
  readonly value: string
  /** `'false'` when it cannot be NULL, `'true'` when it is. */
  readonly isNull: string
}

/** Where generated code goes. One context is one function body. */
export interface CodeContext {
  /** Adds a statement, or an opening or a closing brace. */
  line(js: string): void
  /** A new local name; its declaration is up to the caller. */
  fresh(prefix: string): string
  /** A name under which the generated code finds this value (a helper function, a regular expression, a Buffer). The same value gets the same name. */
  constant(value: unknown, hint?: string): string
  column(input: number, index: number): Generated
}
