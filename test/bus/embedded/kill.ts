/**
 * kill -9, again and again, of a writer and of a group member at random moments; then count. `npm run test:kill -- --count 100`
 * kills each of the two that often. Prints one JSON line; ends with 1 when a record was lost or doubled, or the store damaged.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { CHURN, PARTITIONS, PROGRESS, SINK, SOURCE } from './kill-child.ts'
import { removeDirectory, temporaryDirectory } from './support.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
/** A killed child lives this long at most after it has said that it is at work. */
const MAX_LIFE_MS = 300
const CATCH_UP_MS = 60_000
const CHURN_BYTES = 2 << 20

/** One of the two, restarted whenever it is killed. */
class Victim {
  kills = 0
  acknowledged = 0
  readonly #role: string
  readonly #url: string
  #child: ChildProcess | undefined

  constructor(role: string, url: string) {
    this.#role = role
    this.#url = url
  }

  /** Start it; resolves when it is at work. */
  async start(): Promise<void> {
    const child = fork(CHILD, { execArgv: ['--import', 'tsx'], env: { ...process.env, KILL_ROLE: this.#role, KILL_URL: this.#url } })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`the ${this.#role} ended by itself: ${code ?? signal}`)))
      child.on('message', (message: { ready?: true; acknowledged?: number }) => {
        if (message.ready) resolve()
        if (message.acknowledged !== undefined) this.acknowledged = message.acknowledged
      })
    })
    child.removeAllListeners('exit')
  }

  async killSometimes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_LIFE_MS))
      await this.end('SIGKILL')
      this.kills++
      await this.start()
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }
}

/** How often each number from 0 to `total` is missing, or there more than once, or out of order within its partition. */
function judge(values: readonly number[][], total: number) {
  const seen = new Uint32Array(total)
  let doubled = 0
  let disordered = 0
  for (const partition of values) {
    partition.forEach((value, i) => {
      if ((seen[value] ?? 1) > 0) doubled++
      seen[value] = (seen[value] ?? 0) + 1
      if (i > 0 && value <= (partition[i - 1] ?? -1)) disordered++
    })
  }
  return { lost: seen.filter((count) => count === 0).length, doubled, disordered }
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({ options: { count: { type: 'string', default: '10' } } })
  const count = Number(flags.count)
  const directory = temporaryDirectory()
  const url = `embedded:${directory}`
  let damaged = 0
  const logger = { debug() {}, info() {}, warn: () => damaged++, error: () => damaged++ }
  const bus = await openEmbeddedBus(url, { logger })
  for (const name of [SOURCE, SINK]) await bus.createTopic({ name, partitions: PARTITIONS })
  await bus.createTopic({ name: CHURN, partitions: 1, config: { 'retention.bytes': String(CHURN_BYTES) } })
  const started = Date.now()
  const writer = new Victim('writer', url)
  const member = new Victim('member', url)
  try {
    await Promise.all([writer.start(), member.start()])
    const housekeeping = setInterval(() => void bus.maintain(), 250)
    await Promise.all([writer.killSometimes(count), member.killSometimes(count)])
    await writer.end('SIGTERM')
    clearInterval(housekeeping)
    const [progress] = await bus.fetchOffsets(PROGRESS, [SOURCE])
    const total = progress?.offset ?? 0
    const deadline = Date.now() + CATCH_UP_MS
    const copied = async () => (await bus.offsets(SINK)).reduce((sum, { latest }) => sum + latest, 0)
    while ((await copied()) < total && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    await member.end('SIGTERM')
    const source = judge(await numbers(SOURCE), total)
    const sink = judge(await numbers(SINK), total)
    await numbers(CHURN)
    const result = {
      name: 'kill -9 of a writer and of a group member',
      kills: { writer: writer.kills, member: member.kills },
      records: total,
      acknowledged_and_lost: Math.max(0, writer.acknowledged - total),
      source,
      sink,
      damaged,
      seconds: Math.round((Date.now() - started) / 1_000),
    }
    console.log(JSON.stringify(result))
    const wrong = [source, sink].some(({ lost, doubled, disordered }) => lost + doubled + disordered > 0)
    if (wrong || damaged > 0 || result.acknowledged_and_lost > 0 || total === 0) process.exitCode = 1
  } finally {
    await Promise.all([writer.end('SIGKILL'), member.end('SIGKILL')])
    await bus.close()
    // Opening checks every page of the tables: the store itself must have come through as well.
    const again = await openEmbeddedBus(url, { readOnly: true })
    await again.close()
    removeDirectory(directory)
  }

  /** The numbers in a topic, by partition. */
  async function numbers(topic: string): Promise<number[][]> {
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const found: number[][] = partitions.map(() => [])
    for await (const batch of bus.read({ topic, partitions })) {
      for (let i = 0; i < batch.count; i++) found[batch.partition]?.push(Number(batch.value(i)))
    }
    return found
  }
}

await main()
