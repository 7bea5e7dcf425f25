import { expect } from 'chai'
import type { RecordBatch } from '../../../src/bus/bus.ts'
import { mergeByTime } from '../../../src/bus/ops/merge.ts'

/** A batch of one partition with these times; null is a record that cannot be read. */
async function* batchOf(partition: number, times: ReadonlyArray<number | null>): AsyncGenerator<RecordBatch> {
  const timestamp = (i: number) => {
    const time = times[i] ?? null
    if (time === null) throw new Error(`${partition}@${i} is damaged`)
    return time
  }
  yield { partition, count: times.length, timestamp } as RecordBatch
}

/** `partition@from-to` of each run, and what the merge ended with. */
async function merged(...partitions: ReadonlyArray<ReadonlyArray<number | null>>): Promise<string[]> {
  const runs: string[] = []
  try {
    for await (const { batch, from, to } of mergeByTime(partitions.map((times, partition) => batchOf(partition, times))))
      runs.push(`${batch.partition}@${from}-${to}`)
  } catch (error) {
    runs.push((error as Error).message)
  }
  return runs
}

describe('merging partitions by time', () => {
  it('hands out runs, the earlier source first where times are equal', async () => {
    expect(await merged([1, 2, 5], [2, 3, 9])).to.deep.equal(['0@0-2', '1@0-2', '0@2-3', '1@2-3'])
  })

  it('hands out what comes before a record that cannot be read, then what is wrong with it', async () => {
    expect(await merged([1, 2, null, 4], [3])).to.deep.equal(['0@0-2', '0@2 is damaged'])
    expect(await merged([null], [3])).to.deep.equal(['0@0 is damaged'])
  })
})
