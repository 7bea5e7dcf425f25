import { expect } from 'chai'
import fc from 'fast-check'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { Cluster } from '../../../src/bus/kafka/cluster.ts'
import { type Arena, ArenaPool } from '../../../src/bus/kafka/codec-wasm/arena.ts'
import { loadFastCrc32c } from '../../../src/bus/kafka/crc32c.ts'
import { loadSecurity } from '../../../src/bus/kafka/security.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'
import { FrameReader } from '../../../src/bus/kafka/wire/frame-reader.ts'
import { type Case, largeCase, smallCase } from './logs/arbitrary.ts'
import { LogBroker } from './logs/log-broker.ts'
import { memoryCluster, readingBus } from './logs/memory-cluster.ts'
import { damage, ModelLog } from './logs/model-log.ts'
import { fleeting, held, lines, linesOf, MERGED, type Outcome, pumped, type Range } from './logs/readers.ts'
import type { ModelRecord } from './logs/stored-batch.ts'

const SMALL_RUNS = Number(process.env.SHITOPS_RUNS ?? 200)
const LARGE_RUNS = Math.ceil(SMALL_RUNS / 20)
const SOCKET_RUNS = Math.ceil(SMALL_RUNS / 20)
const SEED = process.env.SHITOPS_SEED === undefined ? {} : { seed: Number(process.env.SHITOPS_SEED) }
const POISON = 0xdb

/** What a case is to give: of each partition, and of all merged by time. */
interface Expected {
  ranges: Range[]
  each: ModelRecord[][]
  merged: Array<{ partition: number; record: ModelRecord }>
  /** Where a batch is damaged: its partition, and the code of the error. */
  damaged: { partition: number; code: string } | null
}

describe('what is read of a log', function () {
  this.timeout(0)
  let broker: LogBroker
  const clusters = new Map<string, Promise<{ cluster: Cluster; bus: Bus }>>()
  const { recycle } = FrameReader.prototype
  const { give } = ArenaPool.prototype
  let cases = 0

  before(async () => {
    await loadFastCrc32c()
    broker = await LogBroker.listen()
    // Memory that is given back is spoilt at once: whoever still looks at it does not find what was there.
    FrameReader.prototype.recycle = function (frame: Buffer) {
      frame.fill(POISON)
      recycle.call(this, frame)
    }
    ArenaPool.prototype.give = function (arena: Arena) {
      arena.bytes.fill(POISON)
      give.call(this, arena)
    }
  })
  after(async () => {
    Object.assign(FrameReader.prototype, { recycle })
    Object.assign(ArenaPool.prototype, { give })
    for (const opened of clusters.values()) (await opened).cluster.close()
    await broker.close()
  })

  it('is what was written, whatever it is, however it comes and by whatever way it is read', () =>
    fc.assert(
      fc.asyncProperty(smallCase, (one) => check(one, 'memory')),
      { numRuns: SMALL_RUNS, ...SEED },
    ))

  it('also where answers are megabytes, whose memory is used again', () =>
    fc.assert(
      fc.asyncProperty(largeCase, (one) => check(one, 'memory')),
      { numRuns: LARGE_RUNS, ...SEED },
    ))

  it('also over sockets, by either client', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: smallCase }, { weight: 1, arbitrary: largeCase }), (one) => check(one, 'sockets')),
      { numRuns: SOCKET_RUNS, ...SEED },
    ))

  function opened(url: string, by: 'memory' | 'sockets') {
    const key = `${by} ${url}`
    const open = async () => {
      const settings = parseKafkaUrl(url)
      const context = { settings, security: await loadSecurity(settings, {}), logger: silentLogger, clock: systemClock }
      const cluster = by === 'memory' ? memoryCluster(broker, url) : new Cluster(context)
      if (by === 'sockets') await cluster.connect()
      return { cluster, bus: readingBus(cluster) }
    }
    const known = clusters.get(key) ?? open()
    clusters.set(key, known)
    return known
  }

  const urlOf = ({ committed, checkCrcs, client, buffer }: Case['reading']) =>
    `${broker.url}?maxWait=50ms&isolation=read_${committed ? 'committed' : 'uncommitted'}&checkCrcs=${checkCrcs}&client=${client}&bufferBytes=${buffer}`

  async function check(one: Case, by: 'memory' | 'sockets'): Promise<void> {
    const topic = `t${++cases}`
    const logs = await Promise.all(one.partitions.map(({ steps, base }) => ModelLog.of(steps, base)))
    const expected = expectedOf(one, logs)
    broker.add(topic, logs, one.manner)
    try {
      const outcome = await read(one, topic, expected, by)
      compare(one, topic, expected, outcome)
    } finally {
      broker.remove(topic)
    }
  }

  async function read(one: Case, topic: string, expected: Expected, by: 'memory' | 'sockets'): Promise<Outcome> {
    const { reading } = one
    const { cluster, bus } = await opened(urlOf(reading), by)
    const outcome: Outcome = { records: new Map(), bytes: new Map(), error: undefined }
    const many = expected.ranges.length > 1
    const legs = reading.path === 'pump' || (many && (reading.path === 'raw' || reading.path === 'ndjson')) ? [] : reading.legs
    let ranges: readonly Range[] = expected.ranges
    let done = 0
    try {
      for (const most of [...legs, Number.POSITIVE_INFINITY]) {
        const leg = { bus, topic, ranges, reading, outcome, most }
        // Where damage is to be told it is read up to there, however much comes before it.
        const left = expected.damaged ? Number.POSITIVE_INFINITY : expected.merged.length - done
        if (reading.path === 'held') await held(leg)
        else if (reading.path === 'fleeting') await fleeting(leg, false, left)
        else if (reading.path === 'followed') await fleeting(leg, true, left)
        else if (reading.path === 'pump') await pumped(cluster, leg)
        else await lines(leg, reading.path.endsWith('raw') ? 'raw' : 'ndjson', reading.path.startsWith('merged'))
        done += Math.min(most, left)
        ranges = behind(expected, reading.path, outcome, done)
      }
    } catch (error) {
      outcome.error = error
    }
    return outcome
  }
})

