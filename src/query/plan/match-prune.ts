import type { Expr } from '../expr/expr.ts'
import { picked } from './calc.ts'
import { columnsUsed, eachColumn, mapColumns } from './exprs.ts'
import type { Match, MatchAggregate, MatchExpressions } from './nodes.ts'

/** The step over only those columns that it looks at: rows wait and are held by it, and the scan need not read the others. */
export function pruned(step: Match): Match {
  const used = new Set([...step.partition, ...step.order.map(({ column }) => column)])
  for (const { condition } of step.pattern) if (condition) note(condition, used)
  note(step.measures, used)
  const kept = [...used].sort((a, b) => a - b)
  if (kept.length === step.input.columns.length) return step
  const moved = (column: number): number => kept.indexOf(column)
  return {
    ...step,
    input: picked(step.input, kept),
    partition: step.partition.map(moved),
    order: step.order.map((key) => ({ ...key, column: moved(key.column) })),
    pattern: step.pattern.map((variable) => ({
      ...variable,
      ...(variable.condition && { condition: shifted(variable.condition, moved) }),
    })),
    measures: shifted(step.measures, moved),
  }
}

/** Columns of rows; inputs below 0 are no rows. */
function note({ exprs, aggregates }: MatchExpressions, used: Set<number>): void {
  for (const expr of exprs) eachColumn(expr, ({ input, index }) => input >= 0 && used.add(index))
  for (const { projection, calls } of aggregates) {
    const columns = projection ? columnsUsed(...projection) : calls.flatMap(({ args }) => args)
    for (const column of columns) used.add(column)
  }
}

function shifted({ exprs, rows, aggregates }: MatchExpressions, moved: (column: number) => number): MatchExpressions {
  const inRows = (expr: Expr): Expr =>
    mapColumns(expr, (column) => (column.input >= 0 ? { ...column, index: moved(column.index) } : column))
  return { exprs: exprs.map(inRows), rows, aggregates: aggregates.map((each) => shiftedAggregate(each, inRows, moved)) }
}

function shiftedAggregate(
  { variable, projection, calls }: MatchAggregate,
  inRows: (expr: Expr) => Expr,
  moved: (column: number) => number,
): MatchAggregate {
  if (projection) return { variable, projection: projection.map(inRows), calls }
  return { variable, calls: calls.map((call) => ({ ...call, args: call.args.map(moved) })) }
}
