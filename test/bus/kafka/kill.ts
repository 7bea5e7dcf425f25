/**
 * Leaders killed (-9), or frozen (SIGSTOP), in mid-write, again and again: `npm run test:kafka-kill -- --count N [--minutes M] [--freeze]
 * [--client kafkajs]`; no round begins after M minutes.
 * Three brokers, six partitions, replication 3, min.insync.replicas 2. Writes go on all the time; each round takes the leader of another partition
 * away while they do, waits until records are acknowledged without it, and heals. At the end every record that was acknowledged is counted.
 * Prints one JSON line {rounds, acknowledged, refused, read, lost, doubled}; exits 1 where anything was lost or doubled.
 */
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { type KafkaCluster, startKafka, waitFor } from '../../support/kafka/index.ts'
import { heal, leaderOf, numbers, safeTopic } from './support.ts'

const TOPIC = 'killed'
const PARTITIONS = 6
const CHUNK = 20
const IN_FLIGHT = 20
/** Acknowledged before the next leader goes, and without it. */
const BETWEEN = 1_000

/** Quicker to notice and to elect than by default: hundreds of rounds are to fit a morning. */
const PROPERTIES = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500', 'replica.lag.time.max.ms': '5000' }

/** Writes without a pause; knows of each record whether it was acknowledged. */
class Writer {
  readonly acknowledged = new Set<number>()
  /** Of unknown fate: they may be there once, or not at all. */
  readonly refused = new Set<number>()
  readonly #bus: Bus
  #next = 0
  #stopped = false

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async run(): Promise<void> {
    const pending = new Set<Promise<unknown>>()
    while (!this.#stopped) {
      const from = this.#next
      this.#next += CHUNK
      const settle = (fate: Set<number>) => {
        for (let i = from; i < from + CHUNK; i++) fate.add(i)
        pending.delete(write)
      }
      const write: Promise<void> = this.#bus.append(TOPIC, numbers(from, CHUNK)).then(
        () => settle(this.acknowledged),
        () => settle(this.refused),
      )
      pending.add(write)
      if (pending.size >= IN_FLIGHT) await Promise.race(pending)
    }
    await Promise.all(pending)
  }

  stop(): void {
    this.#stopped = true
  }

  more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count
    return waitFor(`${goal} acknowledged records`, () => this.acknowledged.size >= goal, 150_000)
  }
}

async function round(
  kafka: KafkaCluster,
  control: Bus,
  writer: Writer,
  { index, freeze }: { index: number; freeze: boolean },
): Promise<boolean> {
  await writer.more(BETWEEN)
  const leader = await leaderOf(control, TOPIC, index % PARTITIONS)
  if (freeze) kafka.freeze(leader)
  else await kafka.kill(leader)
  await writer.more(BETWEEN)
  await heal(kafka, control)
  return toldLess(control, writer)
}

/**
 * Whether the leaders, as the control bus knows them, told of fewer records than are acknowledged. One that has just thawed, and was not told yet
 * that others lead now, may: it does not know better. It must pass, or records are lost.
 */
async function toldLess(control: Bus, writer: Writer): Promise<boolean> {
  const acknowledged = writer.acknowledged.size
  const told = async () => (await control.offsets(TOPIC)).reduce((sum, { latest }) => sum + latest, 0)
  if ((await told()) >= acknowledged) return false
  await waitFor(`${acknowledged} records in the log`, async () => (await told()) >= acknowledged, 60_000)
  return true
}

async function main(): Promise<void> {
  const value = (name: string, fallback: string) => process.argv[process.argv.indexOf(name) + 1 || -1] ?? fallback
  const count = Number(process.argv.includes('--count') ? value('--count', '') : 10)
  const client = process.argv.includes('--client') ? value('--client', '') : 'wire'
  const minutes = process.argv.includes('--minutes') ? Number(value('--minutes', '')) : Number.POSITIVE_INFINITY
  const freeze = process.argv.includes('--freeze')
  const kafka = await startKafka({ racks: ['a', 'b', 'c'], properties: PROPERTIES })
  const begun = Date.now()
  try {
    const bus = await openBus(kafka.url({ client }))
    const control = await openBus(kafka.url())
    await safeTopic(control, TOPIC, PARTITIONS)
    const writer = new Writer(bus)
    const writing = writer.run()
    let rounds = 0
    let oldEnds = 0
    for (; rounds < count && Date.now() - begun < minutes * 60_000; rounds++) {
      if (await round(kafka, control, writer, { index: rounds, freeze })) oldEnds++
      const counts = `${writer.acknowledged.size} acknowledged, ${writer.refused.size} refused, ${oldEnds} times an old end told`
      process.stderr.write(`${new Date().toISOString()} round ${rounds + 1} of ${count}: ${counts}\n`)
    }
    writer.stop()
    await writing
    if (await toldLess(control, writer)) oldEnds++
    const seen = await countAll(control)
    await bus.close()
    await control.close()
    const lost = [...writer.acknowledged].filter((i) => !seen.has(i)).length
    const doubled = [...seen.values()].filter((times) => times > 1).length
    const result = { name: 'kafka-kill', client, fault: freeze ? 'freeze' : 'kill', rounds, acknowledged: writer.acknowledged.size }
    const seconds = Math.round((Date.now() - begun) / 1000)
    console.log(JSON.stringify({ ...result, refused: writer.refused.size, read: seen.size, lost, doubled, oldEnds, seconds }))
    if (lost + doubled > 0) process.exitCode = 1
  } finally {
    await kafka.down()
  }
}

/** How often each number is in the topic. */
async function countAll(bus: Bus): Promise<Map<number, number>> {
  const seen = new Map<number, number>()
  const partitions = (await bus.offsets(TOPIC)).map(({ partition }) => ({ partition, from: 0 }))
  for await (const batch of bus.read({ topic: TOPIC, partitions })) {
    for (let i = 0; i < batch.count; i++) {
      const number = Number(batch.value(i))
      seen.set(number, (seen.get(number) ?? 0) + 1)
    }
  }
  return seen
}

await main()
