/** What bench/bus-embedded.ts times, each in a process of its own: BENCH_TASK, BENCH_DIRECTORY, BENCH_BATCHES; the outcome is sent to the parent. */
import { crc32 } from 'node:zlib'
import { openBus } from '../../src/bus/open.ts'
import { openPlain, type PlainRecord, packPlain, plainKey, recordsOfPlain, valuesOfPlain } from './plain.ts'

const BATCH = 1_000
const RECORD_BYTES = 300
/** Written before the clock starts, so that what is compared is not the compiler's first second; read with the rest. */
const WARM_UP = 200
const SMALL_APPENDS = 100_000
export const IN_FLIGHT = 500
export const FOLLOWED = 300

export interface Outcome {
  perSecond: number
  cpuMicros: number
}

const directory = process.env.BENCH_DIRECTORY ?? ''
const batches = Number(process.env.BENCH_BATCHES)
const all = { topic: 'bench', partitions: [{ partition: 0, from: 0 }] }

const tasks: Record<string, () => Promise<unknown>> = {
  async 'append-plain'() {
    const db = openPlain(directory)
    const some = records()
    let offset = 0
    const outcome = await appendAll(async () => {
      await db.put(plainKey(offset), packPlain(some))
      offset += BATCH
    })
    await db.close()
    return outcome
  },
  async 'append-bus'() {
    const bus = await openBus(`embedded:${directory}`)
    await bus.createTopic({ name: 'bench', partitions: 1 })
    const some = records()
    const outcome = await appendAll(async () => {
      await bus.append('bench', some, { acks: 'flushed' })
    })
    await bus.close()
    return outcome
  },
  'records-plain': () =>
    readPlain((batch, base, seen) => recordsOfPlain(batch, base, (offset, timestamp, key, value) => seen(value, offset, timestamp, key))),
  async 'records-bus'() {
    const bus = await openBus(`embedded:${directory}`)
    const outcome = await readAll(async (seen) => {
      for await (const batch of bus.read(all)) {
        for (let i = 0; i < batch.count; i++) seen(batch.value(i), batch.offset(i), batch.timestamp(i), batch.key(i))
      }
    })
    await bus.close()
    return outcome
  },
  /** As the bus does, the baseline looks whether each batch is what was written. */
  'checked-plain': () =>
    readPlain((batch, base, seen) => {
      if (crc32(batch) === 0) throw new Error('damaged')
      recordsOfPlain(batch, base, (offset, timestamp, key, value) => seen(value, offset, timestamp, key))
    }),
  'values-plain': () => readPlain((batch, _base, seen) => valuesOfPlain(batch, seen)),
  async 'values-bus'() {
    const bus = await openBus(`embedded:${directory}`)
    const outcome = await readAll(async (seen) => {
      for await (const batch of bus.read(all)) for (let i = 0; i < batch.count; i++) seen(batch.value(i))
    })
    await bus.close()
    return outcome
  },
  async 'append-small'() {
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
  /** Values are the times of their appends; answers how many ms after that each was seen. */
  async follow() {
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
    return latencies
  },
}

function records(): PlainRecord[] {
  return Array.from({ length: BATCH }, (_, i) => ({
    key: `device-${i % 97}`,
    value: Buffer.alloc(RECORD_BYTES, i & 0xff),
    timestamp: 1_700_000_000_000 + i,
  }))
}

async function appendAll(append: () => Promise<void>): Promise<Outcome> {
  for (let i = 0; i < WARM_UP; i++) await append()
  return timed(BATCH * batches, async () => {
    for (let i = 0; i < batches; i++) await append()
  })
}

/** Looks at every field it is given, so that none can be optimised away. */
type Seen = (value: Buffer | null, offset?: number, timestamp?: number, key?: Buffer | null) => void

async function readPlain(scan: (batch: Buffer, base: number, seen: Seen) => void): Promise<Outcome> {
  const db = openPlain(directory)
  const outcome = await readAll(async (seen) => {
    for (let offset = 0; ; offset += BATCH) {
      const batch = db.getBinary(plainKey(offset))
      if (!batch) break
      scan(batch, offset, seen)
    }
  })
  await db.close()
  return outcome
}

async function readAll(read: (seen: Seen) => Promise<void>): Promise<Outcome> {
  const count = BATCH * (WARM_UP + batches)
  let bytes = 0
  const outcome = await timed(count, () =>
    read((value, offset = 0, timestamp = 1, key = value) => {
      if (value && key && offset >= 0 && timestamp > 0) bytes += value.length
    }),
  )
  if (bytes !== count * RECORD_BYTES) throw new Error(`read ${bytes} bytes of values`)
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

const task = tasks[process.env.BENCH_TASK ?? '']
if (task) process.send?.(await task())
