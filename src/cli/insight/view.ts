import { formatDuration } from '../../base/duration.ts'
import type { Insight } from '../../insights/insight.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import { explainPlan } from '../../query/plan/explain.ts'
import { formatList, type ListFlags } from '../list-output.ts'
import type { Column } from '../table.ts'

const COLUMNS: ReadonlyArray<Column<Insight>> = [
  { name: 'insight', value: ({ name }) => name },
  { name: 'severity', value: ({ alert }) => alert.severity },
  { name: 'channel', value: ({ alert }) => alert.channel },
  {
    name: 'for',
    value: ({ alert }) => alert.for / 1000,
    shown: ({ alert }) => (alert.for === 0 ? '0s' : formatDuration(alert.for)),
    right: true,
  },
  { name: 'title', value: ({ title }) => title },
]

export function formatInsights(insights: readonly Insight[], flags: ListFlags, terminal: { isTTY?: boolean; columns?: number }): string {
  const summaries = insights.map(({ name, title, alert: { severity, channel, for: wait } }) => ({
    name,
    title,
    severity,
    channel,
    for_s: wait / 1000,
  }))
  if (flags.output === 'ndjson') return summaries.map((row) => `${JSON.stringify(row)}\n`).join('')
  return formatList(insights, COLUMNS, flags, { insights: summaries }, terminal)
}

/** An insight as a document: durations are seconds. */
export function insightDocument({ insight, plan }: PlannedInsight) {
  const { name, title, about, rows, alert, sql } = insight
  const { for: wait, keepFiringFor, ...texts } = alert
  const { expectedLow: expected_low = null, expectedHigh: expected_high = null, column, unit } = rows.observed
  return {
    ...{ name, title, about },
    policy: { ...texts, for_s: wait / 1000, keep_firing_for_s: keepFiringFor / 1000, holds_s: rows.holds / 1000 },
    rows: {
      time: rows.time,
      subject: rows.subject,
      active: rows.active ?? null,
      labels: rows.labels,
      observed: column,
      unit,
      expected_low,
      expected_high,
    },
    columns: plan.columns.map((each) => each.name),
    sql,
    plan: explainPlan(plan).trimEnd(),
  }
}

/** What it is about, its policy in sentences, the text, the plan. */
export function formatInsight({ insight, plan }: PlannedInsight): string {
  const { name, title, about, rows, alert, sql } = insight
  const { expectedLow, expectedHigh, column, unit } = rows.observed
  const band = [expectedLow === undefined ? '' : `from ${expectedLow}`, expectedHigh === undefined ? '' : `to ${expectedHigh}`].filter(
    (part) => part !== '',
  )
  const lines = sql.split('\n')
  const query = lines.slice(lines.findIndex((line) => !line.startsWith('--')))
  const policy = [
    `${alert.severity}, told to ${alert.channel}: fires ${alert.for === 0 ? 'at once' : `when it has held for ${formatDuration(alert.for)}`}, and until ${alert.keepFiringFor === 0 ? '' : `${formatDuration(alert.keepFiringFor)} after `}it ended`,
    `about ${rows.subject.join(', ')}; ${column} (${unit}) is expected ${band.join(' ') || 'anywhere'}`,
    `a row stands for ${formatDuration(rows.holds)} unless another takes its place${rows.active ? `, and until ${rows.active} is false` : ''}`,
    `says: ${alert.summary}`,
    `advises: ${alert.advice}`,
  ]
  return [
    `${name}: ${title}`,
    '',
    about,
    '',
    ...policy.map((line) => `  ${line}`),
    '',
    query.join('\n').trim(),
    '',
    explainPlan(plan).trimEnd(),
    '',
  ].join('\n')
}
