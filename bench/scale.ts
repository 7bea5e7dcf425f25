/**
 * What the sizing model of docs/scale.md foretells, against what is: records to three brokers in three racks, three copies each, at three sizes that the
 * model was not made from. CPU seconds of the writing process and of the brokers, bytes on one broker's disk. One JSON line a point.
 * `node --import tsx bench/scale.ts [--short] [--calibrate]`; without Java and Maven it prints a line that says so.
 */
import { randomBytes } from 'node:crypto'
import { costOf } from '../scripts/scale/model.ts'
import type { Bus } from '../src/bus/bus.ts'
import { openBus } from '../src/bus/open.ts'
import { missingForKafka } from '../test/support/kafka/distribution.ts'
import { type KafkaCluster, startKafka } from '../test/support/kafka/index.ts'
import { usageOf } from './support/process-usage.ts'

const short = process.argv.includes('--short')
const RECORDS = short ? 60_000 : 300_000
const BATCH = 500
/** Of a record's value; the model's own are 200 and 2,000. */
const SIZES = process.argv.includes('--calibrate') ? [200, 2_000] : [300, 700, 1_500]

const brokerSeconds = (kafka: KafkaCluster) => kafka.ids.reduce((sum, id) => sum + (usageOf(kafka.pid(id))?.cpuSeconds ?? 0), 0)

async function write(bus: Bus, topic: string, size: number, count: number): Promise<void> {
  const filler = randomBytes(size)
    .toString('base64')
    .slice(0, size - 10)
  for (let from = 0; from < count; from += 8 * BATCH) {
    const batches = Array.from({ length: 8 }, (_, lane) =>
      Array.from({ length: BATCH }, (_, i) => ({
        key: `k${(from + i) % 97}`,
        value: `${from + lane * BATCH + i}`.padStart(10, '0') + filler,
      })),
    )
    await Promise.all(batches.map((records) => bus.append(topic, records)))
  }
}

async function point(kafka: KafkaCluster, bus: Bus, size: number): Promise<void> {
  const topic = `size-${size}`
  await bus.createTopic({ name: topic, partitions: 6, replication: 3, config: { 'min.insync.replicas': '2' } })
  await write(bus, topic, size, RECORDS / 10)
  const before = { own: process.cpuUsage(), brokers: brokerSeconds(kafka) }
  await write(bus, topic, size, RECORDS)
  const { user, system } = process.cpuUsage(before.own)
  const measured = {
    client: (user + system) / RECORDS,
    brokers: ((brokerSeconds(kafka) - before.brokers) / RECORDS) * 1e6,
    disk: (await bus.describeTopic(topic)).partitions.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) / (RECORDS * 1.1),
  }
  const foretold = costOf(size)
  const ratio = (name: keyof typeof measured) => Number((measured[name] / foretold[name]).toFixed(2))
  const unit = { client: 'CPU s per million records', brokers: 'CPU s per million records, all three', disk: 'bytes a record, one copy' }
  const rounded = Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, Number(value.toFixed(1))]))
  console.log(
    JSON.stringify({
      ...{ name: 'scale', value_bytes: size, records: RECORDS, measured: rounded, unit },
      ratio: { client: ratio('client'), brokers: ratio('brokers'), disk: ratio('disk') },
      baseline: 'the model of docs/scale.md',
    }),
  )
}

const missing = missingForKafka()
if (missing) console.log(JSON.stringify({ name: 'scale', skipped: missing }))
else {
  const kafka = await startKafka({ racks: ['a', 'b', 'c'] })
  try {
    const bus = await openBus(kafka.url())
    // A young JVM runs a multiple of its later cost.
    await bus.createTopic({ name: 'warm', partitions: 6, replication: 3 })
    await write(bus, 'warm', 500, RECORDS)
    for (const size of SIZES) await point(kafka, bus, size)
    await bus.close()
  } finally {
    await kafka.down()
  }
}
