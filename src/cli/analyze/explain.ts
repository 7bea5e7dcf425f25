import { ShitopsError } from '../../base/errors.ts'
import { explainPlan } from '../../query/plan/explain.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import { prune } from '../../query/plan/prune.ts'
import { build } from '../../query/run/build.ts'
import { type PlannedQuery, ScriptSession } from '../../query/script/script-session.ts'
import { parseScript } from '../../query/sql/parse-script.ts'
import { topicTables } from './tables.ts'

export interface ExplainedQuery {
  /** The table that an INSERT writes; null for a SELECT. */
  sink: string | null
  plan: string
  /** The generated JavaScript of all steps. */
  js?: string
}

/** The plans of all queries of a script. */
export async function explainSql(text: string, withJs: boolean): Promise<ExplainedQuery[]> {
  const session = new ScriptSession({ now: Date.now, random: Math.random }, await topicTables(text, new Map()))
  const queries = parseScript(text).statements.flatMap((statement) => {
    return session.run(statement.kind === 'explain' ? statement.statement : statement)
  })
  if (queries.length === 0) throw new ShitopsError('SHITOPS_E_SQL_PLAN', 'the script has no query to explain')
  return queries.map((query) => ({
    sink: query.sink?.name ?? null,
    plan: planText(query),
    ...(withJs && { js: javascript(query, session) }),
  }))
}

function planText({ plan, sink }: PlannedQuery): string {
  return explainPlan(prune(plan), sink ? `INSERT INTO ${sink.name} (${connectorOf(sink)})` : 'SELECT').trimEnd()
}

function javascript({ plan }: PlannedQuery, { session }: ScriptSession): string {
  const { steps, scans } = build(plan, { row() {}, watermark() {} }, { session })
  const parts = [
    ...steps.flatMap(({ id, plan, sources }) => sources.map(([name, text]) => `// step ${id}, ${plan.step}: ${name}\n${text}`)),
    ...scans.map(
      ({ id, table, source, fields }) => `// step ${id}, scan of ${table.name}: reads ${fields.join(', ') || 'no field'}\n${source}`,
    ),
  ]
  return parts.join('\n\n')
}
