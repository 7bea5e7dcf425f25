import { ShitopsError } from '../base/errors.ts'
import { isTopicName } from '../events/topics.ts'

/** A promise: this share of the records of a topic is good. */
export interface Objective {
  /** Of the insight. */
  readonly name: string
  readonly topic: string
  /** SQL condition: which records count; all when absent. */
  readonly where?: string | undefined
  /** SQL condition: which of them are bad. */
  readonly bad: string
  /** Columns: the promise holds for each of their values by itself. */
  readonly by: readonly string[]
  /** 0 to 1, as 0.99. */
  readonly objective: number
  readonly pace: keyof typeof PACES
  readonly channel: 'finance' | 'operations'
}

/**
 * How fast the budget of 30 days burns before somebody is told, in a long window, so that it matters, and a short one, so that it is still so; the
 * pairs are those of Google's SRE Workbook, chapter 5: 2 % of the budget in an hour, 5 % in six hours, 10 % in three days.
 */
export const PACES = {
  page: { long: [1, 'HOUR'], short: [5, 'MINUTE'], slide: [1, 'MINUTE'], factor: 14.4, severity: 'critical', holds: '2m' },
  ticket: { long: [6, 'HOUR'], short: [30, 'MINUTE'], slide: [5, 'MINUTE'], factor: 6, severity: 'warning', holds: '10m' },
  slow: { long: [3, 'DAY'], short: [6, 'HOUR'], slide: [30, 'MINUTE'], factor: 1, severity: 'info', holds: '1h' },
} as const

/**
 * The insight of a promise that is being broken: the text of its .sql file, to be run, tested and changed like any other.
 * @throws SHITOPS_E_INSIGHT for what cannot be
 */
export function burnRateInsight({ name, topic, where, bad, by, objective, pace, channel }: Objective): string {
  const fail = (problem: string, suggestion: string) => new ShitopsError('SHITOPS_E_INSIGHT', problem, { suggestions: [suggestion] })
  if (!(objective > 0 && objective < 1))
    throw fail(`an objective of ${objective} promises nothing, or what nobody can keep`, '--objective 0.99')
  if (!isTopicName(topic)) throw fail(`there is no topic ${topic}`, '--topic device_metrics')
  const wrong = by.find((column) => !/^[a-z_][a-z0-9_]*$/.test(column))
  if (by.length === 0 || wrong !== undefined) throw fail(`${wrong ?? 'nothing'} is no column`, '--by target')
  const { long, short, slide, factor, severity, holds } = PACES[pace]
  const limit = Number((factor * (1 - objective)).toPrecision(6))
  if (limit >= 1)
    throw fail(
      `an objective of ${objective} cannot burn ${factor} times as fast as it may: that would be more than everything`,
      `--pace ${pace === 'page' ? 'ticket' : 'slow'}, or an objective above ${Number((1 - 1 / factor).toPrecision(3))}`,
    )
  const spoken = ([n, unit]: readonly [number, string]) => (n === 1 ? '' : `${n} `) + unit.toLowerCase() + (n === 1 ? '' : 's')
  const interval = ([n, unit]: readonly [number, string]) => `INTERVAL '${n}' ${unit}`
  const columns = by.map((column) => `\`${column}\``).join(', ')
  const share = (alias: string, size: readonly [number, string]) => `${alias} AS (
  SELECT ${columns}, window_time,
    SUM(CASE WHEN ${bad} THEN 1.0 ELSE 0.0 END) / COUNT(*) AS bad_share, COUNT(*) AS records, MAX(record_partition * 1000000000000 + record_offset) AS seen_at
  FROM TABLE(HOP(TABLE ${topic}, DESCRIPTOR(event_time), ${interval(slide)}, ${interval(size)}))
  WHERE ${where ?? 'TRUE'}
  GROUP BY ${columns}, window_start, window_end, window_time
)`
  const times = `${factor} times as fast as it may`
  return `-- ${name}: the error budget burns ${times}
--
-- ${Number((objective * 100).toPrecision(6))} % of the records of ${topic} are promised to be good. More than ${Number((limit * 100).toPrecision(6))} % of them
-- were bad in the last ${spoken(long)}, and still are in the last ${spoken(short)}: the budget burns ${times}.
--
-- severity: ${severity}
-- channel: ${channel}
-- for: 0s
-- keep_firing_for: 0s
-- holds: ${holds}
-- time: window_time
-- subject: ${by.join(', ')}
-- observed: bad_long ratio
-- expected: 0 to ${limit}
-- summary: ${by.map((column) => `{${column}}`).join(' ')}: {bad_long%} bad in the long window, {bad_short%} in the short one; promised are at most ${Number(((1 - objective) * 100).toPrecision(6))} %
-- advice: at this pace the budget of 30 days is gone in ${Number((30 / factor).toPrecision(3))} days; see what has changed
-- evidence: ${topic} seen_partition seen_offset the last of {records} records
WITH ${share('far', long)},
${share('near', short)}
SELECT f.window_time, ${by.map((column) => `f.\`${column}\``).join(', ')}, f.bad_share AS bad_long, n.bad_share AS bad_short, f.records,
  CAST(f.seen_at / 1000000000000 AS INT) AS seen_partition, MOD(f.seen_at, 1000000000000) AS seen_offset
FROM far f
JOIN near n ON ${by.map((column) => `f.\`${column}\` = n.\`${column}\``).join(' AND ')} AND f.window_time = n.window_time
WHERE f.bad_share > ${limit} AND n.bad_share > ${limit}
`
}
