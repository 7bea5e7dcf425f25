import { expect } from 'chai'
import { encodeBatch } from '../../../src/bus/kafka/batch-encoder.ts'
import { visibleBatches } from '../../../src/bus/kafka/committed.ts'
import type { FetchedPartition } from '../../../src/bus/kafka/fetch-call.ts'

const CONTROL = 0x20

interface Written {
  producer: number
  /** Absent: not in a transaction. */
  transactional?: boolean
  marker?: 'abort' | 'commit'
}

/** A log of one-record batches, at offsets 0, 1, 2, … */
async function log(batches: readonly Written[]): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const [offset, { producer, transactional = false, marker }] of batches.entries()) {
    const key = marker ? Buffer.from([0, 0, 0, marker === 'commit' ? 1 : 0]) : 'k'
    const writer = { producerId: BigInt(producer), epoch: 0, baseSequence: 0, transactional: transactional || marker !== undefined }
    const batch = await encodeBatch([{ key, value: 'v', timestamp: 1 }], writer, { name: 'none', codec: null })
    batch.writeBigInt64BE(BigInt(offset), 0)
    if (marker) batch.writeInt16BE(batch.readInt16BE(21) | CONTROL, 21)
    parts.push(batch)
  }
  return Buffer.concat(parts)
}

async function visible(batches: readonly Written[], aborted: Array<[producer: number, firstOffset: number]>): Promise<number[]> {
  const answer: FetchedPartition = {
    ...{ topic: 't', partition: 0, errorCode: 0, highWatermark: 99, lastStableOffset: 99, preferredReplica: -1 },
    aborted: aborted.map(([producer, firstOffset]) => ({ producerId: BigInt(producer), firstOffset })),
    records: await log(batches),
  }
  const result = visibleBatches(answer, 'here')
  expect(result.nextOffset).to.equal(batches.length)
  return result.visible.map(({ baseOffset }) => baseOffset)
}

const data = (producer: number): Written => ({ producer, transactional: true })
const end = (producer: number, marker: 'abort' | 'commit'): Written => ({ producer, marker })

describe('read_committed', () => {
  it('markers are never seen', async () => {
    expect(await visible([data(1), end(1, 'commit'), { producer: -1 }], [])).to.deep.equal([0, 2])
  })

  it('an aborted transaction is skipped up to its marker, and the same producer’s next one is not', async () => {
    expect(await visible([data(1), data(1), end(1, 'abort'), data(1), end(1, 'commit')], [[1, 0]])).to.deep.equal([3])
  })

  it('transactions that lie in one another are told apart by their producers', async () => {
    const batches = [data(1), data(2), data(1), end(1, 'abort'), data(2), end(2, 'commit'), { producer: 1 }]
    expect(await visible(batches, [[1, 0]])).to.deep.equal([1, 4, 6])
  })

  it('an aborted transaction that began before what is read is skipped from the first batch on', async () => {
    expect(await visible([data(7), end(7, 'abort'), data(7)], [[7, -5]])).to.deep.equal([2])
  })

  it('an aborted transaction that began first and ended last is skipped, though the broker lists it last', async () => {
    const batches = [data(1), data(1), data(2), end(2, 'abort'), end(1, 'abort'), data(2), end(2, 'commit')]
    const asEnded: Array<[number, number]> = [
      [2, 2],
      [1, 0],
    ]
    expect(await visible(batches, asEnded)).to.deep.equal([5])
  })

  it('a user’s record whose key looks like an abort marker changes nothing', async () => {
    const batches = [data(1), { producer: 2 }, data(1), end(1, 'abort')]
    expect(await visible(batches, [[1, 0]])).to.deep.equal([1])
  })

  it('what comes before a damaged header is seen, and the damage is told where it comes first', async () => {
    const records = await log([{ producer: 1 }, { producer: 1 }, { producer: 1 }])
    const size = records.length / 3
    records[2 * size + 16] = 0xff
    const answer = { topic: 't', partition: 0, errorCode: 0, highWatermark: 99, lastStableOffset: 99, preferredReplica: -1, aborted: [] }
    expect(visibleBatches({ ...answer, records }, 'here')).to.include({ nextOffset: 2 })
    const rest = records.subarray(2 * size)
    expect(() => visibleBatches({ ...answer, records: rest }, 'here')).to.throw('came damaged')
  })
})
