import { expect } from 'chai'
import fc from 'fast-check'
import { batchHeaders, decodeBatch } from '../../../../src/bus/kafka/batch-decoder.ts'
import { encodeBatch } from '../../../../src/bus/kafka/batch-encoder.ts'
import { BatchView } from '../../../../src/bus/kafka/batch-view.ts'
import { Arena, ArenaPool } from '../../../../src/bus/kafka/codec-wasm/arena.ts'
import { UNPACKERS } from '../../../../src/bus/kafka/codec-wasm/unpack.ts'
import { type Codec, codecId, codecOf } from '../../../../src/bus/kafka/codecs.ts'

/** Text that repeats itself at every distance, and noise. */
const contents = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 400 })), { maxLength: 30 })
  .map((runs) => Buffer.concat(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))))

const NAMES = ['snappy', 'lz4'] as const

async function tools(name: (typeof NAMES)[number]): Promise<{ codec: Codec; unpack(packed: Buffer): Buffer | null }> {
  const arena = Arena.open()
  const codec = await codecOf(codecId(name))
  if (!arena || !codec) throw new Error(`${name} cannot be tested here`)
  return { codec, unpack: (packed) => UNPACKERS[codecId(name)]?.(packed, arena) ?? null }
}

describe('unpacking in WebAssembly', () => {
  for (const name of NAMES) {
    it(`${name}: gives what the library packed`, async () => {
      const { codec, unpack } = await tools(name)
      await fc.assert(
        fc.asyncProperty(contents, async (bytes) => {
          const packed = await codec.compress(bytes)
          expect(unpack(packed)?.equals(bytes)).to.equal(true)
        }),
      )
    })

    it(`${name}: what is damaged gives nothing, or other bytes; it never hangs, and never writes beyond the memory`, async () => {
      const { codec, unpack } = await tools(name)
      const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 })
      await fc.assert(
        fc.asyncProperty(contents, changes, fc.nat(), async (bytes, changed, cut) => {
          const packed = Buffer.from(await codec.compress(bytes))
          for (const [at, byte] of changed) packed[at % packed.length] = byte
          unpack(packed)
          unpack(packed.subarray(0, cut % packed.length))
        }),
        { numRuns: 400 },
      )
    })
  }

  it('a bare snappy block, and a stored LZ4 block', async () => {
    const snappy = await tools('snappy')
    expect(snappy.unpack(Buffer.from([5, 0x10, ...Buffer.from('hello')]))?.toString()).to.equal('hello')
    const lz4 = await tools('lz4')
    const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 5, 0, 0, 0x80, ...Buffer.from('hello'), 0, 0, 0, 0])
    expect(lz4.unpack(frame)?.toString()).to.equal('hello')
  })

  it('leaves frames with checksums, dictionaries and what follows a frame to the library', async () => {
    const { unpack } = await tools('lz4')
    const frame = (flags: number, ...rest: number[]) =>
      Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40, 0x82, 5, 0, 0, 0x80, ...Buffer.from('hello'), 0, 0, 0, 0, ...rest])
    expect(unpack(frame(0x60))?.toString()).to.equal('hello')
    for (const flags of [0x64, 0x70, 0x61, 0x20]) expect(unpack(frame(flags))).to.equal(null)
    expect(unpack(frame(0x60, 1, 2, 3, 4))).to.equal(null)
  })

  it('a claim of gigabytes is not believed', async () => {
    const { unpack } = await tools('snappy')
    expect(unpack(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x61]))).to.equal(null)
  })
})

describe('values as lines, out of an arena', () => {
  const part = fc.option(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), { nil: null })
  const record = fc.record({
    key: part,
    value: part,
    timestamp: fc.integer({ min: 0, max: 2 ** 41 }),
    headers: fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.uint8Array({ maxLength: 9 }).map(Buffer.from)), { maxLength: 2 }),
  })
  const writer = { producerId: -1n, epoch: -1, baseSequence: -1, transactional: false }
  const filler = { key: null, value: Buffer.alloc(70_000, 'ab'), timestamp: 1, headers: [] }
  const options = (arenas: ArenaPool) => ({ place: 't', checkCrc: true, arenas })

  it('are the values and line breaks, and the memory is used again', async () => {
    const codec = await codecOf(codecId('lz4'))
    const arenas = new ArenaPool()
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat(), async (records, cut) => {
        // With the filler it is large enough for an arena.
        const batch = await encodeBatch([...records, filler], writer, { name: 'lz4', codec })
        const [header] = [...batchHeaders(batch, 't')]
        const stored = header && (await decodeBatch(batch, header, { from: 0, to: 1_000 }, options(arenas)))
        if (!stored?.arena) throw new Error('not in an arena')
        const view = new BatchView('t', 0, [stored], { nextOffset: 1, highWatermark: 1 })
        view.hold = { retain() {}, release() {} } as never
        const split = cut % (records.length + 1)
        const lines = (values: ReadonlyArray<Buffer | null>) =>
          Buffer.concat(values.flatMap((value) => [value ?? '', '\n'].map(Buffer.from as never)))
        const values = [...records, filler].map(({ value }) => value)
        expect(Buffer.concat([...(view.takeLines(0, split) ?? [])]).equals(lines(values.slice(0, split)))).to.equal(true)
        expect(Buffer.concat([...(view.takeLines(split, view.count) ?? [])]).equals(lines(values.slice(split)))).to.equal(true)
        view.free(arenas)
      }),
    )
  })

  it('what is lent is bounded: then batches have memory of their own', async () => {
    const codec = await codecOf(codecId('snappy'))
    const arenas = new ArenaPool()
    const batch = await encodeBatch([filler], writer, { name: 'snappy', codec })
    const [header] = [...batchHeaders(batch, 't')]
    if (!header) throw new Error('no batch')
    const stored = await Promise.all(Array.from({ length: 20 }, () => decodeBatch(batch, header, { from: 0, to: 9 }, options(arenas))))
    expect(stored.filter((one) => one?.arena)).to.have.length(8)
    expect(new Set(stored.map((one) => one?.bytes.toString('latin1'))).size).to.equal(1)
  })
})
