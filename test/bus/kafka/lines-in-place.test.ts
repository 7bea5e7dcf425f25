import { expect } from 'chai'
import fc from 'fast-check'
import { batchHeaders, decodeBatch, type StoredBatch } from '../../../src/bus/kafka/batch-decoder.ts'
import { encodeBatch, NO_WRITER } from '../../../src/bus/kafka/batch-encoder.ts'
import { Arena } from '../../../src/bus/kafka/codec-wasm/arena.ts'
import { codecId, codecOf } from '../../../src/bus/kafka/codecs.ts'
import { linesInPlace } from '../../../src/bus/kafka/lines-in-place.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const HEADER_SIZE = 61

const anything = fc.option(
  fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    fc.integer({ min: 0, max: 70_000 }).map((size) => Buffer.alloc(size, 'x')),
  ),
)
const record = fc.record({ key: anything, value: anything, timestamp: fc.integer({ min: 0, max: 4e12 }) })
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 6 }),
  compression: fc.constantFrom('none' as const, 'none' as const, 'gzip' as const, 'snappy' as const),
})
type Batches = Array<typeof batch extends fc.Arbitrary<infer B> ? B : never>

/** Where an answer lies: memory of its own, or such that WebAssembly makes the lines in. */
const MEMORIES = {
  own: (size: number) => Buffer.from(new ArrayBuffer(size)),
  arena: (size: number) => (Arena.open(size + 64) as Arena).bytes,
}
type Memory = keyof typeof MEMORIES

/** Batches behind one another, as a broker sends them, and their parts. @param spoil what is done to the bytes before they are read */
async function fetched(batches: Batches, memory: Memory, spoil?: (answer: Buffer) => void): Promise<StoredBatch[]> {
  const encoded: Buffer[] = []
  for (const { records, compression: name } of batches) {
    encoded.push(await encodeBatch(records, NO_WRITER, { name, codec: await codecOf(codecId(name)) }))
  }
  const all = Buffer.concat(encoded)
  const answer = MEMORIES[memory](all.length).subarray(0, all.length)
  all.copy(answer)
  spoil?.(answer)
  const parts: StoredBatch[] = []
  for (const header of batchHeaders(answer, 'here')) {
    const part = await decodeBatch(answer, header, { from: 0, to: 10 }, { place: 'here', checkCrc: !spoil })
    if (part) parts.push(part)
  }
  return parts
}

const none = (...values: string[]) => ({
  records: values.map((value, timestamp) => ({ key: null, value: Buffer.from(value), timestamp })),
  compression: 'none' as const,
})

