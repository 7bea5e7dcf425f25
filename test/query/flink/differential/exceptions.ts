import type { RowOrder } from '../../cases/read.ts'
import { EXCEPTIONS as RECORDED } from '../../run/exceptions.ts'

/** Where the two engines are not compared, or by a looser rule than the recorded case's, and why. */
export interface Exception {
  /** `file/case`, or a prefix of it that ends in `*`. */
  readonly of: string
  /** The rule to compare by. */
  readonly order?: RowOrder
  /** Compared over inputs without NULLs. */
  readonly nulls?: false
  /** Not compared at all. */
  readonly left?: true
  readonly reason: string
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    of: 'over/empty-input',
    order: 'multiset',
    reason: 'recorded over no rows at all; partitions that have rows of one time are answered in the order of a hash table',
  },
  {
    of: 'windows/session-late-row-merges',
    order: 'multiset',
    reason: 'recorded with one key; sessions of several keys that end together are answered in the order of a hash table',
  },
  {
    of: 'differential/first-row-waits-for-the-watermark',
    order: 'multiset',
    reason: 'recorded without ties; first rows of one time are given out in the order of a hash table',
  },
  {
    of: 'differential/count-of-first-rows',
    order: 'table',
    reason: 'recorded without ties; first rows of one time are given out in the order of a hash table, and counted in it',
  },
  {
    of: 'topn/dedup-last-by-processing-time',
    order: 'table',
    reason:
      'Flink compares rows with the millisecond in which they came: one that comes again within the same is not told, here it always is',
  },
  {
    of: 'refused/qualify',
    left: true,
    reason:
      'Flink plans QUALIFY … = 1 by a value as append-only (EXPLAIN CHANGELOG_MODE says [I]), and the row that is replaced is not taken back',
  },
  {
    of: 'select/statement-set-of-settings',
    left: true,
    reason: "the gateway prints a TIMESTAMP_LTZ as the session's time zone has it, with a Z behind it; here Z means UTC",
  },
  {
    of: 'planner/over-value-rank',
    left: true,
    reason: 'RANK of rows that tie: Flink tells all of them the place of the last (1, 1 become 2, 2); open, the recorded case differs too',
  },
  {
    of: 'joins/lateral-correlated',
    nulls: false,
    reason: 'Flink joins NULL with NULL where it takes a LATERAL query apart',
  },
  {
    of: 'planner-joins/lateral-aggregate',
    left: true,
    reason: 'a LATERAL COUNT(*) of nothing is 0 here; Flink leaves the row out; open',
  },
  {
    of: 'over/lag-default',
    left: true,
    reason:
      'Flink answers -1.0, what its generated code puts into an empty DOUBLE, where the row before has NULL; the recorded case differs too',
  },
  {
    of: 'planner-more/json-objectagg-key-order',
    left: true,
    reason: 'order of keys in an object; open, the recorded case differs too',
  },
  {
    of: 'planner-more/json-arrayagg-of-objects',
    left: true,
    reason: 'JSON in JSON_ARRAYAGG stays JSON in Flink, here it becomes text; open, the recorded case differs too',
  },
  {
    of: 'planner-merge/cumulate-min-nan',
    left: true,
    reason:
      'MIN over NaN in the slices of a window: in Flink it is NaN or not by the slice in which the NaN comes; here NaN is the greatest, always',
  },
]

export function exceptionOf(id: string): Exception | undefined {
  const known = RECORDED[id]
  if (known) return { of: id, left: true, reason: known.reason }
  return EXCEPTIONS.find(({ of }) => (of.endsWith('*') ? id.startsWith(of.slice(0, -1)) : of === id))
}
