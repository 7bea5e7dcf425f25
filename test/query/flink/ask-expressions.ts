import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '../../../src/base/errors.ts'
import type { FlinkFailure } from '../../../src/query/flink/failure.ts'
import type { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { typeText } from '../../../src/query/flink/logical-type.ts'
import { type FlinkValue, jsonText } from '../../../src/query/flink/lossless.ts'
import type { FlinkSession } from '../../../src/query/flink/session.ts'
import type { ExpressionCase, ExpressionFile } from '../cases/read.ts'

/** Expressions in one SELECT: a job costs about half a second, however many columns it has. */
const AT_ONCE = 40

export const BASE_SETTINGS = {
  'execution.runtime-mode': 'streaming',
  'parallelism.default': '1',
  'table.local-time-zone': 'UTC',
  // A watermark after each row: the default, one in 200 ms, would make the rows depend on the machine's speed.
  'pipeline.auto-watermark-interval': '0 ms',
} as const

/** What the real Flink answers to every expression of a file, in its order. */
export async function askExpressions(gateway: FlinkGateway, file: ExpressionFile): Promise<ExpressionCase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-expressions-'))
  const session = await gateway.openSession({ ...BASE_SETTINGS, ...file.settings })
  try {
    if (file.table) {
      await writeFile(join(folder, 't.ndjson'), file.table.rows)
      await session.run(file.table.ddl.replace(/\$\{t\}/, join(folder, 't.ndjson')).replace(/;\s*$/, ''))
    }
    const answers = new Map<string, ExpressionCase>()
    const from = file.table ? ' FROM t' : ''
    for (const sqls of batches(file.cases)) {
      for (const answer of await askBatch(session, sqls, from)) answers.set(answer.sql, answer)
    }
    return file.cases.map(({ sql }) => answers.get(sql) ?? { sql })
  } finally {
    await session.close().catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
}

/** One that is known to fail goes alone, since it would take its batch along. */
function batches(cases: readonly ExpressionCase[]): string[][] {
  const failing = cases.filter(({ error }) => error !== undefined).map(({ sql }) => [sql])
  const working = cases.filter(({ error }) => error === undefined).map(({ sql }) => sql)
  const groups = Array.from({ length: Math.ceil(working.length / AT_ONCE) }, (_, i) => working.slice(i * AT_ONCE, (i + 1) * AT_ONCE))
  return [...groups, ...failing]
}

/** Halves a batch that fails until the failing ones stand alone. */
async function askBatch(session: FlinkSession, sqls: readonly string[], from: string): Promise<ExpressionCase[]> {
  const select = `SELECT ${sqls.map((sql, i) => (sqls.length === 1 ? sql : `${sql} AS c${i}`)).join(', ')}${from}`
  try {
    const { columns, rows } = await session.run(select)
    return sqls.map((sql, i) => {
      const type = columns[i]?.logicalType ?? { type: '?' }
      const values = rows.map(({ fields }) => valueText(fields[i] ?? null))
      const typed = {
        sql,
        type: typeText({ ...type, nullable: true }).replaceAll(' NOT NULL', ''),
        ...(type.nullable === false ? { notNull: true as const } : {}),
      }
      return from === '' ? { ...typed, value: values[0] ?? null } : { ...typed, values }
    })
  } catch (error) {
    if (!hasCode(error, 'SHITOPS_E_FLINK_REFUSED')) throw error
    if (sqls.length > 1) {
      const half = sqls.length >> 1
      return [...(await askBatch(session, sqls.slice(0, half), from)), ...(await askBatch(session, sqls.slice(half), from))]
    }
    return [{ sql: sqls[0] ?? '', ...(await failureOf(session, select, error)) }]
  }
}

/** What a case keeps of a failure; positions count from the beginning of the statement. */
export async function failureOf(session: FlinkSession, statement: string, error: unknown) {
  const { message, line, column } = (error as { cause: FlinkFailure }).cause
  const at = await session.run(`EXPLAIN ${statement}`).then(
    () => 'run' as const,
    () => 'plan' as const,
  )
  return { error: message, at, ...(line === undefined ? {} : { line, column: column ?? 1 }) }
}

/** A string as it is, everything else as its JSON text. */
function valueText(value: FlinkValue): string | null {
  if (value === null || typeof value === 'string') return value
  return jsonText(value)
}
