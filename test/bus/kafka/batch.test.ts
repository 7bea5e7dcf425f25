import { expect } from 'chai'
import fc from 'fast-check'
import { HeaderTemplate } from '../../../src/bus/header-template.ts'
import { batchHeaders, decodeBatch, type StoredBatch } from '../../../src/bus/kafka/batch-decoder.ts'
import { encodeBatch, estimateSize, NO_WRITER, type TimedRecord } from '../../../src/bus/kafka/batch-encoder.ts'
import { BatchView } from '../../../src/bus/kafka/batch-view.ts'
import { codecId, codecOf } from '../../../src/bus/kafka/codecs.ts'
import { loadFastCrc32c } from '../../../src/bus/kafka/crc32c.ts'
import type { Compression } from '../../../src/bus/kafka/options.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
/** As a collector has them: of a source, some values filled in for each record. */
const filled = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), { maxLength: 5, selector: ([name]) => name }),
    fc.infiniteStream(fc.tuple(fc.boolean(), fc.string({ unit: 'grapheme', maxLength: 60 }))),
  )
  .map(([all, choice]) => {
    const blanks = all.flatMap(([name]) => {
      const [blank, value] = choice.next().value as [boolean, string]
      return blank ? [{ name, value }] : []
    })
    return new HeaderTemplate(
      all,
      blanks.map(({ name }) => name),
    ).fill(blanks.map(({ value }) => value))
  })
const record: fc.Arbitrary<TimedRecord> = fc.record({
  key: fc.option(fc.oneof(bytes, fc.string())),
  value: fc.option(fc.oneof(bytes, fc.string({ unit: 'grapheme' }))),
  timestamp: fc.integer({ min: 0, max: 2 ** 43 }),
  headers: fc.oneof(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.oneof(bytes, fc.string())), { maxLength: 5 }), filled),
})
const records = fc.array(record, { minLength: 1, maxLength: 40 })
const NAMES: Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

async function encode(of: readonly TimedRecord[], name: Compression = 'none', baseOffset = 0): Promise<Buffer> {
  const batch = await encodeBatch(of, NO_WRITER, { name, codec: await codecOf(codecId(name)) })
  batch.writeBigInt64BE(BigInt(baseOffset), 0) // as the broker does when it assigns offsets
  return batch
}

async function decodeAll(stored: Buffer, range = { from: 0, to: Number.POSITIVE_INFINITY }, checkCrc = true): Promise<BatchView> {
  const parts: StoredBatch[] = []
  for (const header of batchHeaders(stored, '"t" partition 0')) {
    const part = await decodeBatch(stored, header, range, { place: '"t" partition 0', checkCrc })
    if (part) parts.push(part)
  }
  return new BatchView('t', 0, parts, { nextOffset: 0, highWatermark: 0 })
}

const asBuffer = (of: Buffer | string | null) => (typeof of === 'string' ? Buffer.from(of) : of)
const expected = (of: readonly TimedRecord[], baseOffset = 0) =>
  of.map(({ key, value, timestamp, headers = [] }, i) => ({
    ...{ topic: 't', partition: 0, offset: baseOffset + i, timestamp, key: asBuffer(key), value: asBuffer(value) },
    headers: [...headers].map(([name, text]) => [name, asBuffer(text)]),
  }))

