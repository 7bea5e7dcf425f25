/**
 * The embedded bus against a plain LMDB loop over packed batches, run in turns in this process's own children so that both meet
 * the same machine. Prints one JSON line a measurement. `node --import tsx bench/bus-embedded.ts [--runs 5]`
 *
 * ratio: ours / baseline of the medians, both in records a second of wall time; cpu_ratio: baseline / ours of CPU time a record.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { open } from 'lmdb'
import type { RecordBatch } from '../src/bus/bus.ts'
import { openBus } from '../src/bus/open.ts'

const BATCH = 1_000
const BATCHES = 1_000
/** Written before the clock starts, so that what is compared is not the compiler's first seconds; read with the rest. */
const WARM_UP = 200
const RECORD_BYTES = 300
const FOLLOWED = 300
const SMALL_APPENDS = 100_000
const IN_FLIGHT = 500

interface Outcome {
  perSecond: number
  cpuMicros: number
}

/** The baseline's batch: a table of (key bytes, value bytes, time) rows, then the keys and values, and nothing else. */
function packPlain(records: ReadonlyArray<{ key: string; value: Buffer; timestamp: number }>): Buffer {
  let size = 4 + 16 * records.length
  for (const { key, value } of records) size += Buffer.byteLength(key) + value.length
  const bytes = Buffer.allocUnsafeSlow(size)
  bytes.writeUInt32LE(records.length, 0)
  let row = 4
  let at = 4 + 16 * records.length
  for (const { key, value, timestamp } of records) {
    const keyBytes = bytes.write(key, at)
    bytes.set(value, at + keyBytes)
    bytes.writeUInt32LE(keyBytes, row)
    bytes.writeUInt32LE(value.length, row + 4)
    bytes.writeDoubleLE(timestamp, row + 8)
    at += keyBytes + value.length
    row += 16
  }
  return bytes
}

function records(): Array<{ key: string; value: Buffer; timestamp: number }> {
  return Array.from({ length: BATCH }, (_, i) => ({
    key: `device-${i % 97}`,
    value: Buffer.alloc(RECORD_BYTES, i & 0xff),
    timestamp: 1_700_000_000_000 + i,
  }))
}

function openPlain(directory: string) {
  return open<Buffer, Buffer>({
    path: directory,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    mapSize: 16 * 2 ** 30,
  })
}

function plainKey(offset: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeBigUInt64BE(BigInt(offset), 8)
  return key
}

const tasks: Record<string, (directory: string) => Promise<Outcome>> = {
  async 'append-plain'(directory) {
    const db = openPlain(directory)
    const some = records()
    let offset = 0
    const append = async (batches: number) => {
      for (let i = 0; i < batches; i++, offset += BATCH) await db.put(plainKey(offset), packPlain(some))
    }
    await append(WARM_UP)
    const outcome = await timed(BATCH * BATCHES, () => append(BATCHES))
    await db.close()
    return outcome
  },
  async 'append-bus'(directory) {
    const bus = await openBus(`embedded:${directory}`)
    await bus.createTopic({ name: 'bench', partitions: 1 })
    const some = records()
    const append = async (batches: number) => {
      for (let i = 0; i < batches; i++) await bus.append('bench', some, { acks: 'flushed' })
    }
    await append(WARM_UP)
    const outcome = await timed(BATCH * BATCHES, () => append(BATCHES))
    await bus.close()
    return outcome
  },
  'read-plain': (directory) => readPlain(directory, recordsOfPlain),
  'read-bus': (directory) => readBus(directory, recordsOfBus),
  'values-plain': (directory) => readPlain(directory, valuesOfPlain),
  'values-bus': (directory) => readBus(directory, valuesOfBus),
  async 'append-small'(directory) {
    const bus = await openBus(`embedded:${directory}`)
    await bus.createTopic({ name: 'small', partitions: 4 })
    const value = Buffer.alloc(RECORD_BYTES, 1)
    let next = 0
    const produce = async () => {
      while (next < SMALL_APPENDS) await bus.append('small', [{ key: `k${next++}`, value }], { acks: 'flushed' })
    }
    const outcome = await timed(SMALL_APPENDS, () => Promise.all(Array.from({ length: IN_FLIGHT }, produce)))
    await bus.close()
    return outcome
  },
}

