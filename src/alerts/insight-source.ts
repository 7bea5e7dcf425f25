import { parseInsight } from '../insights/header.ts'
import { type PlannedInsight, planInsight } from '../insights/plan.ts'

/** Insights as text of which they can be planned again. */
export function sourceOfInsights(planned: readonly PlannedInsight[]): string {
  return JSON.stringify(
    planned.map(({ insight: { name, sql }, disorderSeconds }) => ({
      name,
      sql,
      ...(disorderSeconds !== undefined && { disorderSeconds }),
    })),
  )
}

interface Source {
  name: string
  sql: string
  disorderSeconds?: number
}

/** The insights of such a text. @throws SHITOPS_E_INSIGHT, SHITOPS_E_SQL_… where they can be planned no more */
export function revivedInsights(source: string): Promise<PlannedInsight[]> {
  const insights = JSON.parse(source) as Source[]
  return Promise.all(insights.map(({ name, sql, ...options }) => planInsight(parseInsight(sql, name), options)))
}
