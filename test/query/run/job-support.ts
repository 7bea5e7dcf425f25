import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import type { Bus, BusRecord, OutRecord } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { durableQuery, topicOfTable } from '../../../src/cli/analyze/durable-query.ts'
import { type BusJobOptions, type BusJobStats, runBusJob } from '../../../src/query/run/bus-job.ts'
import { deadLetter } from '../../../src/query/run/dead-letter.ts'
import { JOB_STATE_SPEC } from '../../../src/query/run/job-state.ts'
import { ScriptSession } from '../../../src/query/script/script-session.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { PATIENCE } from '../../support/patience.ts'
import { TEST_SESSION } from '../../support/query.ts'

/** A fixed moment, in whole hours: 2026-03-31T08:00:00Z. */
export const T0 = 1_774_944_000_000

export const IN = `CREATE TABLE in_ (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'kafka', 'topic' = 'in', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');`
const TUMBLED = `CREATE TABLE out_ (k STRING, n BIGINT, window_end TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'out', 'format' = 'json');`
export const tumble = (where = 'v >= 0') => `${IN}${TUMBLED}
INSERT INTO out_ SELECT k, COUNT(*), window_end FROM (SELECT * FROM TABLE(TUMBLE(TABLE in_, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE ${where})
GROUP BY k, window_start, window_end;`
export const FILTER = `${IN}CREATE TABLE out_ (id BIGINT, k STRING) WITH ('connector' = 'kafka', 'topic' = 'out', 'format' = 'json', 'key.format' = 'raw', 'key.fields' = 'k');
INSERT INTO out_ SELECT id, k FROM in_;`

/** A record of the input: `at` in seconds after T0. */
export function record(id: number, at: number, more: { k?: string; partition?: number } = {}): OutRecord {
  const { k = 'a', partition = 0 } = more
  const time = T0 + at * 1000
  return { key: k, value: JSON.stringify({ id, k, v: id, ts: new Date(time).toISOString() }), timestamp: time, partition }
}

/** An embedded bus with the topics `in` and `out`, for each test of the enclosing suite. */
export function useJobBus(partitions = 1): { bus: () => Bus; another: () => Promise<Bus> } {
  let folder = ''
  const open: Bus[] = []
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shitops-job-'))
    const bus = await openBus(`embedded:${folder}`)
    open.push(bus)
    await bus.createTopic(JOB_STATE_SPEC)
    await bus.createTopic({ name: 'in', partitions })
    for (const name of ['out', 'out.late', 'in.dlq']) await bus.createTopic({ name, partitions: 1 })
  })
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const another = async () => {
    const bus = await openBus(`embedded:${folder}`)
    open.push(bus)
    return bus
  }
  return { bus: () => open[0] as Bus, another }
}

/** Runs the script's INSERT as job `j`. */
export function runScriptJob(bus: Bus, script: string, options: Partial<BusJobOptions> = {}): Promise<BusJobStats> {
  const session = new ScriptSession(TEST_SESSION)
  const queries = parseScript(script).statements.flatMap((statement) => session.run(statement))
  const query = queries.at(-1)
  const sink = query?.sink
  if (!query || !sink) throw new Error('the script has no INSERT')
  return runBusJob({
    bus,
    clock: systemClock,
    job: 'j',
    create: () => durableQuery(query.plan, sink, session.session),
    topicOf: ({ table }) => topicOfTable(table),
    start: 'earliest',
    signal: new AbortController().signal,
    idleTimeout: 3_600_000,
    onBad: deadLetter,
    ...options,
  })
}

export async function recordsOf(bus: Bus, topic: string): Promise<BusRecord[]> {
  const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
  const records: BusRecord[] = []
  for await (const batch of bus.read({ topic, partitions })) records.push(...batch)
  return records
}

export async function valuesOf(bus: Bus, topic: string): Promise<string[]> {
  return (await recordsOf(bus, topic)).map(({ value }) => String(value))
}

export function headersOf({ headers }: BusRecord): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const [name, value] of headers) found[name] = [...(found[name] ?? []), value.toString()]
  return found
}

/** A job that follows, and can be waited for and stopped. */
export class Following {
  readonly stop = new AbortController()
  readonly done: Promise<BusJobStats>
  #failed = false

  constructor(bus: Bus, script: string, options: Partial<BusJobOptions> = {}) {
    this.done = runScriptJob(bus, script, { ...options, signal: this.stop.signal })
    this.done.catch(() => {
      this.#failed = true
    })
  }

  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE
    while (!(await condition())) {
      if (this.#failed) await this.done
      if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async end(): Promise<BusJobStats> {
    this.stop.abort()
    return this.done
  }
}
