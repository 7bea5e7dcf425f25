import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KIND_NAMES } from '../../src/query/operators/operator.ts'
import { build } from '../../src/query/run/build.ts'
import { filesAt, runFiles } from '../../src/query/run/run-files.ts'
import { type PlannedQuery, ScriptSession } from '../../src/query/script/script-session.ts'
import { parseScript } from '../../src/query/sql/parse-script.ts'
import { toJsonRow } from '../../src/query/types/json-row.ts'
import { typeText } from '../../src/query/types/type-text.ts'

/** What a script printed. */
export interface Printed {
  /** `name TYPE` of each column. */
  columns: string[]
  /** As `analyze sql --output ndjson` prints them. */
  rows: string[]
  bad: string[]
}

export const TEST_SESSION = { now: () => Date.parse('2026-01-01T00:00:00Z'), random: () => 0.5 }

/** Plans a script; the last SELECT is the one that is looked at. */
export function planScript(script: string): { query: PlannedQuery; session: ScriptSession } {
  const session = new ScriptSession(TEST_SESSION)
  let last: PlannedQuery | undefined
  for (const statement of parseScript(script).statements) for (const query of session.run(statement)) last = query
  if (!last) throw new Error('the script has no query')
  return { query: last, session }
}

/** Runs a script over inputs given as NDJSON text; `${name}` in it stands for the path of a file. */
export async function runScript(script: string, inputs: Readonly<Record<string, string>>): Promise<Printed> {
  const folder = mkdtempSync(join(tmpdir(), 'shitops-query-'))
  try {
    let text = script
    for (const [name, lines] of Object.entries(inputs)) {
      const path = join(folder, `${name}.ndjson`)
      writeFileSync(path, lines)
      text = text.replaceAll(`\${${name}}`, path)
    }
    const { query, session } = planScript(text)
    const { columns } = query.plan
    const printed: Printed = {
      columns: columns.map(
        ({ name, type }) =>
          `${name} ${typeText({ ...type, nullable: true })
            .replaceAll('`', '')
            .replaceAll(' NOT NULL', '')}`,
      ),
      rows: [],
      bad: [],
    }
    const sink = {
      row: (kind: 0 | 1 | 2 | 3, row: readonly unknown[]) => {
        const fields = columns.map(({ type }, i) => toJsonRow(row[i], type))
        printed.rows.push(`{"kind":"${KIND_NAMES[kind]}","fields":[${fields.join(',')}]}`)
      },
      watermark: () => {},
    }
    const pipeline = build(query.plan, sink, { session: session.session })
    await runFiles(pipeline, {
      filesOf: (scan) => filesAt(scan.table.options.get('path') ?? ''),
      onBad: ({ reason, line }) => printed.bad.push(`${line}: ${reason}`),
    })
    return printed
  } finally {
    rmSync(folder, { recursive: true })
  }
}
