import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode, messageOf } from '../../base/errors.ts'
import type { FlinkGateway } from './gateway.ts'
import type { FlinkColumn } from './logical-type.ts'
import type { FlinkRow } from './lossless.ts'

/** Between two looks at a result that is not ready: short first, so that a small query is quick, then slower for a long one. */
const POLL_MS = [10, 20, 50, 100, 200] as const

const STOP_TRIES = 20
const STOP_WAIT_MS = 500

/** A part of a result, as it comes. */
export interface FlinkPage {
  columns: readonly FlinkColumn[]
  rows: readonly FlinkRow[]
  /** The job that computes it, where it is one. */
  jobId?: string
}

/** The whole of a bounded result. */
export interface FlinkResult {
  columns: readonly FlinkColumn[]
  rows: FlinkRow[]
  jobId?: string
}

/** A session of the SQL gateway: tables, views and settings live as long as it does. Close it. */
export class FlinkSession {
  readonly handle: string
  readonly #gateway: FlinkGateway

  constructor(gateway: FlinkGateway, handle: string) {
    this.#gateway = gateway
    this.handle = handle
  }

  /** Runs one statement (without `;`) and collects all of its result. A stream without end never resolves: use `pages`. */
  async run(statement: string, signal?: AbortSignal): Promise<FlinkResult> {
    const result: FlinkResult = { columns: [], rows: [] }
    for await (const page of this.pages(statement, signal)) {
      result.columns = page.columns
      result.rows.push(...page.rows)
      if (page.jobId) result.jobId = page.jobId
    }
    return result
  }

  /** Runs one statement and gives its result as it comes. The operation is cancelled when the loop ends early or `signal` aborts. */
  async *pages(statement: string, signal?: AbortSignal): AsyncGenerator<FlinkPage> {
    const operation = await this.#submit(statement)
    let ended = false
    try {
      let next: string | undefined = `${operation}/result/0?rowFormat=JSON`
      let waits = 0
      while (next !== undefined) {
        signal?.throwIfAborted()
        const answer = (await this.#gateway.call('GET', next)) as Answer
        if (answer.resultType === 'EOS') ended = true
        const rows = answer.results?.data ?? []
        const columns = answer.results?.columns ?? []
        if (answer.resultType !== 'NOT_READY') yield { columns, rows, ...(answer.jobID ? { jobId: answer.jobID } : {}) }
        waits = rows.length > 0 ? 0 : waits + 1
        if (rows.length === 0 && !ended)
          await sleep(POLL_MS[Math.min(waits, POLL_MS.length) - 1], undefined, signal ? { signal } : undefined)
        next = answer.nextResultUri
      }
    } catch (error) {
      // A statement that failed is over, as one that was read to its end is.
      ended ||= hasCode(error, 'SHITOPS_E_FLINK_REFUSED')
      throw error
    } finally {
      if (!ended) await this.#gateway.call('POST', `${operation}/cancel`).catch(() => {})
      await this.#gateway.call('DELETE', `${operation}/close`).catch(() => {})
    }
  }

  /** Starts a statement that runs on (INSERT INTO, a STATEMENT SET) and resolves with its job's id as soon as Flink has taken it. */
  async start(statement: string): Promise<string | undefined> {
    const { jobId, rows } = await this.run(statement)
    const [first] = rows
    const id = jobId ?? first?.fields[0]
    return typeof id === 'string' ? id : undefined
  }

  /** Stops a job with a savepoint and resolves with where that lies. Needs a session cluster; a local one has no STOP JOB. */
  async stopWithSavepoint(jobId: string): Promise<string> {
    if (!/^[0-9a-f]{32}$/.test(jobId)) throw new TypeError(`not a job id: ${jobId}`)
    for (let tries = 1; ; tries++) {
      try {
        const { rows } = await this.run(`STOP JOB '${jobId}' WITH SAVEPOINT`)
        return String(rows[0]?.fields[0] ?? '')
      } catch (error) {
        // A job is called RUNNING a moment before all of its tasks are.
        if (tries >= STOP_TRIES || !messageOf(error).includes('Not all required tasks are currently running')) throw error
        await sleep(STOP_WAIT_MS)
      }
    }
  }

  /** Cancels a job without a savepoint. */
  async cancelJob(jobId: string): Promise<void> {
    if (!/^[0-9a-f]{32}$/.test(jobId)) throw new TypeError(`not a job id: ${jobId}`)
    await this.run(`STOP JOB '${jobId}'`)
  }

  /** Job id, name, status (RUNNING, FINISHED, FAILED, …) and start time of every job of the cluster. */
  async jobs(): Promise<Array<{ id: string; name: string; status: string; started: string }>> {
    const { rows } = await this.run('SHOW JOBS')
    return rows.map(({ fields: [id, name, status, started] }) => ({
      id: String(id),
      name: String(name),
      status: String(status),
      started: String(started),
    }))
  }

  /** The gateway drops a session that is silent for ten minutes (sql-gateway.session.idle-timeout). */
  async heartbeat(): Promise<void> {
    await this.#gateway.call('POST', `/v2/sessions/${this.handle}/heartbeat`)
  }

  async close(): Promise<void> {
    await this.#gateway.call('DELETE', `/v2/sessions/${this.handle}`)
  }

  async #submit(statement: string): Promise<string> {
    const answer = (await this.#gateway.call('POST', `/v2/sessions/${this.handle}/statements`, { statement })) as {
      operationHandle: string
    }
    return `/v2/sessions/${this.handle}/operations/${answer.operationHandle}`
  }
}

interface Answer {
  resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS'
  jobID?: string
  nextResultUri?: string
  results?: { columns: FlinkColumn[]; data: FlinkRow[] }
}
