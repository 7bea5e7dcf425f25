/**
 * Mutated answers against every decoder of the wire: `npm run test:fuzz:kafka -- --count N [--seed S]`. Each is one answer of a broker, made right and
 * then damaged (bits, bytes, lengths, cuts, pieces put elsewhere). A decoder may read it or refuse it with an error; it may not crash, take longer
 * than a second, or make more of it than its bytes allow. Prints one JSON line; exits 1 where something was found.
 */
import { ShitopsError } from '../../../src/base/errors.ts'
import { encodeBatch, NO_WRITER } from '../../../src/bus/kafka/batch-encoder.ts'
import { codecId, codecOf } from '../../../src/bus/kafka/codecs.ts'
import { loadFastCrc32c } from '../../../src/bus/kafka/crc32c.ts'
import { BrokerRefusal } from '../../../src/bus/kafka/failures.ts'
import { fetchCall } from '../../../src/bus/kafka/fetch-call.ts'
import { decodeShare } from '../../../src/bus/kafka/group-member.ts'
import { decodeCheckpoint, decodeHeartbeat, decodeOffsetSync } from '../../../src/bus/kafka/mirror/formats.ts'
import { PartitionCursor } from '../../../src/bus/kafka/partition-cursor.ts'
import { apiVersionsCall } from '../../../src/bus/kafka/wire/api-versions.ts'
import { FrameError, FrameReader } from '../../../src/bus/kafka/wire/frame-reader.ts'
import { saslAuthenticateCall, saslHandshakeCall } from '../../../src/bus/kafka/wire/sasl-calls.ts'
import { WireWriter } from '../../../src/bus/kafka/wire.ts'
import { decoderOf, FEATURES, recorded } from './decoders.ts'

const API_VERSIONS_KEY = 18
/** ms of CPU, whatever else the machine does. What is unpacked is bounded, and takes a second at most. */
const HANG_MS = 5_000

function argument(name: string, fallback: number): number {
  const at = process.argv.indexOf(name)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}

/** xorshift32: a run is repeated by its seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

interface Target {
  name: string
  sample: Buffer
  read(bytes: Buffer): unknown
}

const NUMBERS = [0, 1, -1, 0x7f, 0x80, 0x7fff, -0x8000, 0x7fffffff, -0x80000000, 0x01000000]

/** Damages bytes in place, or gives others. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = bytes
  for (let times = 1 + random(4); times > 0 && result.length > 0; times--) {
    const at = random(result.length)
    switch (random(7)) {
      case 0:
        result[at] = (result[at] as number) ^ (1 << random(8))
        break
      case 1:
        result[at] = random(256)
        break
      case 2:
        if (at + 4 <= result.length) result.writeInt32BE(NUMBERS[random(NUMBERS.length)] as number, at)
        break
      case 3:
        if (at + 2 <= result.length) result.writeInt16BE(((NUMBERS[random(NUMBERS.length)] as number) << 16) >> 16, at)
        break
      case 4:
        result = result.subarray(0, at)
        break
      case 5:
        result.copyWithin(at, random(result.length), random(result.length))
        break
      case 6:
        result.fill(0xff, at, Math.min(result.length, at + 1 + random(12)))
    }
  }
  return result
}

const records = Array.from({ length: 12 }, (_, i) => ({
  key: i % 3 ? `key ${i}` : null,
  value: i % 4 ? Buffer.from(JSON.stringify({ i, text: 'x'.repeat(i * 7) })) : null,
  timestamp: 1_700_000_000_000 + i * 1_000,
  headers:
    i % 2
      ? ([
          ['ce_type', 'a'],
          ['n', `${i}`],
        ] as const)
      : [],
}))

function fetchAnswer(batches: readonly Buffer[]): Buffer {
  const answer = new WireWriter().int32(0).int16(0).int32(0).int32(1).string('t').int32(1)
  answer.int32(0).int16(0).int64(40).int64(40).int64(0)
  answer.array([3], () => answer.int64(7).int64(2)).int32(-1)
  const all = Buffer.concat([...batches])
  return answer.int32(all.length).raw(all).done()
}

/** As the pump reads: the answer, its batches, every record of them, and the values in place. */
async function readFetch(payload: Buffer, checkCrc: boolean): Promise<void> {
  const { decode } = fetchCall({ partitions: [], readCommitted: true, maxWaitMs: 1, maxBytes: 1, maxPartitionBytes: 1, rack: '' })
  const answer = await decode?.(payload)
  for (const fetched of answer?.partitions ?? []) {
    const cursor = new PartitionCursor('t', 0, 0, Number.POSITIVE_INFINITY)
    const views = cursor.advance(fetched, { readCommitted: true, checkCrc, maxBatchBytes: 1 << 20 })?.() ?? []
    for await (const view of views) {
      for (const record of view) if (record.headers.length > payload.length * 40) throw new TypeError('more headers than bytes')
      for (let i = 0; i < view.count; i++) view.value(i)
    }
  }
}

