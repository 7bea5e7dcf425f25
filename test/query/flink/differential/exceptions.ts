import type { RowOrder } from '../../cases/read.ts'

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
    nulls: false,
    reason: 'Flink counts the second of two NULLs as after the first and gives both the rank 2; here they tie, as all other values do',
  },
]

export function exceptionOf(id: string): Exception | undefined {
  return EXCEPTIONS.find(({ of }) => (of.endsWith('*') ? id.startsWith(of.slice(0, -1)) : of === id))
}
