import { TOPICS } from '../../events/topics.ts'
import type { Column } from '../../query/types/sql-type.ts'
import type { PlannedInsight } from '../plan.ts'
import { templateSql } from './template-sql.ts'
import { finite, jsonOf, literal, quoted, textOf, timeText } from './values.ts'

/**
 * The query that makes records of the topic `insights` of the rows of an insight, whose name is that of a view: key, JSON value, time and
 * headers, as src/alerts/records.ts makes them here. Columns: record_key, record_value, record_time, record_headers.
 *
 * @param source `ce_source` of the records
 * @throws SHITOPS_E_INSIGHT for a column that JSON has no simple form for
 */
export function recordsSql({ insight, plan }: PlannedInsight, source: string): string {
  const { columns } = plan
  const { rows, alert, name } = insight
  const column = (wanted: string): Column => columns.find((each) => each.name === wanted) as Column
  const subject = rows.subject.map((each) => textOf(column(each))).join(` || '/' || `)
  const active = rows.active === undefined ? 'TRUE' : `COALESCE(${quoted(rows.active)}, FALSE)`
  const { observed } = rows
  const value = jsonObject([
    ['event_time', timeText(quoted(rows.time))],
    ['insight', literal(name)],
    ['subject', subject],
    ['active', active],
    ['severity', literal(alert.severity)],
    ['summary', `CASE WHEN ${active} THEN ${templateSql(alert.summary, columns)} END`],
    ['observed', finite(column(observed.column))],
    ...(observed.expectedLow === undefined ? [] : [['expected_low', numberSql(observed.expectedLow)] as const]),
    ...(observed.expectedHigh === undefined ? [] : [['expected_high', numberSql(observed.expectedHigh)] as const]),
    ['unit', literal(observed.unit)],
    ...['window_start', 'window_end'].flatMap((each) => (column(each) ? [[each, jsonOf(column(each))] as const] : [])),
    ...(rows.labels.length > 0 ? [['labels', jsonObject(rows.labels.map((each) => [each, textOf(column(each))]))] as const] : []),
    ['details', jsonObject(detailColumns(insight, columns).map((each) => [each.name, jsonOf(each)]))],
    ...evidenceSql(rows.evidence, columns),
  ])
  const key = `${literal(name)} || ':' || ${subject}`
  const id = `${key} || '@' || ${timeText(quoted(rows.time))} || ${literal('/')} || CAST(${active} AS STRING)`
  const known = [rows.time, ...rows.subject].map((each) => `${quoted(each)} IS NOT NULL`)
  return [
    `SELECT ${key} AS record_key,\n  ${value} AS record_value,`,
    `  CAST(${quoted(rows.time)} AS TIMESTAMP_LTZ(3)) AS record_time,`,
    `  ${headersSql(source, id, timeText(quoted(rows.time)), key)} AS record_headers`,
    `FROM ${quoted(name)}\nWHERE ${known.join(' AND ')}`,
  ].join('\n')
}

/** CloudEvents headers, as src/events/record.ts has them; the id is a hash of what tells a row apart. */
export function headersSql(source: string, id: string, time: string, key: string): string {
  const headers: Array<readonly [string, string]> = [
    ['ce_specversion', literal('1.0')],
    ['ce_id', `SUBSTRING(SHA256(${id}) FROM 1 FOR 32)`],
    ['ce_source', literal(source)],
    ['ce_type', literal(TOPICS.insights.ceType)],
    ['ce_time', time],
    ['ce_subject', key],
    ['content-type', literal('application/json')],
  ]
  return `MAP[${headers.map(([name, text]) => `${literal(name)}, ENCODE(${text}, 'UTF-8')`).join(', ')}]`
}

export function jsonObject(members: ReadonlyArray<readonly [name: string, sql: string]>): string {
  return `JSON_OBJECT(${members.map(([name, sql]) => `KEY ${literal(name)} VALUE ${sql}`).join(', ')} ABSENT ON NULL)`
}

/** Columns that are told nowhere else: those of `detailsOf` in src/alerts/records.ts. */
function detailColumns({ rows }: PlannedInsight['insight'], columns: readonly Column[]): readonly Column[] {
  const told = new Set([rows.time, rows.active, rows.observed.column, ...rows.labels, 'window_start', 'window_end', 'window_time'])
  for (const { partition, offset } of rows.evidence) told.add(partition).add(offset)
  return columns.filter(({ name }) => !told.has(name))
}

/** An array of the records that a row points to; those that it does not know are left out, and the array where it knows none. */
function evidenceSql(
  evidence: PlannedInsight['insight']['rows']['evidence'],
  columns: readonly Column[],
): Array<readonly [string, string]> {
  if (evidence.length === 0) return []
  const entries = evidence.map(({ topic, partition, offset, excerpt }) => {
    const entry = jsonObject([
      ['topic', literal(topic)],
      ['partition_id', quoted(partition)],
      ['record_offset', quoted(offset)],
      ['excerpt', templateSql(excerpt, columns)],
    ])
    return `CASE WHEN ${quoted(partition)} IS NOT NULL AND ${quoted(offset)} IS NOT NULL THEN ',' || ${entry} ELSE '' END`
  })
  // Each entry brings a comma: the first one goes.
  const all = entries.join(' || ')
  return [['evidence', `JSON('[' || NULLIF(SUBSTRING(${all} FROM 2), '') || ']')`]]
}

const numberSql = (value: number): string => `CAST(${literal(String(value))} AS DOUBLE)`
