import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Cluster } from '../../../src/bus/kafka/cluster.ts'
import { EARLIEST } from '../../../src/bus/kafka/offsets.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'
import { startPositions } from '../../../src/bus/kafka/start-positions.ts'

interface Asked {
  isolationLevel: number
  topics: Array<{ topic: string; partitions: Array<{ partition: number; timestamp: number }> }>
}

/** A partition that holds offsets 5 to 19, of which those from 12 on wait for an open transaction. */
const log = { earliest: 5, stable: 12, end: 20 }

/** Where a member of a group with this committed offset begins to read. */
async function startOf(start: 'earliest' | 'latest', committed: number | null, query = ''): Promise<number | undefined> {
  const leader = {
    call: async (_name: string, { isolationLevel, topics }: Asked) => ({
      responses: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, timestamp }) => {
          const offset = timestamp === EARLIEST ? log.earliest : isolationLevel === 1 ? log.stable : log.end
          return { partition, errorCode: 0, offset: String(offset) }
        }),
      })),
    }),
  }
  const offsets = committed === null ? [] : [{ topic: 't', partition: 0, offset: committed, metadata: '', errorCode: 0 }]
  const cluster = {
    context: { logger: silentLogger, settings: parseKafkaUrl(`kafka://h${query}`) },
    topic: async () => ({ partitions: [{ partition: 0 }] }),
    coordinator: async () => ({ send: async () => ({ errorCode: 0, offsets }) }),
    leader: async () => leader,
    patiently: (attempt: () => Promise<unknown>) => attempt(),
  }
  const partitions = [{ topic: 't', partition: 0 }]
  const signal = new AbortController().signal
  const [cursor] = await startPositions(cluster as unknown as Cluster, partitions, { group: 'g', start }, signal)
  return cursor?.position
}

describe('where a group member begins', () => {
  it('at the committed offset, also where it lies behind an open transaction', async () => {
    for (const start of ['earliest', 'latest'] as const)
      for (const committed of [5, 11, 12, 13, 20]) expect(await startOf(start, committed), `${start}, ${committed}`).to.equal(committed)
  })

  it('without one, or with one beyond the end of the log, where the caller wants', async () => {
    for (const committed of [null, 21]) {
      expect(await startOf('earliest', committed)).to.equal(log.earliest)
      expect(await startOf('latest', committed)).to.equal(log.stable)
      expect(await startOf('latest', committed, '?isolation=read_uncommitted')).to.equal(log.end)
    }
  })
})
