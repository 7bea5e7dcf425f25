import { expect } from 'chai'
import type { ErrorCode, ShitopsError } from '../../../src/base/errors.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { encodeBatch, NO_WRITER } from '../../../src/bus/kafka/batch-encoder.ts'
import { crc32c } from '../../../src/bus/kafka/crc32c.ts'
import { WireWriter } from '../../../src/bus/kafka/wire.ts'
import { openBus } from '../../../src/bus/open.ts'
import {
  apiVersions,
  fetchAnswer,
  fetchedTopic,
  KEY,
  type Reply,
  type Script,
  ScriptedBroker,
} from '../../support/kafka/scripted-broker.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { recorded } from './decoders.ts'

/** What a broker does again and again shows at once; an answer may take its time, on a busy machine. */
const QUICK = 'requestTimeout=30s&connectTimeout=30s&deliveryTimeout=250ms&maxWait=50ms'
/** For a broker of which no answer comes. */
const IMPATIENT = 'requestTimeout=300ms&connectTimeout=30s&deliveryTimeout=250ms'
/** Reads under way together. */
const AT_ONCE = 32
const RECORDS = Array.from({ length: 3 }, (_, i) => ({ key: `k${i}`, value: `value ${i}`, timestamp: 1_700_000_000_000 + i, headers: [] }))

