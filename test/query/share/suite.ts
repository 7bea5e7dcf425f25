import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { bundle } from '../../support/bundle.ts'
import { OwnTime } from '../../support/own-time.ts'
import { record, recordsOf } from '../run/job-support.ts'

const PARTITIONS = 4
/** As promised: another process has taken over within so long. */
const FAIL_OVER_MS = 15_000

/** @param keyed the table says what the key is: both queries then are split by partitions */
const script = (topic: string, keyed: boolean) => `
CREATE TABLE in_ (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'kafka', 'topic' = '${topic}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'${keyed ? `, 'key.format' = 'raw', 'key.fields' = 'k'` : ''});
CREATE TABLE rows_ (id BIGINT, k STRING) WITH ('connector' = 'kafka', 'topic' = '${topic}-rows', 'format' = 'json', 'key.format' = 'raw', 'key.fields' = 'k');
CREATE TABLE counts (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
  WITH ('connector' = 'upsert-kafka', 'topic' = '${topic}-counts', 'key.format' = 'raw', 'value.format' = 'json');
INSERT INTO rows_ SELECT id, k FROM in_;
INSERT INTO counts SELECT k, COUNT(*) FROM in_ GROUP BY k;`

/** A process that shares the job. */
class Member {
  readonly #child: ChildProcess
  said: string[] = []
  readonly gone: Promise<unknown>

  constructor(file: string, url: string, sql: string) {
    this.#child = fork(file, { execArgv: [], env: { ...process.env, SHARE_URL: url, SHARE_SQL: sql } })
    this.#child.on('message', ({ message }: { message: string }) => this.said.push(message))
    this.gone = once(this.#child, 'exit')
  }

  /** What it runs, as it last said; undefined before it has said anything. */
  get runs(): string[] | undefined {
    const last = this.said.findLast((line) => line.startsWith('runs here: ') || line.startsWith('stands by'))
    if (last === undefined) return undefined
    return last.startsWith('runs here: ') ? last.slice('runs here: '.length).split(', ') : []
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
    await this.gone
  }
}

/** Processes that share a job, on a bus of either kind. */
export function sharedJobSuite(urlOf: () => string): void {
  let bundled: { file: string; folder: string }
  let bus: Bus
  let topic = ''
  let number = 0
  let written = 0
  let members: Member[] = []

  before(async function () {
    this.timeout(120_000)
    bundled = await bundle(fileURLToPath(new URL('./child.ts', import.meta.url)))
  })
  after(() => rmSync(bundled.folder, { recursive: true, force: true }))

  beforeEach(async () => {
    bus = await openBus(urlOf())
    topic = `in${++number}-${process.pid}`
    written = 0
    // The records have times of long ago: any retention would take them away at once.
    const config = { 'retention.ms': '-1' }
    for (const name of [topic, `${topic}-rows`, `${topic}-counts`]) await bus.createTopic({ name, partitions: PARTITIONS, config })
  })
  afterEach(async function () {
    this.timeout(120_000)
    await Promise.all(members.map((member) => member.end('SIGKILL')))
    members = []
    await bus.close()
  })

  const start = (keyed: boolean) => {
    const member = new Member(bundled.file, urlOf(), script(topic, keyed))
    members.push(member)
    return member
  }
  const write = async (count: number) => {
    const records = Array.from({ length: count }, (_, i) => {
      const { key, value, timestamp } = record(written + i, (written + i) / 50, { k: `k${(written + i) % 16}` })
      return { key, value, ...(timestamp !== undefined && { timestamp }) }
    })
    written += count
    await bus.append(topic, records)
  }
  const seen = async () => (await recordsOf(bus, `${topic}-rows`)).length
  const until = async (what: string, condition: () => boolean | Promise<boolean>, ms = FAIL_OVER_MS * 3) => {
    const deadline = Date.now() + ms
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`waited in vain: ${what}; ${members.map(({ said }) => said.join(' | ')).join(' || ')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  /** Each record once, and each count of each key once and in order. */
  const judge = async () => {
    const ids = (await recordsOf(bus, `${topic}-rows`)).map(({ value }) => Number(JSON.parse(String(value)).id)).sort((a, b) => a - b)
    expect(ids).to.deep.equal(Array.from({ length: written }, (_, i) => i))
    const counts = new Map<string, number>()
    for (const { key, value } of await recordsOf(bus, `${topic}-counts`)) {
      const { n } = JSON.parse(String(value)) as { n: number }
      expect(n, `count of ${key}`).to.equal((counts.get(String(key)) ?? 0) + 1)
      counts.set(String(key), n)
    }
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).to.equal(written)
  }

  for (const keyed of [false, true]) {
    const suffix = keyed ? ', by partitions' : ', by queries'
    it(`takes over what a killed process has run${suffix}`, async function () {
      this.timeout(120_000)
      const first = start(keyed)
      await write(100)
      await until('the rows of the first', async () => (await seen()) === 100)
      const second = start(keyed)
      await until('both have their share', () => members.every(({ runs }) => (runs?.length ?? 0) > 0))
      // Rows that are only filtered lie where they lie; counts are split where the key is known.
      const units = PARTITIONS + (keyed ? PARTITIONS : 1)
      await until('each unit runs in one place', () => members.flatMap(({ runs }) => runs ?? []).length === units)
      await write(100)
      await until('the rows of both', async () => (await seen()) === 200)
      await first.end('SIGKILL')
      const sinceKilled = new OwnTime()
      await write(100)
      await until('the second has all', async () => (await seen()) === 300 && (await recordsOf(bus, `${topic}-counts`)).length === 300)
      expect(sinceKilled.stop()).to.be.lessThan(FAIL_OVER_MS)
      await write(50)
      await until('the last rows', async () => (await seen()) === 350 && (await recordsOf(bus, `${topic}-counts`)).length === 350)
      await second.end('SIGTERM')
      await judge()
    })

    it(`hands over in order when a process is stopped, and to one that joins${suffix}`, async function () {
      this.timeout(120_000)
      const first = start(keyed)
      const second = start(keyed)
      const feeding = setInterval(() => void write(5), 50)
      try {
        await until('both have their share', () => members.every(({ runs }) => (runs?.length ?? 0) > 0))
        await first.end('SIGTERM')
        const stopped = written
        await until('the second goes on', async () => (await seen()) > stopped, FAIL_OVER_MS)
        const third = start(keyed)
        await until('the third has its share', () => (third.runs?.length ?? 0) > 0)
        await second.end('SIGTERM')
        const again = written
        await until('the third goes on alone', async () => (await seen()) > again + 20, FAIL_OVER_MS)
      } finally {
        clearInterval(feeding)
      }
      await until('all rows', async () => (await seen()) === written && (await recordsOf(bus, `${topic}-counts`)).length === written)
      await judge()
    })
  }
}
