import { formatDuration } from '../../base/duration.ts'
import { type EventRecord, toEventTime, toRecord } from '../../events/index.ts'
import type { RunningRow } from './predict-topic.ts'

/** Not the name of the insight in SQL: both may run, and the key of a record is insight and subject. */
const INSIGHT = 'case_predicted_late'
const CERTAIN = 0.9

/** A row for `insights`: whether the case is likely to end after its deadline. */
export function breachRecord(
  { case: id, activity, p10_end, p50_end, p90_end, deadline, breach, next, basis }: RunningRow,
  now: number,
  threshold: number,
): EventRecord {
  const probability = breach ?? 0
  const active = probability >= threshold
  const left = (Date.parse(deadline as string) - now) / 1_000
  const until = (time: string) => (Date.parse(time) - now) / 1_000
  return toRecord(
    'insights',
    {
      event_time: toEventTime(now),
      insight: INSIGHT,
      subject: id,
      active,
      severity: probability >= CERTAIN ? 'critical' : 'warning',
      ...(active && {
        summary: `${id} is at ${activity}: with ${Math.round(probability * 100)} % it ends after its deadline in ${formatDuration(left * 1_000)}`,
      }),
      observed: left,
      expected_low: until(p10_end),
      expected_high: until(p90_end),
      unit: 's',
      score: probability,
      details: { activity, deadline, p50_end, next, ...(basis && { basis }) },
    },
    { source: '/workflow/predict' },
  )
}