describe('a broker that answers badly', function () {
  this.timeout(120_000)
  let broker: ScriptedBroker
  let batch: Buffer

  before(async () => {
    broker = await ScriptedBroker.listen()
    batch = await encodeBatch(RECORDS, NO_WRITER, { name: 'none', codec: null })
  })
  afterEach(() => {
    broker.script = {}
    broker.requests.length = 0
  })
  after(() => broker.close())

  async function refusal(code: ErrorCode, exit: number, run: () => Promise<unknown>): Promise<ShitopsError> {
    const error = await thrownBy(run)
    expect(error.code, error.message).to.equal(code)
    expect(error.exit).to.equal(exit)
    expect(error.message).to.not.include('\n')
    expect(error.suggestions, error.message).to.not.be.empty
    return error
  }

  async function withBus<T>(script: Script, work: (bus: Bus) => Promise<T>, options = QUICK): Promise<T> {
    broker.script = script
    const bus = await openBus(`${broker.url}?${options}`)
    try {
      return await work(bus)
    } finally {
      await bus.close()
    }
  }

  const open = (script: Script, options?: string) => () => withBus(script, async () => {}, options)
  const answer = (apiKey: number): Buffer => {
    const found = recorded('4.3').find((exchange) => exchange.apiKey === apiKey)?.answer
    if (!found) throw new Error(`no answer of ${apiKey} was recorded`)
    return found
  }

  async function values(bus: Bus, topic = 't'): Promise<string[]> {
    const found: string[] = []
    for await (const part of bus.read({ topic, partitions: [{ partition: 0, from: 0, to: 3 }] }))
      for (const { value } of part) found.push(String(value))
    return found
  }

  it('answers well in between: what follows is not refused for another reason', async () => {
    const script: Script = { [KEY.fetch]: (request) => fetchAnswer(fetchedTopic(request), batch) }
    expect(await withBus(script, values)).to.deep.equal(RECORDS.map(({ value }) => value))
  })

  describe('cut off at every byte', () => {
    it('ApiVersions: no Kafka broker', async () => {
      const whole = answer(KEY.apiVersions)
      for (let size = 0; size < whole.length; size++) {
        const error = await refusal('SHITOPS_E_BUS_NOT_KAFKA', 69, open({ [KEY.apiVersions]: () => whole.subarray(0, size) }))
        expect(error.message, `${size} bytes`).to.include(broker.address).and.include('ends too early')
      }
    })

    it('Metadata: an answer that cannot be read', async () => {
      const whole = answer(KEY.metadata)
      for (let size = 0; size < whole.length; size++) {
        const error = await refusal('SHITOPS_E_BUS_PROTOCOL', 69, open({ [KEY.metadata]: () => whole.subarray(0, size) }))
        expect(error.message, `${size} bytes`).to.include(broker.address).and.include('Metadata')
      }
    })

    it('Fetch: an answer that cannot be read', async () => {
      const whole = fetchAnswer('cut-000', batch)
      const script: Script = {
        [KEY.fetch]: (request) => {
          const topic = fetchedTopic(request)
          return fetchAnswer(topic, batch).subarray(0, Number(topic.slice(4)))
        },
      }
      await withBus(script, async (bus) => {
        for (let from = 0; from < whole.length; from += AT_ONCE) {
          const sizes = Array.from({ length: Math.min(AT_ONCE, whole.length - from) }, (_, i) => from + i)
          const topics = sizes.map((size) => `cut-${String(size).padStart(3, '0')}`)
          const reading = topics.map((topic) => refusal('SHITOPS_E_BUS_PROTOCOL', 69, () => values(bus, topic)))
          for (const { message } of await Promise.all(reading)) expect(message).to.include(broker.address).and.include('Fetch')
        }
      })
    })

    it('Produce: whether the records arrived is unknown, and why', async () => {
      const whole = answer(KEY.produce)
      const sizes = Array.from({ length: whole.length }, (_, size) => size)
      await Promise.all(
        sizes.map(async (size) => {
          const each = await ScriptedBroker.listen({ [KEY.produce]: () => whole.subarray(0, size) })
          const bus = await openBus(`${each.url}?${QUICK}`)
          const error = await refusal('SHITOPS_E_BUS_BUSY', 75, () => bus.append('t', RECORDS))
          expect(error.message, `${size} bytes`).to.match(/whether they arrived is unknown.*Produce: an answer that cannot be read/)
          await bus.close()
          await each.close()
        }),
      )
    })

    it('in the middle of a frame, and then nothing, or the end of the connection', async () => {
      const half = { raw: Buffer.concat([Buffer.from([0, 0, 1, 0]), Buffer.alloc(40)]) }
      const silent = await refusal('SHITOPS_E_BUS_UNAVAILABLE', 69, open({ [KEY.metadata]: () => half }, IMPATIENT))
      expect(silent.message).to.include('no answer within')
      const gone = await refusal('SHITOPS_E_BUS_UNAVAILABLE', 69, open({ [KEY.metadata]: () => 'hang up' }))
      expect(gone.message).to.match(/Closed connection|ECONNRESET/)
    })
  })

  describe('with records that are damaged', () => {
    const read = (records: Buffer, options?: string) => () =>
      withBus({ [KEY.fetch]: () => fetchAnswer('t', records) }, (bus) => values(bus), options)
    const changed = (at: number, byte: number): Buffer => {
      const copy = Buffer.from(batch)
      copy[at] = byte
      return copy
    }
    /** With a checksum that is right. */
    const signed = (bytes: Buffer): Buffer => {
      bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
      return bytes
    }

    it('a wrong checksum names place and offset; with checkCrcs=false it is read', async () => {
      const damaged = changed(batch.length - 3, 0x7a)
      const error = await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(damaged))
      expect(error.message).to.include('"t" partition 0').and.include('checksum').and.include('offset 0')
      expect(error.suggestions.join()).to.include('--from')
      expect((await read(damaged, `${QUICK}&checkCrcs=false`)()).length).to.equal(3)
    })

    it('a codec that Kafka does not have', async () => {
      for (const codec of [5, 6, 7]) {
        const error = await refusal('SHITOPS_E_BUS_UNSUPPORTED', 1, read(signed(changed(22, codec))))
        expect(error.message).to.include(`codec ${codec}`)
      }
    })

    it('a codec that the bytes are not of', async () => {
      for (const codec of [1, 2, 3, 4]) {
        const error = await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(signed(changed(22, codec))))
        expect(error.message, `codec ${codec}`).to.include('cannot be decompressed')
      }
    })

    it('formats from before 0.11, from the future, and of nobody', async () => {
      expect((await refusal('SHITOPS_E_BUS_UNSUPPORTED', 1, read(changed(16, 1)))).message).to.include('before 0.11')
      expect((await refusal('SHITOPS_E_BUS_UNSUPPORTED', 1, read(changed(16, 3)))).message).to.include('newer')
      await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(changed(16, 0xff)))
    })

    it('a first batch that never comes whole, and one that ends before it begins, do not make the reader ask for ever', async () => {
      for (let size = 1; size < batch.length; size += 17) {
        const error = await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(batch.subarray(0, size)))
        expect(error.message, `${size} bytes`).to.include('no whole batch')
      }
      const backward = Buffer.from(batch)
      backward.writeInt32BE(-5, 23)
      await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(backward))
      const early = Buffer.from(batch)
      early.writeBigInt64BE(-100n, 0)
      await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(early))
      expect(broker.requests.filter(({ apiKey }) => apiKey === KEY.fetch).length).to.be.below(60)
    })

    it('a count of records, and a length of one, beyond their batch', async () => {
      const many = Buffer.from(batch)
      many.writeInt32BE(0x7fffffff, 57)
      expect((await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(signed(many)))).message).to.include('2147483647 records')
      expect((await refusal('SHITOPS_E_BUS_CORRUPT', 1, read(signed(changed(61, 0xfe))))).message).to.include('longer than its batch')
    })
  })

  describe('of another age', () => {
    const ranges = (change: Readonly<Record<number, readonly [min: number, max: number]>>) => {
      const all: Record<number, readonly [number, number]> = { 0: [0, 11], 1: [0, 16], 2: [0, 8], 3: [0, 12], 18: [0, 3], ...change }
      return Object.entries(all).map(([key, [min, max]]) => [Number(key), min, max] as const)
    }
    const speaking = (change: Readonly<Record<number, readonly [min: number, max: number]>>): Script => ({
      [KEY.apiVersions]: ({ apiVersion }) => apiVersions(ranges(change), apiVersion),
    })

    it('that has only Produce v0 to v2 is too old, and is told of with what we speak', async () => {
      const error = await refusal('SHITOPS_E_BUS_VERSION', 69, open(speaking({ 0: [0, 2] })))
      expect(error.message).to.include(broker.address).and.include('too old').and.include('Produce v0 to v2').and.include('v7')
      expect(error.suggestions.join()).to.include('docs/bus.md')
    })

    it('that has only versions above ours is too new', async () => {
      for (const [key, name] of [
        [0, 'Produce'],
        [1, 'Fetch'],
        [2, 'ListOffsets'],
        [3, 'Metadata'],
      ] as const) {
        const error = await refusal('SHITOPS_E_BUS_VERSION', 69, open(speaking({ [key]: [20, 25] })))
        expect(error.message).to.include('too new').and.include(`${name} v20 to v25`)
      }
    })

    it('that knows ApiVersions v0 alone says so in the shape of v0, and is asked again', async () => {
      const script: Script = {
        [KEY.apiVersions]: ({ apiVersion }) => apiVersions(ranges({ 18: [0, 0] }), 0, apiVersion === 0 ? 0 : 35),
        [KEY.fetch]: () => fetchAnswer('t', batch),
      }
      expect(await withBus(script, (bus) => values(bus))).to.have.length(3)
      const asked = broker.requests.filter(({ apiKey }) => apiKey === KEY.apiVersions).map(({ apiVersion }) => apiVersion)
      expect(asked.slice(0, 2)).to.deep.equal([3, 0])
    })

    it('that refuses ApiVersions for ever, or has no versions at all, is no broker for us', async () => {
      await refusal('SHITOPS_E_BUS_NOT_KAFKA', 69, open({ [KEY.apiVersions]: () => apiVersions([], 0, 35) }))
      await refusal('SHITOPS_E_BUS_NOT_KAFKA', 69, open({ [KEY.apiVersions]: () => apiVersions([], 3) }))
    })

    it('that lacks a request is told of at once: it is not asked for what it would hang up on', async () => {
      await withBus(
        speaking({ 10: [0, 4] }),
        async (bus) => {
          const groups = await refusal('SHITOPS_E_BUS_VERSION', 69, () => bus.listGroups())
          expect(groups.message).to.include('ListGroups v4').and.include('none')
          await refusal('SHITOPS_E_BUS_VERSION', 69, () => bus.createTopic({ name: 'new', partitions: 1 }))
        },
        'deliveryTimeout=50s',
      )
    })
  })

  describe('with more than fits', () => {
    const claiming = (size: number): Reply => {
      const head = Buffer.alloc(4)
      head.writeInt32BE(size)
      return { raw: head }
    }

    it('a greeting of megabytes is none of Kafka’s', async () => {
      const error = await refusal('SHITOPS_E_BUS_NOT_KAFKA', 69, open({ [KEY.apiVersions]: () => claiming(3 << 20) }))
      expect(error.message).to.include('3145728 bytes')
    })

    it('an answer beyond 256 MiB is not waited for', async () => {
      const error = await refusal('SHITOPS_E_BUS_TOO_LARGE', 69, open({ [KEY.metadata]: () => claiming(300 << 20) }))
      expect(error.message).to.include('314572800 bytes').and.include('limit')
      const reading = { [KEY.fetch]: () => claiming(300 << 20) }
      await refusal('SHITOPS_E_BUS_TOO_LARGE', 69, () => withBus(reading, (bus) => values(bus)))
    })

    it('a record that the topic has no room for is the record’s fault', async () => {
      const tooLarge = new WireWriter().int32(1).string('t').int32(1)
      tooLarge.int32(0).int16(10).int64(-1).int64(-1).int64(-1).int32(0)
      const error = await refusal('SHITOPS_E_RECORD_INVALID', 1, () =>
        withBus({ [KEY.produce]: () => tooLarge.done() }, (bus) => bus.append('t', RECORDS.slice(0, 1))),
      )
      expect(error.message).to.include('MESSAGE_TOO_LARGE')
    })
  })

  describe('by kafkajs’s connections', () => {
    const KAFKAJS = `${QUICK}&client=kafkajs`

    it('cut off, its answers are refused by name as well', async () => {
      const [metadata, produce] = [answer(KEY.metadata), answer(KEY.produce)]
      for (let size = 0; size < metadata.length; size += 5) {
        await refusal('SHITOPS_E_BUS_PROTOCOL', 69, open({ [KEY.metadata]: () => metadata.subarray(0, size) }, KAFKAJS))
      }
      const whole = fetchAnswer('t', batch)
      const reading = (size: number): Script => ({ [KEY.fetch]: () => whole.subarray(0, size) })
      for (const size of [0, 30, whole.length - 1]) {
        await refusal('SHITOPS_E_BUS_PROTOCOL', 69, () => withBus(reading(size), (bus) => values(bus), KAFKAJS))
      }
      const writing = { [KEY.produce]: () => produce.subarray(0, 7) }
      await refusal('SHITOPS_E_BUS_BUSY', 75, () => withBus(writing, (bus) => bus.append('t', RECORDS), KAFKAJS))
    })

    it('a length below nothing does not end the process', async () => {
      const noise = { raw: Buffer.from('fffefdfc00', 'hex') }
      await refusal('SHITOPS_E_BUS_UNAVAILABLE', 69, open({ [KEY.apiVersions]: () => noise }, KAFKAJS))
      await refusal('SHITOPS_E_BUS_PROTOCOL', 69, open({ [KEY.metadata]: () => noise }, KAFKAJS))
    })
  })
})
