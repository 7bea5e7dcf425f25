import type { RowDetector } from './row-detector.ts'

/** Why a row is an alarm, as it is shown: by `anomaly score --explain` and by ANOMALY_EXPLAIN. */
export interface Alarm {
  /** The value that it is about, where there are several. */
  readonly column?: string
  /** The member of the ensemble that said so most; `together` where each value is usual and the row is not. */
  readonly member: string
  /** Where 99 of 100 values lie, by what that member expected. */
  readonly expected_low: number | null
  readonly expected_high: number | null
  /** Since when strengths are at an alarm's height, RFC 3339. */
  readonly since: string
  /** When something like it was last seen. */
  readonly similar: string | null
}

/** @param names of the values; `v1`, `v2` … where they have none */
export function alarmOf(detector: RowDetector, columns: number, names: readonly string[] = []): Alarm {
  const { column, member, expected, since, similar } = detector.explain()
  return {
    ...(columns > 1 && { column: names[column] ?? `v${column + 1}` }),
    member,
    expected_low: expected?.low ?? null,
    expected_high: expected?.high ?? null,
    since: new Date(since).toISOString(),
    similar: similar === undefined ? null : new Date(similar).toISOString(),
  }
}
