import { ShitopsError } from '../../base/errors.ts'
import type { Column } from '../../query/types/sql-type.ts'

/** Expressions of Flink SQL that say what `src/insights/plan.ts` and `template.ts` make of a row's values here: the same texts, the same JSON. */

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const WHOLE = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT']
const FRACTIONS = ['FLOAT', 'DOUBLE', 'DECIMAL']
const TIMES = ['TIMESTAMP', 'TIMESTAMP_LTZ']
const TEXTS = ['CHAR', 'VARCHAR']

export const isNumber = ({ type }: Column): boolean => WHOLE.includes(type.kind) || FRACTIONS.includes(type.kind)

/** A column as it stands in JSON: times as RFC 3339 text, a number that is none (NaN) as NULL. @throws SHITOPS_E_INSIGHT for arrays, maps, rows */
export function jsonOf(column: Column): string {
  const { kind } = column.type
  if (TIMES.includes(kind)) return timeText(quoted(column.name))
  if (FRACTIONS.includes(kind)) return finite(column)
  if (WHOLE.includes(kind) || TEXTS.includes(kind) || kind === 'BOOLEAN') return quoted(column.name)
  throw new ShitopsError(
    'SHITOPS_E_INSIGHT',
    `column "${column.name}" is ${kind}: on Flink an insight gives numbers, texts, times and booleans`,
    {
      suggestions: ['CAST it to STRING', 'leave --engine flink away: here it is written as text'],
    },
  )
}

/** A column as text, NULL where it is. */
export function textOf(column: Column): string {
  const { kind } = column.type
  if (TIMES.includes(kind)) return timeText(quoted(column.name))
  if (WHOLE.includes(kind)) return `CAST(${quoted(column.name)} AS STRING)`
  if (FRACTIONS.includes(kind)) return rounded(finite(column), 4)
  if (kind === 'BOOLEAN') return `LOWER(CAST(${quoted(column.name)} AS STRING))`
  return jsonOf(column)
}

/** A number with so many digits that count; a whole one with all of them. */
export function rounded(x: string, digits: number): string {
  return `CASE WHEN ${x} = FLOOR(${x}) THEN CAST(CAST(${x} AS BIGINT) AS STRING) ELSE ${significant(x, digits)} END`
}

/** As {@link rounded}, whole numbers too. */
export function significant(x: string, digits: number): string {
  return `CASE WHEN ${x} = 0 THEN '0' ELSE ${short(`ROUND(${x}, ${digits - 1} - CAST(FLOOR(LOG10(ABS(${x}))) AS INT))`)} END`
}

/** To so many digits behind the point. */
export const fixed = (x: string, digits: number): string => short(`ROUND(${x}, ${digits})`)

/** Milliseconds as src/base/duration.ts has them. */
export function durationText(ms: string): string {
  const seconds = `CAST(ROUND(${ms} / 1000, 0) AS BIGINT)`
  const part = (size: number, wrap: number | undefined, unit: string) => {
    const count = wrap === undefined ? `${seconds} / ${size}` : `MOD(${seconds} / ${size}, ${wrap})`
    return { text: `CAST(${count} AS STRING) || '${unit}'`, some: `${count} > 0` }
  }
  const [d, h, m, s] = [part(86_400, undefined, 'd'), part(3_600, 24, 'h'), part(60, 60, 'm'), part(1, 60, 's')]
  const two = (large: typeof d, small: typeof d) => `${large.text} || CASE WHEN ${small.some} THEN ' ' || ${small.text} ELSE '' END`
  return `CASE
    WHEN ${ms} < 1000 THEN CAST(CAST(ROUND(${ms}, 0) AS BIGINT) AS STRING) || 'ms'
    WHEN ${ms} < 10000 THEN ${fixed(`${ms} / 1000`, 1)} || 's'
    WHEN ${d.some} THEN ${two(d, h)}
    WHEN ${h.some} THEN ${two(h, m)}
    WHEN ${m.some} THEN ${two(m, s)}
    ELSE ${s.text} END`
}

/** A time as `event_time` has it; the session's time zone is UTC. */
export const timeText = (time: string): string => `DATE_FORMAT(${time}, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''')`

/** A column of numbers as DOUBLE; NaN and the infinities are NULL, since JSON has none. */
export function finite({ name, type }: Column): string {
  const x = `CAST(${quoted(name)} AS DOUBLE)`
  return type.kind === 'FLOAT' || type.kind === 'DOUBLE' ? `CASE WHEN ABS(${x}) <= 1.7976931348623157E308 THEN ${x} END` : x
}

/** A DOUBLE without the zeros at its end, and without an exponent. */
const short = (x: string): string => `REGEXP_REPLACE(CAST(CAST(${x} AS DECIMAL(38, 12)) AS STRING), '\\.?0+$', '')`