/** What the next reader goes on with, after so many records of all. */
function behind({ ranges, each, merged }: Expected, path: Case['reading']['path'], { records }: Outcome, done: number): Range[] {
  const isMerged = path.startsWith('merged')
  return ranges.map((range) => {
    const mine = isMerged ? merged.slice(0, done).filter(({ partition }) => partition === range.partition).length : done
    const taken = path === 'raw' || path === 'ndjson' || isMerged ? mine : (records.get(range.partition)?.length ?? 0)
    const last = each[range.partition]?.[taken - 1]
    return last ? { ...range, from: last.offset + 1 } : range
  })
}

/** Damages what is to be damaged, and says what is to come out. */
function expectedOf({ reading, damage: wanted }: Case, logs: readonly ModelLog[]): Expected {
  const { committed } = reading
  const ranges = logs.map((log, partition) => {
    const end = log.readableEnd(committed)
    const base = log.batches[0]?.baseOffset ?? 0
    const at = (part: number) => base + Math.floor(((end - base) * part) / 1_000)
    const from = at(Math.min(reading.from, reading.to))
    return { partition, from, to: reading.path === 'followed' ? end : Math.max(from, at(Math.max(reading.from, reading.to))) }
  })
  const of = ({ partition, from, to }: Range, log: ModelLog) => {
    const end = Math.min(to, log.readableEnd(committed))
    return { partition, log, from, to: end, records: log.records({ from, to: end, committed }) }
  }
  let damaged: Expected['damaged'] = null
  let each = ranges.map((range, i) => of(range, logs[i] as ModelLog).records)
  const targets = ranges.flatMap((range, i) => {
    const log = logs[i] as ModelLog
    const inside = log.batches.filter(
      (batch) => log.isVisible(batch, committed) && batch.records.some(({ offset }) => offset >= range.from && offset < range.to),
    )
    return inside
      .filter(({ baseOffset }) => !committed || baseOffset < log.lastStable)
      .map((batch) => ({ partition: range.partition, batch }))
  })
  const target = wanted && targets[wanted.which % targets.length]
  if (wanted && target && tells(wanted.kind, target.batch.bytes, reading.checkCrcs)) {
    const { partition, batch } = target
    const { baseOffset } = batch
    damaged = { partition, code: damage(batch, wanted) }
    each = each.map((records, i) => (i === partition ? records.filter(({ offset }) => offset < baseOffset) : records))
  }
  return { ranges, each, damaged, merged: mergedByTime(each) }
}

