import type * as ast from '../sql/ast.ts'
import type { Column } from '../types/sql-type.ts'
import { at } from './calc.ts'
import { bind, constant, type PlanContext } from './context.ts'
import { DefineBinder } from './match-define.ts'
import { MeasureBinder } from './match-measures.ts'
import { type PatternPart, patternParts } from './match-pattern.ts'
import type { Match, MatchSkip, MatchVariable, Plan, SortKey } from './nodes.ts'
import { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'

/**
 * MATCH_RECOGNIZE with Flink's constructs and Flink's refusals. Gives out the partition columns, then the measures.
 *
 * @param from the rows that are searched
 */
export function planMatch(context: PlanContext, match: ast.MatchRecognize, from: Relation): Relation {
  if (from.plan.changing)
    refuse(
      match.at,
      'MATCH_RECOGNIZE takes rows that stay as they are, and these are taken back and changed',
      'match over the rows before they are aggregated',
    )
  if (match.rows === 'ALL')
    refuse(
      match.at,
      'ALL ROWS PER MATCH is not supported, nor is it by Flink',
      'ONE ROW PER MATCH, with FIRST, LAST and ARRAY_AGG as measures',
    )
  if (match.measures.length === 0)
    refuse(match.at, 'MATCH_RECOGNIZE needs MEASURES: they are what a match gives out', 'MEASURES FIRST(A.id) AS first_id')
  // Rows have no table around them here: names of columns stand alone or behind a pattern variable.
  const input: Relation = { plan: from.plan, fields: from.fields.map(({ name }) => ({ name })) }
  const partition = match.partitionBy.map((node) => partitionColumn(context, from, node))
  const { plan, order } = ordered(context, from, match)
  const time = at(plan.columns, at(order, 0).column).time as 'row' | 'proc'
  const parts = patternParts(match)
  const names = { variables: parts.map(({ name }) => name), others: otherNames(match, parts) }
  const pattern = parts.map((part, i): MatchVariable => {
    const definition = match.define.find(({ variable }) => variable.name === part.name)
    const { at: _, ...rest } = part
    if (!definition) return rest
    return { ...rest, condition: new DefineBinder(context, input, names, i, at(order, 0).column).condition(definition.condition) }
  })
  const measures = new MeasureBinder(context, input, names, time)
  const measured = match.measures.map(({ expression, alias }): Column => ({ name: alias.name, ...measures.add(expression) }))
  const columns = [...partition.map((i): Column => at(plan.columns, i)), ...measured]
  distinctNames(match, columns)
  const within = withinOf(context, match)
  const step: Match = {
    step: 'match',
    input: plan,
    partition,
    order,
    time,
    pattern,
    measures: measures.finished(),
    after: afterOf(match, parts),
    ...(within !== undefined && { within }),
    columns,
    changing: false,
    unique: [],
  }
  return { plan: step, fields: columns.map(({ name }) => ({ name })) }
}

function partitionColumn(context: PlanContext, from: Relation, node: ast.Expression): number {
  const key = bind(context, from, node)
  return key.op === 'column' ? key.index : refuse(node.at, 'PARTITION BY of MATCH_RECOGNIZE takes columns', 'compute it in a sub-query')
}

/** The rows with what ORDER BY needs of them, and the order: a time attribute first, ascending. */
function ordered(context: PlanContext, from: Relation, match: ast.MatchRecognize): { plan: Plan; order: readonly SortKey[] } {
  const [first, second] = match.orderBy
  const byTime = 'ORDER BY the column that has the WATERMARK'
  if (!first) refuse(match.at, 'MATCH_RECOGNIZE needs ORDER BY a time of the stream', byTime)
  const below = new Projection(from.plan)
  const order = match.orderBy.map(({ expression, descending, nulls }): SortKey => {
    return { column: below.add(bind(context, from, expression)), descending, nullsFirst: nulls ? nulls === 'FIRST' : !descending }
  })
  const plan = below.over(from.plan)
  const { time } = at(plan.columns, at(order, 0).column)
  if (!time) refuse(first.at, 'ORDER BY of MATCH_RECOGNIZE begins with a time of the stream', byTime)
  if (first.descending) refuse(first.at, 'time goes forward: the first column of ORDER BY is ascending', 'leave DESC out')
  if (time === 'proc' && second) refuse(second.at, 'rows that are taken as they come have no further order', 'ORDER BY a row time')
  return { plan, order }
}

/** Names that are no variables of the pattern, yet may stand before a column: Flink finds no rows for them. */
function otherNames(match: ast.MatchRecognize, parts: readonly PatternPart[]): { subsets: readonly string[]; unused: readonly string[] } {
  const isPart = (name: string) => parts.some((part) => part.name === name)
  for (const { name, variables, at: place } of match.subsets) {
    if (isPart(name.name)) refuse(place, `SUBSET ${name.name} has the name of a pattern variable`)
    const unknown = variables.find((variable) => !isPart(variable.name))
    if (unknown)
      refuse(unknown.at, `there is no pattern variable ${unknown.name}`, `there are ${parts.map((part) => part.name).join(', ')}`)
  }
  for (const [i, { variable }] of match.define.entries()) {
    if (match.define.findIndex((other) => other.variable.name === variable.name) < i)
      refuse(variable.at, `DEFINE has ${variable.name} twice`, 'put the conditions together by AND')
  }
  const defined = match.define.map(({ variable }) => variable.name)
  return { subsets: match.subsets.map(({ name }) => name.name), unused: defined.filter((name) => !isPart(name)) }
}

function afterOf({ after }: ast.MatchRecognize, parts: readonly PatternPart[]): MatchSkip {
  // Flink's default, other than the standard's.
  if (!after || after.skip === 'NEXT ROW') return { to: 'NEXT_ROW' }
  if (after.skip === 'PAST LAST ROW') return { to: 'PAST_LAST_ROW' }
  const variable = parts.findIndex(({ name }) => name === after.variable?.name)
  if (variable < 0)
    refuse(after.at, `there is no pattern variable ${after.variable?.name}`, `there are ${parts.map(({ name }) => name).join(', ')}`)
  return { to: after.skip, variable }
}

/** ms; a WITHIN of nothing bounds nothing, as in Flink. */
function withinOf(context: PlanContext, match: ast.MatchRecognize): number | undefined {
  if (!match.within) return undefined
  const ms = constant(context, match.within, 'an INTERVAL of days to seconds', ({ kind }) => kind === 'INTERVAL_DAY_TIME') as number
  if (ms < 0) refuse(match.within.at, 'WITHIN takes an INTERVAL that is longer than nothing')
  return ms === 0 ? undefined : ms
}

function distinctNames(match: ast.MatchRecognize, columns: readonly Column[]): void {
  const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) < i)
  if (twice) refuse(match.at, `MATCH_RECOGNIZE gives out column ${twice.name} twice`, 'give the measure another name')
}
