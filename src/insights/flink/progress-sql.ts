import { partitionOf } from '../../bus/partitioner.ts'
import { keyOf } from '../../events/topics.ts'
import { headersSql, jsonObject } from './record-sql.ts'
import { literal, timeText } from './values.ts'

/** The `insight` of records that say how far a job on Flink has come: no row of a time up to theirs comes any more, but for those under way. */
export const PROGRESS = 'flink_progress'

/** How much of event time lies between two of them. */
const EVERY_SECONDS = 10

/** A view over the times of all events that the job reads: its watermark is that of the slowest topic. */
export function progressView(timeTables: readonly string[]): string {
  const times = timeTables.map((table) => `SELECT event_time FROM \`${table}\``).join(' UNION ALL ')
  return `CREATE TEMPORARY VIEW ${PROGRESS}_times AS\n${times}`
}

/**
 * Records of progress, one in each partition of `insights`, so that they stand in order with the rows there. `active` is false: to whom does not
 * know them, they end what never began.
 */
export function progressSql(job: string, source: string, partitions: number): string {
  const places = subjectsOf(job, partitions).map((subject, partition) => `ROW(CAST(${literal(subject)} AS STRING), ${partition})`)
  const key = `${literal(`${PROGRESS}:`)} || p.subject`
  const time = timeText('w.window_time')
  const value = jsonObject([
    ['event_time', time],
    ['insight', literal(PROGRESS)],
    ['subject', 'p.subject'],
    ['active', 'FALSE'],
    [
      'details',
      jsonObject([
        ['partition', 'p.place'],
        ['partitions', String(partitions)],
        ['written_s', 'UNIX_TIMESTAMP()'],
      ]),
    ],
  ])
  return `SELECT ${key} AS record_key,
  ${value} AS record_value,
  CAST(w.window_time AS TIMESTAMP_LTZ(3)) AS record_time,
  ${headersSql(source, `${key} || '@' || ${time}`, time, key)} AS record_headers
FROM (
  SELECT window_time
  FROM TABLE(TUMBLE(TABLE ${PROGRESS}_times, DESCRIPTOR(event_time), INTERVAL '${EVERY_SECONDS}' SECOND))
  GROUP BY window_start, window_end, window_time
) AS w
CROSS JOIN UNNEST(ARRAY[${places.join(', ')}]) AS p (subject, place)`
}

/** For each partition a subject whose record lies there: `JOB#n`. */
export function subjectsOf(job: string, partitions: number): string[] {
  const found: string[] = []
  let left = partitions
  for (let n = 0; left > 0; n++) {
    const subject = `${job}#${n}`
    const key = keyOf('insights', { insight: PROGRESS, subject, active: false, event_time: '' })
    const partition = partitionOf(key, partitions, () => 0)
    if (found[partition] !== undefined) continue
    found[partition] = subject
    left--
  }
  return found
}
