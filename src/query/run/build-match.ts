import { compileAggregates } from '../aggregates/compile.ts'
import { compileMatchCondition, compileMeasures, isLocal, matchRow } from '../compile/match-code.ts'
import { compileRow } from '../compile/row-code.ts'
import type { Session } from '../expr/session.ts'
import { MatchAggregates } from '../operators/match-aggregates.ts'
import { matchStates } from '../operators/match-nfa.ts'
import { MatchRecognize } from '../operators/match-recognize.ts'
import type { OnLate, Operator, Row } from '../operators/operator.ts'
import type { Match, MatchAggregate } from '../plan/nodes.ts'

/** The operator of a Match step; its generated texts go to `sources`. */
export function buildMatch(plan: Match, session: Session, sources: Array<readonly [string, string]>, onLate: OnLate | undefined): Operator {
  const noted = <T extends { readonly source: string }>(name: string, compiled: T): T => {
    sources.push([name, compiled.source])
    return compiled
  }
  const aggregatesOf = ({ variable, calls, projection }: MatchAggregate): MatchAggregates => {
    const project = projection && noted('arguments', compileRow(undefined, projection, session))
    const compiled = noted('aggregates', compileAggregates(calls, { retract: false, merge: false }))
    return new MatchAggregates(variable, compiled, project && ((row) => project(row) as Row))
  }
  const kept: MatchAggregates[] = []
  const conditions = plan.pattern.map(({ name, condition }, variable) => {
    if (!condition) return undefined
    const own = condition.aggregates.map((each) => {
      const aggregates = aggregatesOf(each)
      return [aggregates, kept.push(aggregates) - 1] as const
    })
    return { test: noted(`define ${name}`, compileMatchCondition(condition, variable, own, session)), local: isLocal(condition) }
  })
  const measures = noted('measures', compileMeasures(plan.measures, plan.measures.aggregates.map(aggregatesOf), session))
  const [first, ...further] = plan.order
  return new MatchRecognize({
    states: matchStates(plan.pattern),
    conditions,
    names: plan.pattern.map(({ name }) => name),
    aggregates: kept,
    after: plan.after,
    within: plan.within ?? Number.POSITIVE_INFINITY,
    partition: plan.partition,
    time: plan.time === 'row' ? (first?.column ?? -1) : -1,
    order: further,
    now: session.now,
    result: (partition, run, end, time) =>
      matchRow(plan.partition, partition.rows[run.start - partition.base] as Row, measures(partition, run, end, time)),
    ...(onLate && { onLate }),
  })
}