async function targets(): Promise<Target[]> {
  const list: Target[] = []
  for (const name of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const batch = await encodeBatch(records, NO_WRITER, { name, codec: await codecOf(codecId(name)) })
    const second = Buffer.from(batch)
    second.writeBigInt64BE(12n, 0)
    const sample = fetchAnswer([batch, second])
    if (name === 'none') list.push({ name: 'fetch, checksums', sample, read: (bytes) => readFetch(bytes, true) })
    list.push({ name: `fetch ${name}`, sample, read: (bytes) => readFetch(bytes, false) })
  }
  const call = <Answer>(name: string, sample: WireWriter, { decode }: { decode?: (payload: Buffer) => Answer }) =>
    list.push({ name, sample: sample.done(), read: (bytes) => decode?.(bytes) })
  for (const version of ['4.3', '3.9'] as const) {
    for (const exchange of recorded(version)) {
      const { name, decode } = await decoderOf(exchange)
      list.push({ name: `${name} of ${version}`, sample: exchange.answer, read: decode })
      if (exchange.apiKey === API_VERSIONS_KEY) list.push({ name: `features of ${version}`, sample: exchange.answer, read: FEATURES })
    }
  }
  const old = new WireWriter().int16(0)
  old.array([0, 1, 3, 18], (key) => old.int16(key).int16(0).int16(17))
  call('api versions 0', old, apiVersionsCall(0))
  const mechanisms = new WireWriter().int16(33)
  mechanisms.array(['PLAIN', 'SCRAM-SHA-256'], (name) => mechanisms.string(name))
  call('sasl handshake', mechanisms, saslHandshakeCall('PLAIN'))
  const step = Buffer.from('r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096')
  call('sasl authenticate', new WireWriter().int16(0).string(null).int32(step.length).raw(step).int64(0), saslAuthenticateCall(step))
  const frames = new WireWriter()
  for (const size of [4, 60, 400]) frames.int32(size).raw(Buffer.alloc(size, 1))
  list.push({ name: 'frames', sample: frames.done(), read: (bytes) => new FrameReader(1 << 20, () => {}).push(bytes) })
  const share = new WireWriter().int16(0)
  share.array(['a', 'b'], (name) => share.string(name).array([0, 1, 2], (id) => share.int32(id))).int32(0)
  call('a member’s share', share, { decode: decodeShare })
  const sync = new WireWriter().string('orders').int32(1).done()
  list.push({ name: 'mirror, key', sample: sync, read: (bytes) => decodeOffsetSync(bytes, Buffer.alloc(16)) })
  const checkpoint = new WireWriter().int16(0).int64(5).int64(6).int64(7).done()
  const of = new WireWriter().int16(0).string('group').string('orders').int32(1).done()
  list.push({ name: 'mirror, checkpoint', sample: checkpoint, read: (bytes) => decodeCheckpoint(of, bytes) })
  list.push({ name: 'mirror, heartbeat', sample: of, read: (bytes) => decodeHeartbeat(bytes, checkpoint) })
  return list
}

/** What a decoder may refuse with: everything else is a defect. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    error instanceof FrameError ||
    error instanceof BrokerRefusal ||
    (error instanceof Error && error.name === 'ShitopsError') ||
    error instanceof ShitopsError
  )
}

async function main(): Promise<void> {
  const count = argument('--count', 100_000)
  const seed = argument('--seed', 1)
  const random = randomFrom(seed)
  await loadFastCrc32c()
  const all = await targets()
  const outcome = { read: 0, refused: 0, crashes: 0, hangs: 0 }
  const scratch = Buffer.allocUnsafeSlow(64 * 1024)
  const begun = Date.now()
  for (let i = 0; i < count; i++) {
    const target = all[random(all.length)] as Target
    const bytes = mutate(scratch.subarray(0, target.sample.copy(scratch)), random)
    const before = process.cpuUsage()
    try {
      const result = target.read(bytes)
      if (result instanceof Promise) await result
      outcome.read++
    } catch (error) {
      if (isRefusal(error)) outcome.refused++
      else {
        outcome.crashes++
        if (outcome.crashes <= 5) console.error(`${target.name}, number ${i} of seed ${seed}: ${(error as Error).stack}`)
      }
    }
    const { user, system } = process.cpuUsage(before)
    const took = (user + system) / 1_000
    if (took > HANG_MS) {
      outcome.hangs++
      console.error(`${target.name}, number ${i} of seed ${seed}: ${Math.round(took)} ms`)
    }
  }
  console.log(
    JSON.stringify({
      name: 'fuzz-kafka',
      count,
      seed,
      ...outcome,
      rss_mb: Math.round(process.memoryUsage().rss / 1e6),
      seconds: Math.round((Date.now() - begun) / 1000),
    }),
  )
  if (outcome.crashes + outcome.hangs > 0) process.exitCode = 1
}

await main()
