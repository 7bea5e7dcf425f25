import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import { typeText } from '../types/type-text.ts'
import { at, calc } from './calc.ts'
import type { PlanContext } from './context.ts'
import { identity } from './exprs.ts'
import type { Plan } from './nodes.ts'
import { finished, planQuery } from './plan-query.ts'
import { connectorOf } from './plan-scan.ts'
import { refuse } from './refuse.ts'
import type { Table } from './table.ts'
import { checkOptions } from './table-options.ts'
import { castTo, commonType } from './unify.ts'

/** Connectors that can say that a row has changed or is gone. */
const CHANGING = new Set(['upsert-kafka', 'print', 'blackhole'])

/** INSERT INTO: the query with the columns of the table, in its order and types; those that are not named are NULL. */
export function planInsert(context: PlanContext, insert: ast.Insert): { plan: Plan; sink: Table; at: ast.Span } {
  const named = context.catalog.get(insert.table)
  if (named.kind !== 'table') refuse(insert.table.at, 'INSERT INTO takes a table, and this is a view')
  const { table } = named
  if (insert.overwrite) refuse(insert.at, 'INSERT OVERWRITE is not possible on a stream', 'INSERT INTO')
  checkOptions(table, insert.table.at)
  const targets = writable(table)
  const relation = planQuery(context, insert.query)
  const plan = finished(relation, insert.at)
  const wanted =
    insert.columns.length > 0 ? insert.columns.map(({ name, at }) => position(targets, name, table, at)) : targets.map((_, i) => i)
  if (wanted.length !== plan.columns.length) {
    refuse(
      insert.query.at,
      `the query gives ${plan.columns.length} columns, and ${table.name} takes ${wanted.length}: ${wanted.map((i) => at(targets, i).name).join(', ')}`,
    )
  }
  const source = identity(plan.columns)
  const projected = targets.map(({ name, type }, i) => {
    const from = wanted.indexOf(i)
    const expr: Expr = from < 0 ? { op: 'literal', type: { ...type, nullable: true }, value: null } : at(source, from)
    return { name, expr: fitted(expr, type, name, insert.query.at) }
  })
  const out = calc(plan, projected)
  const connector = connectorOf(table)
  if (out.changing && !CHANGING.has(connector) && !(table.options.get('format') === 'debezium-json')) {
    refuse(
      insert.at,
      `table ${table.name} takes new rows only, and this query updates or deletes rows it gave before`,
      "'connector' = 'upsert-kafka' with a PRIMARY KEY takes changes",
      'group by a window, so that each result is final',
    )
  }
  if (connector === 'upsert-kafka' && table.primaryKey.length === 0)
    refuse(insert.at, `table ${table.name}: upsert-kafka needs a PRIMARY KEY`)
  return { plan: out, sink: table, at: insert.at }
}

/** The columns that an INSERT writes. */
export function writable(table: Table): Array<{ name: string; type: SqlType }> {
  return table.columns.flatMap((column) =>
    column.kind === 'computed' || (column.kind === 'metadata' && column.virtual) ? [] : [{ name: column.name, type: column.type }],
  )
}

function position(targets: ReadonlyArray<{ name: string }>, name: string, table: Table, place: ast.Span): number {
  const i = targets.findIndex((target) => target.name === name)
  return i >= 0 ? i : refuse(place, `table ${table.name} has no column ${name} to write`)
}

/** Flink casts what loses nothing; the rest is the user's to cast. */
function fitted(expr: Expr, type: SqlType, name: string, place: ast.Span): Expr {
  if (expr.type.kind === type.kind || expr.type.kind === 'NULL') return castTo(expr, type)
  const family = (kind: SqlType['kind']) => FAMILIES.findIndex((kinds) => kinds.includes(kind))
  if (family(expr.type.kind) >= 0 && family(expr.type.kind) === family(type.kind)) return castTo(expr, type)
  commonType([expr.type, type], place)
  return refuse(place, `column ${name} is ${typeText(type)}, and the query gives ${typeText(expr.type)}`, `CAST(… AS ${typeText(type)})`)
}

const FAMILIES: ReadonlyArray<ReadonlyArray<SqlType['kind']>> = [
  ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'DECIMAL', 'FLOAT', 'DOUBLE'],
  ['CHAR', 'VARCHAR'],
  ['BINARY', 'VARBINARY'],
  ['TIMESTAMP', 'TIMESTAMP_LTZ', 'DATE'],
]
