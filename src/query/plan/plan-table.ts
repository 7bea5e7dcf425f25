import type * as ast from '../sql/ast.ts'
import type { PlanContext } from './context.ts'
import { scanTable } from './plan-scan.ts'
import { refuse } from './refuse.ts'
import { named, type Relation } from './relation.ts'

/** The rows of a query of WITH, a view or a table by name. */
export function tableRows(context: PlanContext, name: ast.QualifiedName, hints: readonly ast.Hint[] = []): Relation {
  const [only, more] = name.parts
  const local = more ? undefined : context.with.get(only?.name ?? '')
  if (local) return local()
  const found = context.catalog.get(name)
  if (found.kind === 'table') return scanTable(context, found.table, hints, name.at)
  const { query, columns } = found.view
  const rows = context.planner.query({ ...context, with: new Map() }, query)
  if (columns.length > 0 && columns.length !== rows.fields.length)
    refuse(name.at, `view ${name.parts.at(-1)?.name} names ${columns.length} columns of ${rows.fields.length}`)
  return columns.length > 0
    ? named(
        rows.plan,
        undefined,
        columns.map(({ name }) => name),
      )
    : rows
}
