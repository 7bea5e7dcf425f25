import type { Expr } from '../expr/expr.ts'
import type { Expression } from '../sql/ast.ts'
import type { Column, SqlType } from '../types/sql-type.ts'

/** A column as CREATE TABLE has it. */
export type TableColumn =
  | { readonly kind: 'physical'; readonly name: string; readonly type: SqlType }
  /** `key`: what the connector calls it (`timestamp`, `headers`, `partition`, `offset` …). */
  | { readonly kind: 'metadata'; readonly name: string; readonly type: SqlType; readonly key: string; readonly virtual: boolean }
  | { readonly kind: 'computed'; readonly name: string; readonly expression: Expression }

/** A table: what a script created, or a topic of the bus by its name. */
export interface Table {
  readonly name: string
  readonly columns: readonly TableColumn[]
  readonly watermark?: { readonly column: string; readonly expression: Expression }
  readonly primaryKey: readonly string[]
  /** WITH, and OPTIONS hints laid over it. */
  readonly options: ReadonlyMap<string, string>
}

/** A table whose expressions are bound: `read` gives the physical and metadata columns, in this order, to the Calc that computes the others. */
export interface BoundTable {
  readonly read: readonly Column[]
  readonly all: readonly Column[]
  /** Over the columns read. */
  readonly projection: readonly Expr[]
  readonly watermark?: { readonly column: number; readonly expr: Expr }
}
