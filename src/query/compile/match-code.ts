import { CodeWriter, type ColumnSource } from '../expr/code-writer.ts'
import type { Generated } from '../expr/expr.ts'
import { generateExpression } from '../expr/generate.ts'
import type { Session } from '../expr/session.ts'
import type { MatchAggregates } from '../operators/match-aggregates.ts'
import type { Partition, Run } from '../operators/match-run.ts'
import type { MatchCondition } from '../operators/match-search.ts'
import type { Row } from '../operators/operator.ts'
import { ANY_VARIABLE, type MatchExpressions, type MatchRow, NO_VARIABLE } from '../plan/nodes.ts'
import { type Compiled, isTrue, orNull } from './row-code.ts'

/** The measures of a match: its row but for the partition columns. `end` is the number of the row behind its last. */
export type MatchMeasures = (partition: Partition, run: Run, end: number, time: number) => unknown[]

/** Where the rows of a variable begin and end, as source; `seq` is the row that is tried, where there is one. */
type Bounds = (variable: number) => readonly [from: string, behind: string]

/**
 * The condition of a variable: true only where DEFINE is TRUE. The row that is tried counts as one of the variable's already.
 *
 * @param aggregates its own, with their numbers among all that a run keeps
 */
export function compileMatchCondition(
  condition: MatchExpressions,
  variable: number,
  aggregates: ReadonlyArray<readonly [MatchAggregates, number]>,
  session: Session,
): Compiled<MatchCondition> {
  const bounds: Bounds = (other) => {
    if (other === ANY_VARIABLE) return ['Math.min(run.start, seq)', 'seq + 1']
    if (other !== variable) return [`run.bounds[${2 * other}]`, `run.bounds[${2 * other + 1}]`]
    return [`(run.bounds[${2 * other}] === -1 ? seq : run.bounds[${2 * other}])`, 'seq + 1']
  }
  const writer = new CodeWriter(
    source(condition, bounds, (i, each) => {
      const [of, number] = aggregates[i] as readonly [MatchAggregates, number]
      return `${each.constant(of, 'aggregates')}.results(run.accs[${number}]${of.sees(variable) ? ', row0' : ''})`
    }),
  )
  const [expr] = condition.exprs
  if (!expr) throw new Error('a condition without an expression')
  writer.line(`return ${isTrue(generateExpression(expr, writer, session))}`)
  return writer.build(['row0', 'partition', 'run', 'seq'], 'define')
}

/** All measures at once. */
export function compileMeasures(
  measures: MatchExpressions,
  aggregates: readonly MatchAggregates[],
  session: Session,
): Compiled<MatchMeasures> {
  const bounds: Bounds = (variable) =>
    variable === ANY_VARIABLE ? ['run.start', 'end'] : [`run.bounds[${2 * variable}]`, `run.bounds[${2 * variable + 1}]`]
  const writer = new CodeWriter(
    source(measures, bounds, (i, each) => `${each.constant(aggregates[i], 'aggregates')}.final(partition, run, end)`),
  )
  const values = measures.exprs.map((expr) => orNull(generateExpression(expr, writer, session)))
  writer.line(`return [${values.join(', ')}]`)
  return writer.build(['partition', 'run', 'end', 'time'], 'measures')
}

/** Columns by what {@link MatchExpressions} says of their input. Each row and each list of results is looked up once. */
function source(expressions: MatchExpressions, bounds: Bounds, results: (aggregate: number, writer: CodeWriter) => string): ColumnSource {
  const names = new Map<number, string>()
  const once = (input: number, writer: CodeWriter, code: () => string): string => {
    let name = names.get(input)
    if (name === undefined) {
      name = writer.fresh(input > 0 ? 'r' : 'g')
      writer.head(`const ${name} = ${code()}`)
      names.set(input, name)
    }
    return name
  }
  return (input, index, writer) => {
    if (input === -1) return { value: 'time', isNull: 'false' }
    if (input === 0) return column(writer, `row0[${index}]`)
    if (input < 0) return column(writer, `${once(input, writer, () => results(-2 - input, writer))}[${index}]`)
    const row = expressions.rows[input - 1]
    if (!row || row.variable === NO_VARIABLE) return { value: 'null', isNull: 'true' }
    const name = once(input, writer, () => rowCode(row, bounds, writer))
    return column(writer, `${name} === undefined ? null : ${name}[${index}]`)
  }
}

/** The row, or undefined where the variable has not so many. */
function rowCode({ variable, first, offset }: MatchRow, bounds: Bounds, writer: CodeWriter): string {
  const [from, behind] = bounds(variable)
  const at = writer.fresh('i')
  writer.head(`const ${at} = ${first ? `${from} + ${offset}` : `${behind} - ${offset + 1}`}`)
  return `${first ? `${at} < ${behind}` : `${at} >= ${from}`} ? partition.rows[${at} - partition.base] : undefined`
}

function column(writer: CodeWriter, code: string): Generated {
  const [value, isNull] = [writer.fresh('c'), writer.fresh('n')]
  writer.head(`const ${value} = ${code}`)
  writer.head(`const ${isNull} = ${value} === null`)
  return { value, isNull }
}

/** Whether a condition looks at the row alone. */
export const isLocal = ({ rows, aggregates }: MatchExpressions): boolean => rows.length === 0 && aggregates.length === 0

/** The row of a match: partition columns, then measures. */
export function matchRow(partition: readonly number[], first: Row, measures: readonly unknown[]): Row {
  return partition.length === 0 ? measures : [...partition.map((column) => first[column]), ...measures]
}