async function failure(of: Promise<unknown>): Promise<string> {
  return of.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

describe('record batches', () => {
  before(loadFastCrc32c)

  for (const name of NAMES) {
    it(`${name}: what was encoded is what is decoded, whatever it is`, async () => {
      await fc.assert(
        fc.asyncProperty(records, fc.nat(2 ** 40), async (of, baseOffset) => {
          expect([...(await decodeAll(await encode(of, name, baseOffset)))]).to.deep.equal(expected(of, baseOffset))
        }),
        { numRuns: 60 },
      )
    })
  }

  it('the accessors agree with the records, in any order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(records, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat()), async (batches, order) => {
        const stored: Buffer[] = []
        let baseOffset = 0
        for (const of of batches) {
          stored.push(await encode(of, 'none', baseOffset))
          baseOffset += of.length
        }
        const view = await decodeAll(Buffer.concat(stored))
        const all = [...view]
        expect(view.count).to.equal(baseOffset)
        for (let n = 0; n < 30; n++) {
          const i = (order.next().value ?? 0) % view.count
          const { offset, timestamp, key, value, headers } = all[i] ?? {}
          expect({
            offset: view.offset(i),
            timestamp: view.timestamp(i),
            key: view.key(i),
            value: view.value(i),
            headers: view.headers(i),
          }).to.deep.equal({
            ...{ offset, timestamp, key, value, headers },
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('headers that come again and again, and those that change between them, are each the right ones', async () => {
    const text = fc.constantFrom('', 'a', 'b', 'ce_id', 'grün', 'x'.repeat(33), 'y'.repeat(200))
    const value = fc.oneof(text, text.map(Buffer.from))
    const repeated = fc.array(fc.tuple(text, value), { maxLength: 3 }).map((headers) => ({ key: 'k', value: 'v', timestamp: 1, headers }))
    await fc.assert(
      fc.asyncProperty(fc.array(repeated, { minLength: 1, maxLength: 40 }), async (of) => {
        expect([...(await decodeAll(await encode(of)))]).to.deep.equal(expected(of))
      }),
    )
  })

  it('bytes in a header are those of now, though they were others before', async () => {
    const bytes = Buffer.from('first')
    const of: TimedRecord[] = [{ key: null, value: null, timestamp: 1, headers: [['h', bytes]] }]
    await encode(of)
    await encode(of)
    bytes.write('later')
    expect(Array.from(await decodeAll(await encode(of)), ({ headers }) => String(headers[0]?.[1]))).to.deep.equal(['later'])
  })

  it('a range keeps its records and no others', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.nat(50), fc.nat(50), async (of, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const view = await decodeAll(await encode(of, 'none', 10), { from, to })
        expect(Array.from(view, ({ offset }) => offset)).to.deep.equal(
          of.map((_, i) => 10 + i).filter((offset) => offset >= from && offset < to),
        )
      }),
    )
  })

  it('the estimated size is never less than the real one', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (of) => {
        const headerBytes = 61
        expect((await encode(of)).length - headerBytes).to.be.at.most(of.reduce((sum, one) => sum + estimateSize(one), 0))
      }),
    )
  })

  it('the batch that the size limit cut off is left for the next read', async () => {
    const whole = await encode([{ key: null, value: 'whole', timestamp: 1 }])
    const cut = (await encode([{ key: null, value: 'cut off', timestamp: 1 }], 'none', 1)).subarray(0, -1)
    expect(Array.from(await decodeAll(Buffer.concat([whole, cut])), ({ value }) => String(value))).to.deep.equal(['whole'])
    expect((await decodeAll(cut)).count).to.equal(0)
  })

  it('any flipped bit under the checksum is noticed', async () => {
    const good = await encode([{ key: 'k', value: 'a value that matters', timestamp: 1_700_000_000_000 }])
    for (let bit = 21 * 8; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good)
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await failure(decodeAll(bad)), `bit ${bit}`).to.equal('SHITOPS_E_BUS_CORRUPT')
    }
  })

  it('garbage behind an unchecked header fails with a code, or gives records; it never hangs and never takes the memory', async () => {
    const good = await encode([
      { key: 'k', value: 'v', timestamp: 5 },
      { key: null, value: null, timestamp: 6 },
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 57, max: good.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bad = Buffer.from(good)
          for (const [at, byte] of changes) bad[at] = byte
          const outcome = await failure(decodeAll(bad, undefined, false).then((view) => [...view]))
          expect(outcome).to.be.oneOf(['none', 'SHITOPS_E_BUS_CORRUPT'])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('a bare snappy block, as librdkafka writes it, is read', async () => {
    const snappy = (await import('snappy')).default
    const codec = await codecOf(codecId('snappy'))
    const text = Buffer.from('bare '.repeat(100))
    expect(Buffer.from((await codec?.decompress(snappy.compressSync(text))) ?? [])).to.deep.equal(text)
  })

  it('an unknown codec is named', async () => {
    expect(await failure(codecOf(6))).to.equal('SHITOPS_E_BUS_UNSUPPORTED')
  })
})