for (const memory of ['own', 'arena'] as const) {
  describe(`values as lines, in place, in ${memory === 'own' ? 'memory of their own' : 'memory that WebAssembly reads'}`, () => {
    it('are the values and line breaks, over any batches and any piece of them', () =>
      fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), fc.nat(30), fc.nat(30), async (batches, a, b) => {
          const records = batches.flatMap((one) => one.records)
          const from = Math.min(a, b, records.length)
          const to = Math.min(Math.max(a, b), records.length)
          const wanted = Buffer.concat(records.slice(from, to).flatMap(({ value }) => [value ?? Buffer.alloc(0), Buffer.from('\n')]))
          expect(Buffer.concat([...linesInPlace(await fetched(batches, memory), from, to)]).equals(wanted)).to.equal(true)
        }),
        { numRuns: 200 },
      ))

    it('are the same for all records of all batches', () =>
      fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
          const records = batches.flatMap((one) => one.records)
          const wanted = Buffer.concat(records.flatMap(({ value }) => [value ?? Buffer.alloc(0), Buffer.from('\n')]))
          expect(Buffer.concat([...linesInPlace(await fetched(batches, memory), 0, records.length)]).equals(wanted)).to.equal(true)
        }),
        { numRuns: 200 },
      ))

    it('batches of one answer are one piece', async () => {
      const batches = [none('v'), none('v'), none('v')]
      expect([...linesInPlace(await fetched(batches, memory), 0, 3)].map(String)).to.deep.equal(['v\nv\nv\n'])
    })

    it('a piece after a piece: what was taken does not touch what comes later', async () => {
      const values = Array.from({ length: 5 }, (_, i) => `value ${i}`)
      const parts = await fetched([none(...values)], memory)
      expect(String([...linesInPlace(parts, 0, 2)])).to.equal('value 0\nvalue 1\n')
      expect(String([...linesInPlace(parts, 2, 5)])).to.equal('value 2\nvalue 3\nvalue 4\n')
    })

    it('a record that reaches beyond its batch, ends before it begins or is none is damage, whatever its checksum', async () => {
      for (const length of [0, 1, 2 * 60, 0x7f]) {
        const spoil = (answer: Buffer) => answer.writeUInt8(length, HEADER_SIZE)
        const taken = async () => [...linesInPlace(await fetched([none('v', 'w'), none('x')], memory, spoil), 0, 3)]
        expect((await thrownBy(taken)).code, String(length)).to.equal('SHITOPS_E_BUS_CORRUPT')
      }
    })

    it('records that say anything of what is in them write nothing over what lies behind the batch', () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 0xff }), { minLength: 60, maxLength: 60 }), async (noise) => {
          const spoil = (answer: Buffer) => {
            const size = 1 + (answer[HEADER_SIZE] as number) / 2
            // All but how long each is.
            for (let i = 0; i < 4 * size; i++) if (i % size !== 0) answer[HEADER_SIZE + i] = noise[i % noise.length] as number
          }
          const [spoilt, next] = await fetched([none('first one', 'second on', 'third one', 'fourth on'), none('next')], memory, spoil)
          if (!spoilt || !next) throw new Error('two batches were sent')
          const lines = Buffer.concat([...linesInPlace([spoilt], 0, 4)])
          expect(lines.length).to.be.within(4, spoilt.bytes.length)
          expect(String([...linesInPlace([next], 0, 1)])).to.equal('next\n')
        }),
        { numRuns: 1_000 },
      ))

    it('bytes of any kind give lines or damage, and nothing beyond the batch', () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 40, maxLength: 40 }), async (noise) => {
          const spoil = (answer: Buffer) => void answer.set(noise, HEADER_SIZE)
          try {
            const parts = await fetched([none('first', 'second', 'third'), none('secret')], memory, spoil)
            const [lines] = [...linesInPlace(parts.slice(0, 1), 0, 3)]
            expect(lines?.includes('secret')).not.to.equal(true)
          } catch (error) {
            expect(error).to.include({ code: 'SHITOPS_E_BUS_CORRUPT' })
          }
        }),
        { numRuns: 1_000 },
      ))
  })
}

describe('values as lines, where a batch is damaged behind a checksum that is right', () => {
  it('what came before that batch is handed out, whichever piece of all is asked for', async () => {
    const good = await fetched([none('a', 'b'), none('c')], 'arena')
    const size = good.reduce((sum, { bytes }) => sum + HEADER_SIZE + bytes.length, 0)
    const batches = [none('a', 'b'), none('c'), none('d', 'e'), none('f')]
    for (const [from, to, wanted] of [
      [0, 6, 'a\nb\nc\n'],
      [1, 4, 'b\nc\n'],
      [3, 6, ''],
    ] as const) {
      // The second record of the third batch is longer than that.
      const parts = await fetched(batches, 'arena', (answer) => answer.writeUInt8(0x7e, size + HEADER_SIZE + 8))
      let taken = ''
      const take = async () => {
        for (const piece of linesInPlace(parts, from, to)) taken += piece
      }
      expect((await thrownBy(take)).code).to.equal('SHITOPS_E_BUS_CORRUPT')
      expect(taken, `${from} to ${to}`).to.equal(wanted)
    }
  })
})
