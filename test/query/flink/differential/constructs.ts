import type { AggregateCall } from '../../../../src/query/aggregates/aggregate.ts'
import type { Plan } from '../../../../src/query/plan/nodes.ts'
import { inputsOf } from './tables.ts'

/** The constructs of a query, by what its plan is made of: what the counts are kept by. */
export function constructsOf(plan: Plan): Set<string> {
  const found = new Set<string>(stepNames(plan))
  if ('calls' in plan) for (const call of plan.calls) for (const name of callNames(call)) found.add(name)
  for (const input of inputsOf(plan)) for (const name of constructsOf(input)) found.add(name)
  const windows = [...found].filter((name) => name.endsWith('window')).length
  if (windows > 0 && 'calls' in plan && inputsOf(plan).some((input) => isOverWindow(input))) found.add('cascade of windows')
  return found
}

function isOverWindow(plan: Plan): boolean {
  return plan.step === 'windowAggregate' || plan.step === 'sessionAggregate' || inputsOf(plan).some(isOverWindow)
}

function stepNames(plan: Plan): string[] {
  switch (plan.step) {
    case 'scan':
      return plan.table.options.get('format') === 'debezium-json' ? ['changelog input'] : []
    case 'calc':
      return plan.filter ? ['filter', 'projection'] : ['projection']
    case 'windowAggregate':
      return [plan.spec.kind === 'ATTACHED' ? 'cascade of windows' : `${plan.spec.kind} window`, 'window aggregate']
    case 'windowAssign':
      return [`${plan.spec.kind} window`, 'window rows']
    case 'sessionAggregate':
      return ['SESSION window', 'window aggregate']
    case 'groupAggregate':
      return plan.calls.length === 0 ? ['DISTINCT rows'] : [plan.keys.length === 0 ? 'aggregate of all' : 'GROUP BY']
    case 'join':
    case 'intervalJoin':
    case 'windowJoin':
    case 'temporalJoin': {
      const name = { join: 'regular', intervalJoin: 'interval', windowJoin: 'window', temporalJoin: 'temporal' }[plan.step]
      return [`${name} join`, `${name} join, ${plan.type}`, ...(plan.type === 'SEMI' || plan.type === 'ANTI' ? ['sub-query'] : [])]
    }
    case 'over':
      return [`OVER ${plan.frame.units}`]
    case 'deduplicate':
      return ['deduplication', `deduplication, ${plan.keep} by ${plan.time} time`]
    default:
      return [OTHERS[plan.step]]
  }
}

const OTHERS = {
  values: 'VALUES',
  expand: 'GROUPING SETS',
  sortedOver: 'OVER by a value',
  rowNumber: 'ROW_NUMBER',
  rank: 'top-N',
  windowRank: 'window top-N',
  unnest: 'UNNEST',
  match: 'MATCH_RECOGNIZE',
  union: 'UNION ALL',
  temporalSort: 'ORDER BY time',
  limit: 'LIMIT',
  normalize: 'changelog normalization',
} as const

function callNames({ fn, distinct, filter }: AggregateCall): string[] {
  return [`aggregate ${fn}`, ...(distinct ? ['aggregate DISTINCT'] : []), ...(filter === undefined ? [] : ['aggregate FILTER'])]
}
