import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { flinkJobName, type InsightScriptOptions, type InsightStatement, insightStatements } from '../../insights/flink/script.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import { FlinkGateway } from '../../query/flink/gateway.ts'
import type { FlinkSession } from '../../query/flink/session.ts'
import { placed } from './flink.ts'

/** States from which a job does not come back. */
const ENDED = ['FINISHED', 'FAILED', 'CANCELED', 'SUSPENDED']

/** How often it is asked how a job is, ms. */
const LOOK_EVERY = 5_000
const LOOK_EVERY_UNTIL_END = 500

/** The insights as a script for Flink's SQL client: what `startInsights` sends. */
export async function insightScript(planned: readonly PlannedInsight[], options: InsightScriptOptions): Promise<string> {
  const statements = await insightStatements(planned, options)
  return statements.map(({ text }) => `${text};\n`).join('\n')
}

/** Insights as a job of a Flink cluster. */
export class FlinkInsights {
  readonly #session: FlinkSession
  readonly #url: string
  readonly #name: string
  readonly #heart: NodeJS.Timeout
  #jobId = ''

  private constructor(session: FlinkSession, url: string, name: string) {
    this.#session = session
    this.#url = url
    this.#name = name
    this.#heart = setInterval(() => void session.heartbeat().catch(() => {}), 60_000)
  }

  static async open(url: string, job: string, logger: Logger): Promise<FlinkInsights> {
    const gateway = new FlinkGateway(url)
    const { productName, version } = await gateway.info()
    logger.info(`${productName} ${version} at ${url}`)
    return new FlinkInsights(await gateway.openSession(), url, flinkJobName(job))
  }

  get jobId(): string {
    return this.#jobId
  }

  /** Takes up the job of this name that runs already. @returns whether there is one */
  async attach(): Promise<boolean> {
    const running = (await this.#session.jobs()).find(({ name, status }) => name === this.#name && !ENDED.includes(status))
    this.#jobId = running?.id ?? ''
    return running !== undefined
  }

  /** @throws SHITOPS_E_FLINK_REFUSED with the insight, line and column in its file */
  async start(statements: readonly InsightStatement[], signal: AbortSignal): Promise<void> {
    for (const [i, { text, insight, line = 1 }] of statements.entries()) {
      const what = insight === undefined ? `statement ${i + 1} of ${statements.length}` : `the insight ${insight}`
      const where = { line: 2 - line, column: 1 }
      await placed(where, what, async () => {
        if (i < statements.length - 1) await this.#session.run(text, signal)
        else this.#jobId = (await this.#session.start(text)) ?? ''
      })
    }
  }

  /**
   * Looks after the job until `signal` aborts, or until it has finished where it is to end.
   * @throws SHITOPS_E_FLINK_JOB where it failed, or was stopped by somebody
   */
  async watch(untilEnd: boolean, signal: AbortSignal, sleep: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const status = await this.#status()
      if (status === 'FINISHED' && untilEnd) return
      if (ENDED.includes(status)) {
        throw new ShitopsError('SHITOPS_E_FLINK_JOB', `job ${this.#jobId} (${this.#name}) is ${status} on the Flink cluster`, {
          suggestions: ["its exceptions are in the cluster's web interface", `shitops analyze jobs --gateway ${this.#url}`],
        })
      }
      await sleep(untilEnd ? LOOK_EVERY_UNTIL_END : LOOK_EVERY, signal).catch(() => {})
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#heart)
    await this.#session.close().catch(() => {})
  }

  async #status(): Promise<string> {
    return (await this.#session.jobs()).find(({ id }) => id === this.#jobId)?.status ?? 'SUSPENDED'
  }
}
