import { ShitopsError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { Row } from '../query/operators/operator.ts'
import type { Plan } from '../query/plan/nodes.ts'
import { ScriptSession } from '../query/script/script-session.ts'
import { parseScript } from '../query/sql/parse-script.ts'
import { topicCatalog, topicsNamed } from '../query/topics/topic-tables.ts'
import type { Column, SqlType } from '../query/types/sql-type.ts'
import type { Insight, InsightRow, Value } from './insight.ts'
import { placesOf } from './template.ts'

/** An insight ready to be run: its plan, and how a row of it is read. */
export interface PlannedInsight {
  readonly insight: Insight
  readonly plan: Plan
  /** How late a record may be, s, where that was said. */
  readonly disorderSeconds?: number
  /** Rows are taken back and replaced (a changelog): what counts is their order of arrival. */
  readonly changing: boolean
  /** @returns undefined for a row whose time or subject is NULL: it is about nothing */
  readonly read: (row: Row) => InsightRow | undefined
}

export interface InsightOptions {
  /** How late a record may be, s; default 5. */
  readonly disorderSeconds?: number
}

/** Rows are judged by event time alone: what asks for the time of day or for chance is the same at every replay. */
export const INSIGHT_SESSION = { now: () => 0, random: () => 0.5 }

const NUMBERS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL']

/**
 * Plans the query of an insight and checks its header against the columns that come out.
 * @throws SHITOPS_E_INSIGHT, SHITOPS_E_SQL_SYNTAX, SHITOPS_E_SQL_PLAN: the file's lines are those of the places
 */
export async function planInsight(insight: Insight, options: InsightOptions = {}): Promise<PlannedInsight> {
  const { statements } = parseScript(insight.sql)
  const [query] = statements
  if (statements.length !== 1 || query?.kind !== 'query') {
    throw problem(insight, 'is not one SELECT: tables are topics by their names, and there is nothing else to say')
  }
  const session = new ScriptSession(INSIGHT_SESSION, await topicCatalog(topicsNamed(insight.sql), options.disorderSeconds))
  const [planned] = session.run(query)
  if (!planned) throw problem(insight, 'has no query')
  const { plan } = planned
  checkHeader(insight, plan.columns)
  return { insight, plan, ...options, changing: plan.changing, read: reader(insight, plan.columns) }
}

/** Every column that the header names must come out of the query, with a type that fits. */
function checkHeader(insight: Insight, columns: readonly Column[]): void {
  const { rows, alert } = insight
  const typeOf = (key: string, name: string): SqlType => {
    const found = columns.find((column) => column.name === name)
    if (found) return found.type
    const names = columns.map((column) => column.name)
    const like = nearest(name, names)
    throw problem(insight, `${key}: the query has no column "${name}"`, like ? `did you mean ${like}?` : `it has ${names.join(', ')}`)
  }
  const want = (key: string, name: string, kinds: readonly string[]) => {
    const { kind } = typeOf(key, name)
    if (!kinds.includes(kind)) throw problem(insight, `${key}: column "${name}" is ${kind}, and must be ${kinds.join(' or ')}`)
  }
  want('time', rows.time, ['TIMESTAMP_LTZ', 'TIMESTAMP'])
  for (const name of rows.subject) typeOf('subject', name)
  for (const name of rows.labels) typeOf('labels', name)
  if (rows.active !== undefined) want('active', rows.active, ['BOOLEAN'])
  want('observed', rows.observed.column, NUMBERS)
  if (rows.observed.score !== undefined) want('score', rows.observed.score, NUMBERS)
  for (const { partition, offset } of rows.evidence) {
    want('evidence', partition, ['INT', 'BIGINT'])
    want('evidence', offset, ['BIGINT'])
  }
  const templates = [
    ['summary', alert.summary],
    ['advice', alert.advice],
    ['runbook', alert.runbook ?? ''],
    ...rows.evidence.map(({ excerpt }) => ['evidence', excerpt]),
  ]
  for (const [key = '', template = ''] of templates) {
    const { columns: names, unknown } = placesOf(template)
    for (const name of names) typeOf(key, name)
    if (unknown[0])
      throw problem(insight, `${key}: ${unknown[0]} asks for a format that there is not`, '{ratio%}, {seconds:duration}, {rate:bps}')
  }
}

function problem({ name }: Insight, message: string, ...suggestions: string[]): ShitopsError {
  return new ShitopsError('SHITOPS_E_INSIGHT', `insight ${name}: ${message}`, suggestions.length > 0 ? { suggestions } : {})
}

function reader({ name, rows }: Insight, columns: readonly Column[]): PlannedInsight['read'] {
  const position = (column: string) => columns.findIndex((each) => each.name === column)
  const time = position(rows.time)
  const subject = rows.subject.map(position)
  const active = rows.active === undefined ? -1 : position(rows.active)
  const labels = rows.labels.map((label) => [label, position(label)] as const)
  const readers = columns.map(({ name: column, type }) => [column, jsonOf(type)] as const)
  return (row) => {
    const at = row[time]
    if (typeof at !== 'number' || subject.some((i) => row[i] === null)) return undefined
    const values: Record<string, Value> = {}
    for (const [i, [column, read]] of readers.entries()) values[column] = row[i] === null || row[i] === undefined ? null : read(row[i])
    return {
      insight: name,
      subject: subject.map((i) => String(values[columns[i]?.name ?? ''])).join('/'),
      time: Math.floor(at),
      active: active < 0 || row[active] === true,
      labels: Object.fromEntries(labels.flatMap(([label]) => (values[label] === null ? [] : [[label, String(values[label])]]))),
      values,
    }
  }
}

/** A value as JSON has it. A whole number that a double would round stays text. */
function jsonOf(type: SqlType): (value: unknown) => Value {
  switch (type.kind) {
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (value) => new Date(value as number).toISOString()
    case 'DECIMAL':
      return (value) => Number(value) / 10 ** (type.scale ?? 0)
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (Number.isFinite(value) ? (value as number) : null)
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return (value) => (typeof value === 'bigint' ? String(value) : (value as number))
    case 'BOOLEAN':
      return (value) => value === true
    case 'CHAR':
    case 'VARCHAR':
      return String
    default:
      return (value) => JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? null
  }
}