/** Whether it shows: without checksums it does where the batch contradicts itself. */
function tells(kind: NonNullable<Case['damage']>['kind'], bytes: Buffer, checkCrcs: boolean): boolean {
  if (checkCrcs) return true
  const isPlain = (bytes.readInt16BE(21) & 7) === 0
  return !(kind === 'bit' || kind === 'checksum' || (kind === 'record' && !isPlain) || (kind === 'payload' && isPlain))
}

function mergedByTime(each: readonly ModelRecord[][]): Expected['merged'] {
  const heads = each.map(() => 0)
  const merged: Expected['merged'] = []
  for (;;) {
    let best = -1
    for (const [partition, records] of each.entries()) {
      const head = records[heads[partition] as number]
      const least = each[best]?.[heads[best] as number]
      if (head && (!least || head.timestamp < least.timestamp)) best = partition
    }
    const record = each[best]?.[heads[best] as number]
    if (!record) return merged
    heads[best] = (heads[best] as number) + 1
    merged.push({ partition: best, record })
  }
}

function compare({ reading }: Case, topic: string, expected: Expected, { records, bytes, error }: Outcome): void {
  const { damaged, each, merged } = expected
  if (!damaged && error !== undefined) throw error
  if (damaged && error === undefined) throw new Error(`${damaged.code} was not told`)
  if (damaged) expect(error).to.have.property('code', damaged.code)
  const format = reading.path.endsWith('raw') ? 'raw' : 'ndjson'
  const isRecords = reading.path === 'held' || reading.path === 'fleeting' || reading.path === 'pump' || reading.path === 'followed'
  if (reading.path.startsWith('merged')) {
    const wanted = linesOf(
      merged.map(({ record }) => record),
      topic,
      merged.map(({ partition }) => partition),
      format,
    )
    same(Buffer.concat(bytes.get(MERGED) ?? []), wanted, damaged !== null && each.length > 1)
    return
  }
  for (const [partition, list] of each.entries()) {
    const mayEndEarly = damaged !== null && damaged.partition !== partition
    if (!isRecords) same(Buffer.concat(bytes.get(partition) ?? []), linesOf(list, topic, partition, format), mayEndEarly)
    else {
      const got = records.get(partition) ?? []
      const wanted = mayEndEarly ? list.slice(0, got.length) : list
      if (got.length !== wanted.length || got.some((record, i) => !equal(record, wanted[i] as ModelRecord)))
        expect(got.map(shown)).to.deep.equal(wanted.map(shown))
    }
  }
}

function same(got: Buffer, wanted: Buffer, mayEndEarly: boolean): void {
  const compared = mayEndEarly ? wanted.subarray(0, got.length) : wanted
  if (got.equals(compared)) return
  const at = got.findIndex((byte, i) => byte !== compared[i])
  const where = at < 0 ? Math.min(got.length, compared.length) : at
  const piece = (of: Buffer) => of.subarray(Math.max(0, where - 40), where + 40).toString('latin1')
  throw new Error(
    `${got.length} bytes, not ${compared.length}; at ${where}: ${JSON.stringify(piece(got))}, not ${JSON.stringify(piece(compared))}`,
  )
}

const sameBytes = (a: Buffer | null, b: Buffer | null) => (a === null || b === null ? a === b : a.equals(b))
const equal = (a: ModelRecord, b: ModelRecord) =>
  a.offset === b.offset &&
  a.timestamp === b.timestamp &&
  sameBytes(a.key, b.key) &&
  sameBytes(a.value, b.value) &&
  a.headers.length === b.headers.length &&
  a.headers.every(([name, value], i) => name === b.headers[i]?.[0] && value.equals(b.headers[i][1]))
const shown = ({ offset, timestamp, key, value, headers }: ModelRecord) =>
  `${offset} ${timestamp} ${key?.toString('latin1').slice(0, 40)} ${value?.length} ${value?.toString('latin1').slice(0, 40)} ${headers.length}`