async function readPlain(directory: string, scan: (batch: Buffer, base: number) => number): Promise<Outcome> {
  const db = openPlain(directory)
  let bytes = 0
  const outcome = await timed(BATCH * (WARM_UP + BATCHES), async () => {
    for (let offset = 0; ; offset += BATCH) {
      const batch = db.getBinary(plainKey(offset))
      if (!batch) break
      bytes += scan(batch, offset)
    }
  })
  await db.close()
  return checked(outcome, bytes)
}

async function readBus(directory: string, scan: (batch: RecordBatch) => number): Promise<Outcome> {
  const bus = await openBus(`embedded:${directory}`)
  let bytes = 0
  const outcome = await timed(BATCH * (WARM_UP + BATCHES), async () => {
    for await (const batch of bus.read({ topic: 'bench', partitions: [{ partition: 0, from: 0 }] })) bytes += scan(batch)
  })
  await bus.close()
  return checked(outcome, bytes)
}

/** Value bytes of a plain batch, having taken offset, time, key and value of each record. */
function recordsOfPlain(batch: Buffer, base: number): number {
  const count = batch.readUInt32LE(0)
  let bytes = 0
  let at = 4 + 16 * count
  for (let i = 0; i < count; i++) {
    const row = 4 + 16 * i
    const keyEnd = at + batch.readUInt32LE(row)
    const end = keyEnd + batch.readUInt32LE(row + 4)
    const record = {
      offset: base + i,
      timestamp: batch.readDoubleLE(row + 8),
      key: batch.subarray(at, keyEnd),
      value: batch.subarray(keyEnd, end),
    }
    bytes += used(record)
    at = end
  }
  return bytes
}

function recordsOfBus(batch: RecordBatch): number {
  let bytes = 0
  for (let i = 0; i < batch.count; i++) {
    bytes += used({ offset: batch.offset(i), timestamp: batch.timestamp(i), key: batch.key(i), value: batch.value(i) })
  }
  return bytes
}

/** Looks at every field, so that none can be optimised away. */
function used(record: { offset: number; timestamp: number; key: Buffer | null; value: Buffer | null }): number {
  return record.offset >= 0 && record.timestamp > 0 && record.key && record.value ? record.value.length : 0
}

function valuesOfPlain(batch: Buffer): number {
  const count = batch.readUInt32LE(0)
  let bytes = 0
  let at = 4 + 16 * count
  for (let i = 0; i < count; i++) {
    at += batch.readUInt32LE(4 + 16 * i)
    const end = at + batch.readUInt32LE(8 + 16 * i)
    bytes += batch.subarray(at, end).length
    at = end
  }
  return bytes
}

function valuesOfBus(batch: RecordBatch): number {
  let bytes = 0
  for (let i = 0; i < batch.count; i++) bytes += batch.value(i)?.length ?? 0
  return bytes
}

function checked(outcome: Outcome, bytes: number): Outcome {
  if (bytes !== BATCH * (WARM_UP + BATCHES) * RECORD_BYTES) throw new Error(`read ${bytes} bytes of values`)
  return outcome
}

async function timed(count: number, work: () => Promise<unknown>): Promise<Outcome> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (count / ms) * 1_000, cpuMicros: (user + system) / count }
}

/** Run a task in a process of its own. */
function inChild(task: string, directory: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, BENCH_TASK: task, BENCH_DIRECTORY: directory } })
    child.once('message', (outcome) => resolve(outcome as Outcome))
    child.once('exit', (code) => reject(new Error(`${task} ended with ${code}`)))
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

