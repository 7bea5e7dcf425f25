import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '../../../src/base/errors.ts'
import type { FlinkFailure } from '../../../src/query/flink/failure.ts'
import type { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { typeText } from '../../../src/query/flink/logical-type.ts'
import { rowText } from '../../../src/query/flink/lossless.ts'
import type { FlinkResult, FlinkSession } from '../../../src/query/flink/session.ts'
import { type ScriptStatement, splitStatements } from '../../../src/query/flink/statements.ts'
import type { QueryCase } from '../cases/read.ts'
import { BASE_SETTINGS } from './ask-expressions.ts'

/** No case takes so long; one that does reads a table without end. */
const CASE_MS = 60_000

/** What Flink made of a case: either rows, or the place and the reason why not. */
export type QueryAnswer = Pick<QueryCase, 'refused' | 'failed' | 'line' | 'column'> & { columns?: string[]; rows?: string[] }

/** Runs a case's script in a session of its own. */
export async function askQuery(gateway: FlinkGateway, queryCase: Pick<QueryCase, 'script' | 'inputs'>): Promise<QueryAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-query-'))
  const session = await gateway.openSession(BASE_SETTINGS)
  try {
    let { script } = queryCase
    for (const [name, lines] of Object.entries(queryCase.inputs)) {
      const path = join(folder, `${name}.ndjson`)
      await writeFile(path, lines)
      script = script.replaceAll(`\${${name}}`, path)
    }
    return await askScript(session, splitStatements(script))
  } finally {
    await session.close().catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
}

async function askScript(session: FlinkSession, statements: readonly ScriptStatement[]): Promise<QueryAnswer> {
  let result: FlinkResult = { columns: [], rows: [] }
  for (const statement of statements) {
    try {
      result = await session.run(statement.text, AbortSignal.timeout(CASE_MS))
    } catch (error) {
      if (!hasCode(error, 'SHITOPS_E_FLINK_REFUSED')) throw error
      return refusal(session, statement, error.cause as FlinkFailure)
    }
  }
  return {
    columns: result.columns.map(
      ({ name, logicalType }) => `${name} ${typeText({ ...logicalType, nullable: true }).replaceAll(' NOT NULL', '')}`,
    ),
    rows: result.rows.map(rowText),
  }
}

/** Positions are those of the script. */
async function refusal(session: FlinkSession, statement: ScriptStatement, failure: FlinkFailure): Promise<QueryAnswer> {
  const isQuery = /^(SELECT|WITH|\()/i.test(statement.text)
  const plans =
    isQuery &&
    (await session.run(`EXPLAIN ${statement.text}`).then(
      () => true,
      () => false,
    ))
  if (plans) return { failed: failure.message }
  const { line, column = 1 } = failure
  const place = line === undefined ? {} : { line: statement.line + line - 1, column: line === 1 ? statement.column + column - 1 : column }
  return { refused: failure.message, ...place }
}
