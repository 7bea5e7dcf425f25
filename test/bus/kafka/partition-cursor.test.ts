import { expect } from 'chai'
import { encodeBatch } from '../../../src/bus/kafka/batch-encoder.ts'
import type { BatchView } from '../../../src/bus/kafka/batch-view.ts'
import { ArenaPool } from '../../../src/bus/kafka/codec-wasm/arena.ts'
import type { FetchedPartition } from '../../../src/bus/kafka/fetch-call.ts'
import { PartitionCursor } from '../../../src/bus/kafka/partition-cursor.ts'

const CONTROL = 0x20
const OPTIONS = { readCommitted: true, checkCrc: false, maxBatchBytes: 1 << 20 }

/** A batch with one record at `offset`, or the marker of an aborted transaction. */
async function batchAt(offset: number, what: 'record' | 'transactional' | 'marker'): Promise<Buffer> {
  const key = what === 'marker' ? Buffer.from([0, 0, 0, 0]) : 'k'
  const writer = { producerId: 1n, epoch: 0, baseSequence: 0, transactional: what !== 'record' }
  const batch = await encodeBatch([{ key, value: 'v', timestamp: 1 }], writer, { name: 'none', codec: null })
  batch.writeBigInt64BE(BigInt(offset), 0)
  if (what === 'marker') batch.writeInt16BE(batch.readInt16BE(21) | CONTROL, 21)
  return batch
}

async function answer(from: number, whats: ReadonlyArray<Parameters<typeof batchAt>[1]>): Promise<FetchedPartition> {
  const records = Buffer.concat(await Promise.all(whats.map((what, i) => batchAt(from + i, what))))
  const aborted = [{ producerId: 1n, firstOffset: 0 }]
  return {
    ...{ topic: 't', partition: 0, errorCode: 0, highWatermark: 99, lastStableOffset: 98, preferredReplica: -1 },
    ...{ aborted, records },
  }
}

async function viewsOf(
  cursor: PartitionCursor,
  fetched: FetchedPartition,
  options: Parameters<PartitionCursor['advance']>[1] = OPTIONS,
): Promise<BatchView[]> {
  const views: BatchView[] = []
  for await (const view of cursor.advance(fetched, options)?.() ?? []) views.push(view)
  return views
}

/** `[count, nextOffset]` of each batch handed out. */
async function handedOut(cursor: PartitionCursor, fetched: FetchedPartition): Promise<Array<[number, number]>> {
  return (await viewsOf(cursor, fetched)).map(({ count, nextOffset }) => [count, nextOffset])
}

describe('reading a partition', () => {
  it('says with an empty batch that it has passed a marker, or an aborted transaction', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    expect(await handedOut(cursor, await answer(3, ['transactional', 'transactional']))).to.deep.equal([[0, 5]])
    expect(await handedOut(cursor, await answer(5, ['marker']))).to.deep.equal([[0, 6]])
    expect(await handedOut(cursor, await answer(6, ['record', 'marker']))).to.deep.equal([[1, 8]])
    expect(cursor.position).to.equal(8)
  })

  it('an empty batch holds nothing, and says how far can be read', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    const [view] = await viewsOf(cursor, await answer(3, ['marker']))
    expect(view && [...view]).to.deep.equal([])
    expect(view).to.include({ topic: 't', partition: 0, size: 0, highWatermark: 98 })
  })

  it('decodes one batch after the other, as they are taken', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    const fetched = await answer(3, ['record', 'record', 'record'])
    // The last of them is broken: who stops before it never meets that.
    fetched.records[fetched.records.length - 1] = 0xff
    fetched.records.writeInt32BE(77, (fetched.records.length / 3) * 2 + 57)
    const views = cursor.advance(fetched, { ...OPTIONS, maxBatchBytes: 1 })?.()
    expect((await views?.next())?.value).to.include({ count: 1, nextOffset: 4 })
    expect((await views?.next())?.value).to.include({ count: 1, nextOffset: 5 })
    const failure = await views?.next().catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'SHITOPS_E_BUS_CORRUPT')
  })

  it('hands out what came before damage, also where it would have been in one piece with it', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    const fetched = await answer(3, ['record', 'record', 'record'])
    fetched.records.writeInt32BE(77, (fetched.records.length / 3) * 2 + 57)
    const views = cursor.advance(fetched, OPTIONS)?.()
    expect((await views?.next())?.value).to.include({ count: 2, nextOffset: 5 })
    const failure = await views?.next().catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'SHITOPS_E_BUS_CORRUPT')
  })

  it('what lies in an answer whose memory is used again is one piece, whatever its size', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    const options = { ...OPTIONS, maxBatchBytes: 1, arenas: new ArenaPool() }
    expect((await viewsOf(cursor, await answer(3, ['record', 'record', 'record']), options)).map(({ count }) => count)).to.deep.equal([3])
  })

  it('says nothing where it has not moved', async () => {
    const cursor = new PartitionCursor('t', 0, 3, Number.POSITIVE_INFINITY)
    expect(await handedOut(cursor, await answer(3, []))).to.deep.equal([])
    expect(await handedOut(cursor, await answer(1, ['record', 'record']))).to.deep.equal([])
    expect(cursor.position).to.equal(3)
  })

  it('does not go past the end of its range', async () => {
    const cursor = new PartitionCursor('t', 0, 3, 5)
    expect(await handedOut(cursor, await answer(3, ['record', 'marker', 'record']))).to.deep.equal([[1, 5]])
    expect(cursor.done).to.equal(true)
  })
})