async function compare(
  name: string,
  ours: string,
  baseline: string,
  runs: number,
  directoryOf: (task: string, run: number) => string,
): Promise<void> {
  const outcomes: Record<string, Outcome[]> = { [ours]: [], [baseline]: [] }
  for (let run = 0; run < runs; run++) {
    for (const task of run % 2 ? [ours, baseline] : [baseline, ours]) outcomes[task]?.push(await inChild(task, directoryOf(task, run)))
  }
  const of = (task: string, field: keyof Outcome) => median((outcomes[task] ?? []).map((outcome) => outcome[field]))
  print({
    name,
    ratio: round(of(ours, 'perSecond') / of(baseline, 'perSecond')),
    cpu_ratio: round(of(baseline, 'cpuMicros') / of(ours, 'cpuMicros')),
    ours_per_s: Math.round(of(ours, 'perSecond')),
    baseline: 'plain lmdb, one packed batch a value',
    baseline_per_s: Math.round(of(baseline, 'perSecond')),
    goal: 0.9,
    runs,
  })
}

/** From the append in this process to the record in another one, and no faster than one each 5 ms. */
async function followLatency(directory: string): Promise<void> {
  const bus = await openBus(`embedded:${directory}`)
  await bus.createTopic({ name: 'follow', partitions: 1 })
  const reader = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, BENCH_TASK: 'follow', BENCH_DIRECTORY: directory } })
  const latencies = new Promise<number[]>((resolve, reject) => {
    reader.on('message', (message) => {
      if (message !== 'ready') resolve(message as number[])
    })
    reader.once('exit', (code) => reject(new Error(`the follower ended with ${code}`)))
  })
  await new Promise<void>((resolve) => reader.once('message', () => resolve()))
  for (let i = 0; i < FOLLOWED; i++) {
    await bus.append('follow', [{ key: null, value: String(performance.timeOrigin + performance.now()) }])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const sorted = (await latencies).sort((a, b) => a - b)
  await bus.close()
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? 0)
  print({
    name: 'bus-embedded follow latency across processes, ms',
    p50: at(0.5),
    p99: at(0.99),
    max: at(0.9999),
    goal: 'p50 < 5',
    samples: sorted.length,
  })
}

async function followTask(directory: string): Promise<void> {
  const bus = await openBus(`embedded:${directory}`)
  const latencies: number[] = []
  const reading = (async () => {
    for await (const batch of bus.read({ topic: 'follow', partitions: [{ partition: 0, from: 0, to: FOLLOWED }], follow: true })) {
      const now = performance.timeOrigin + performance.now()
      for (let i = 0; i < batch.count; i++) latencies.push(now - Number(batch.value(i)))
    }
  })()
  process.send?.('ready')
  await reading
  await bus.close()
  process.send?.(latencies)
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function main(): Promise<void> {
  const asked = process.argv.indexOf('--runs')
  const runs = asked < 0 ? 5 : Number(process.argv[asked + 1])
  const base = mkdtempSync(join(process.env.BENCH_BASE ?? tmpdir(), 'shitops-bench-'))
  try {
    await compare('bus-embedded append, durable, batch 1000', 'append-bus', 'append-plain', runs, (task, run) =>
      join(base, `${task}-${run}`),
    )
    const written = (task: string) => join(base, `${task.replace(/read|values/, 'append')}-0`)
    await compare('bus-embedded read, full scan of records by a fresh process', 'read-bus', 'read-plain', runs, written)
    await compare('bus-embedded read, full scan of values by a fresh process', 'values-bus', 'values-plain', runs, written)
    await followLatency(join(base, 'follow'))
    const small = await Promise.all([inChild('append-small', join(base, 'small'))])
    print({
      name: 'bus-embedded append, durable, one record an append',
      ours_per_s: Math.round(small[0].perSecond),
      goal: 10_000,
      in_flight: IN_FLIGHT,
    })
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

const task = process.env.BENCH_TASK
const directory = process.env.BENCH_DIRECTORY ?? ''
if (task === 'follow') await followTask(directory)
else if (task) process.send?.(await tasks[task]?.(directory))
else await main()
