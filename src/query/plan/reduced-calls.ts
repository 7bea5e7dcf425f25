import type { AggregateCall } from '../aggregates/aggregate.ts'
import { growth } from './growth.ts'
import type { Plan } from './nodes.ts'

const SPREAD = ['STDDEV_POP', 'STDDEV_SAMP', 'VAR_POP', 'VAR_SAMP']

/** Aggregates that Flink makes of COUNT and SUM in a step behind the grouping: those of the spread, and with one of them AVG too. */
export function dividedInGroups(calls: readonly AggregateCall[]): readonly string[] {
  return calls.some(({ fn }) => SPREAD.includes(fn)) ? [...SPREAD, 'AVG'] : []
}

/** In an OVER also SUM, that is NULL of nothing. */
export const DIVIDED_OVER = [...SPREAD, 'AVG', 'SUM']

/**
 * The counts that Flink keeps beside such aggregates. A row that moves a count is an update there, even where the quotient of the two stays:
 * with the counts as results of the same step it is one here.
 */
export function hiddenCounts(calls: readonly AggregateCall[], divided: readonly string[]): AggregateCall[] {
  const counts = calls.flatMap(({ fn, args: [column], argTypes, distinct, filter }): AggregateCall[] => {
    if (!divided.includes(fn) || column === undefined) return []
    const type = { kind: 'BIGINT', nullable: false } as const
    return [
      {
        fn: 'COUNT',
        args: [column],
        argTypes: argTypes.slice(0, 1),
        type,
        ...(distinct !== undefined && { distinct }),
        ...(filter !== undefined && { filter }),
      },
    ]
  })
  return counts.filter((count, i) => counts.findIndex((other) => JSON.stringify(other) === JSON.stringify(count)) === i)
}

/**
 * Marks MAX of a column that only grows, and MIN of one that only shrinks: Flink takes nothing back of these, and between the old value of a
 * group and its new one they stay as they are.
 */
export function growing(input: Plan, keys: readonly number[], calls: readonly AggregateCall[]): readonly AggregateCall[] {
  if (!input.changing || !keys.every((key) => growth(input, key) === 'never')) return calls
  return calls.map((call) => {
    const [column] = call.args
    const wanted = call.fn === 'MAX' ? 'up' : call.fn === 'MIN' ? 'down' : undefined
    if (wanted === undefined || column === undefined || call.filter !== undefined || growth(input, column) !== wanted) return call
    return { ...call, keeps: true }
  })
}
