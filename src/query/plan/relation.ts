import type { ColumnRef } from '../expr/expr.ts'
import { at } from './calc.ts'
import { columnRef } from './exprs.ts'
import type { Plan } from './nodes.ts'

/** A plan whose columns have names in scope: what FROM gives. */
export interface Relation {
  readonly plan: Plan
  /** As many as the plan's columns. */
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  /** The table's alias, or its name. */
  readonly qualifier?: string
  /** A side's own column of USING: found by its table's name alone, and not by `*`. */
  readonly hidden?: true
}

/** A plan under one name. */
export function named(plan: Plan, qualifier: string | undefined, names?: readonly string[]): Relation {
  const fields = plan.columns.map(({ name }, i) => ({ name: names?.[i] ?? name, ...(qualifier !== undefined && { qualifier }) }))
  return { plan, fields }
}

/** The columns that a name of some parts could mean, and the parts left over (fields of a ROW). */
export function resolve(fields: readonly Field[], parts: readonly string[]): Array<{ index: number; rest: readonly string[] }> {
  const [first, second] = parts
  const qualified = fields.flatMap((field, index) => {
    return second !== undefined && field.qualifier === first && field.name === second ? [{ index, rest: parts.slice(2) }] : []
  })
  if (qualified.length > 0) return qualified
  return fields.flatMap((field, index) => (field.name === first && !field.hidden ? [{ index, rest: parts.slice(1) }] : []))
}

export const refTo = (plan: Plan, index: number): ColumnRef => columnRef(index, at(plan.columns, index).type)

/** One row without columns: what FROM-less parts stand on. */
export function unit(): Relation {
  return { plan: { step: 'values', rows: [[]], columns: [], changing: false, unique: [] }, fields: [] }
}
