/**
 * Reading a Kafka topic to its end, values passed through unparsed to /dev/null: our range read, kafkajs's eachBatch, and kcat where it is
 * on PATH (Debian: apt-get install kcat), each in a process of its own, in turns, against one broker. Prints one JSON line per baseline.
 * `node --import tsx bench/tail-kafka.ts [--short]`; skipped, saying why, where there is no Java or Maven.
 *
 * ratio: baseline / ours of the CPU seconds per million records (medians); above 1 ours is cheaper.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openBus } from '../src/bus/open.ts'
import { startKafka } from '../test/support/kafka/cluster.ts'
import { missingForKafka } from '../test/support/kafka/distribution.ts'

const SHORT = process.argv.includes('--short')
const RECORDS = SHORT ? 300_000 : 2_000_000
const RUNS = SHORT ? 3 : 5
const RECORD_BYTES = 300
const TOPIC = 'bench'
const NEWLINE = 0x0a

/** Lines are put together here, one write a batch, as `tail` does to a pipe. */
const lines = Buffer.allocUnsafe(8 * 1024 * 1024)

function writeLines(sink: number, count: number, value: (i: number) => Buffer | null): void {
  let at = 0
  for (let i = 0; i < count; i++) {
    at += value(i)?.copy(lines, at) ?? 0
    lines[at++] = NEWLINE
  }
  writeSync(sink, lines, 0, at)
}

/** Connected readers: loading code and connecting are not what is measured. Each reads all records and lets go. */
const readers: Record<string, (url: string, sink: number) => Promise<() => Promise<number>>> = {
  async ours(url, sink) {
    const bus = await openBus(url)
    return async () => {
      let count = 0
      for await (const batch of bus.read({ topic: TOPIC, partitions: [{ partition: 0, from: 0 }] })) {
        writeLines(sink, batch.count, (i) => batch.value(i))
        count += batch.count
      }
      await bus.close()
      return count
    }
  },
  async 'kafkajs eachBatch'(url, sink) {
    const { Kafka, logLevel } = await import('kafkajs')
    const kafka = new Kafka({ brokers: [new URL(url).host], logLevel: logLevel.NOTHING })
    const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, maxBytesPerPartition: 1024 * 1024, maxWaitTimeInMs: 100 })
    await consumer.connect()
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
    return async () => {
      let count = 0
      await new Promise<void>((resolve) => {
        void consumer.run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            writeLines(sink, batch.messages.length, (i) => batch.messages[i]?.value ?? null)
            count += batch.messages.length
            if (count >= RECORDS) resolve()
          },
        })
      })
      await consumer.disconnect()
      return count
    }
  },
}

/** User and system seconds of one reading in a process of its own; of a Node process once it is connected. */
function cpuSeconds(program: string, reader: string, url: string): number {
  if (reader === 'kcat') return kcatSeconds(url)
  const command = [program, ...(SHORT ? ['--short'] : []), '--reader', reader, url]
  return Number(execFileSync(process.execPath, command, { encoding: 'utf8' }))
}

/** This file as plain JavaScript, where its packages are found: run through tsx everything costs twice as much. */
async function compile(): Promise<string> {
  const outfile = fileURLToPath(new URL('../node_modules/.cache/shitops-bench/tail-kafka.mjs', import.meta.url))
  const entryPoints = [fileURLToPath(import.meta.url)]
  await build({ entryPoints, outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20.19' })
  return outfile
}

/** By the shell's account: the last line of `times` is its children's. */
function kcatSeconds(url: string): number {
  const kcat = `kcat -C -b ${new URL(url).host} -t ${TOPIC} -p 0 -o beginning -e -q -f '%s\\n' > /dev/null`
  const children =
    execFileSync('bash', ['-c', `${kcat}; times`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1) ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0)
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

async function fill(url: string): Promise<void> {
  const bus = await openBus(url)
  await bus.createTopic({ name: TOPIC, partitions: 1, config: { 'retention.ms': '-1' } })
  const chunk = Array.from({ length: 10_000 }, (_, i) => ({ key: null, value: String(i).padEnd(RECORD_BYTES, '.') }))
  for (let written = 0; written < RECORDS; written += chunk.length) await bus.append(TOPIC, chunk)
  await bus.close()
}

async function main(): Promise<void> {
  const missing = missingForKafka()
  if (missing) return void process.stderr.write(`tail-kafka skipped: ${missing}\n`)
  const kafka = await startKafka()
  try {
    await fill(kafka.url())
    const program = await compile()
    const withKcat = spawnSync('kcat', ['-V']).status === 0
    if (!withKcat) process.stderr.write('tail-kafka: no kcat on PATH (Debian: apt-get install kcat), compared with kafkajs alone\n')
    const costs = new Map([...Object.keys(readers), ...(withKcat ? ['kcat'] : [])].map((reader) => [reader, [] as number[]]))
    for (let run = 0; run < RUNS; run++) {
      for (const [reader, seconds] of costs) seconds.push(cpuSeconds(program, reader, kafka.url()) / (RECORDS / 1e6))
    }
    const ours = median(costs.get('ours') ?? [])
    for (const [baseline, seconds] of costs) {
      if (baseline === 'ours') continue
      const line = { name: 'tail-kafka', baseline, ratio: median(seconds) / ours, ours_cpu_s_per_million: ours }
      const result = { ...line, baseline_cpu_s_per_million: median(seconds), records: RECORDS, record_bytes: RECORD_BYTES, runs: RUNS }
      console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)))
    }
  } finally {
    await kafka.down()
  }
}

const reader = process.argv[process.argv.indexOf('--reader') + 1]
const connect = process.argv.includes('--reader') ? readers[reader ?? ''] : undefined
if (connect) {
  const sink = openSync('/dev/null', 'w')
  const read = await connect(process.argv.at(-1) ?? '', sink)
  const before = process.cpuUsage()
  const count = await read()
  const { user, system } = process.cpuUsage(before)
  closeSync(sink)
  if (count !== RECORDS) throw new Error(`${reader} read ${count} of ${RECORDS} records`)
  console.log((user + system) / 1e6)
} else await main()
