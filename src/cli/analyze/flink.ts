import type { Writable } from 'node:stream'
import { hasCode } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { TopicName } from '../../events/event-types.ts'
import { TOPICS } from '../../events/topics.ts'
import { flinkTopicDdl } from '../../query/flink/ddl.ts'
import { type FlinkFailure, flinkError } from '../../query/flink/failure.ts'
import { FlinkGateway } from '../../query/flink/gateway.ts'
import { type FlinkRow, jsonText, rowText } from '../../query/flink/lossless.ts'
import type { FlinkSession } from '../../query/flink/session.ts'
import { type ScriptStatement, splitStatements } from '../../query/flink/statements.ts'
import { brokersOf } from './flink-brokers.ts'

export interface FlinkSqlOptions {
  readonly text: string
  readonly gateway: string
  /** Where the topics are: the cluster reads them itself. */
  readonly busUrl: string
  readonly output: 'ndjson' | 'json-rows'
  readonly untilEnd: boolean
}

export interface FlinkEnvironment {
  readonly stdout: Writable
  readonly logger: Logger
  readonly signal: AbortSignal
}

/**
 * Runs the same script on a Flink cluster: the tables of its topics, then each statement; rows of SELECTs to stdout.
 * @returns the ids of the jobs that INSERTs are
 */
export async function runOnFlink(options: FlinkSqlOptions, { stdout, logger, signal }: FlinkEnvironment): Promise<string[]> {
  const jobs: string[] = []
  const gateway = new FlinkGateway(options.gateway)
  const { productName, version } = await gateway.info()
  logger.info(`${productName} ${version} at ${options.gateway}`)
  const session = await gateway.openSession({ 'table.local-time-zone': 'UTC' })
  const heart = setInterval(() => void session.heartbeat().catch(() => {}), 60_000)
  try {
    for (const ddl of await topicTables(options)) await session.run(ddl, signal)
    for (const statement of splitStatements(options.text)) {
      await placed(statement, `the statement at line ${statement.line}`, async () => {
        if (/^(SELECT|WITH|VALUES|TABLE|\()/i.test(statement.text)) await show(session, statement.text, options.output, stdout, signal)
        else if (/^(INSERT|EXECUTE|BEGIN)\b/i.test(statement.text)) {
          const job = (await session.start(statement.text)) ?? ''
          jobs.push(job)
          logger.info(`job ${job} runs: shitops analyze jobs --gateway ${options.gateway}`)
        } else await session.run(statement.text, signal)
      })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(heart)
    await session.close().catch(() => {})
  }
  return jobs
}

/** CREATE TABLE for each topic of ours that the script names and does not make itself. */
async function topicTables({ text, busUrl, untilEnd }: FlinkSqlOptions): Promise<string[]> {
  const named = (Object.keys(TOPICS) as TopicName[]).filter((topic) => {
    return (
      new RegExp(`\\b${topic}\\b`).test(text) &&
      !new RegExp(`CREATE\\s+(TEMPORARY\\s+)?TABLE\\s+(IF\\s+NOT\\s+EXISTS\\s+)?\`?${topic}\\b`, 'i').test(text)
    )
  })
  if (named.length === 0) return []
  const brokers = brokersOf(busUrl)
  return Promise.all(named.map((topic) => flinkTopicDdl(topic, { brokers, untilEnd, transactionalIdPrefix: `shitops-${topic}` })))
}

async function show(
  session: FlinkSession,
  text: string,
  output: 'ndjson' | 'json-rows',
  stdout: Writable,
  signal: AbortSignal,
): Promise<void> {
  for await (const { columns, rows } of session.pages(text, signal)) {
    const lines = rows.map((row) =>
      output === 'ndjson'
        ? rowText(row)
        : objectText(
            columns.map(({ name }) => name),
            row,
          ),
    )
    if (lines.length > 0 && !(await write(stdout, `${lines.join('\n')}\n`))) return
  }
}

function objectText(names: readonly string[], { kind, fields }: FlinkRow): string {
  const members = names.map((name, i) => `${JSON.stringify(name)}:${jsonText(fields[i] ?? null)}`)
  return `{${[...(kind === 'INSERT' ? [] : [`"_kind":"${kind}"`]), ...members].join(',')}}`
}

/**
 * Flink counts places from the statement's beginning: they are told as those of the script.
 * @param statement where it begins
 * @param what it is, for a failure without a place
 */
export async function placed(statement: Pick<ScriptStatement, 'line' | 'column'>, what: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!hasCode(error, 'SHITOPS_E_FLINK_REFUSED')) throw error
    const failure = error.cause as FlinkFailure
    if (failure.line === undefined) throw flinkError(failure, what)
    const { line, column = 1 } = failure
    throw flinkError({ ...failure, line: statement.line + line - 1, column: line === 1 ? statement.column + column - 1 : column }, what)
  }
}

/** @returns false when the reader has closed the pipe */
function write(stdout: Writable, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (!error) resolve(true)
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false)
      else reject(error)
    })
  })
}
