import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Cluster } from '../../../src/bus/kafka/cluster.ts'
import type { ListOffsetsAnswer } from '../../../src/bus/kafka/list-offsets-call.ts'
import { EARLIEST } from '../../../src/bus/kafka/offsets.ts'
import type { CustomCall } from '../../../src/bus/kafka/protocol.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'
import { startPositions } from '../../../src/bus/kafka/start-positions.ts'
import { WireReader, WireWriter } from '../../../src/bus/kafka/wire.ts'

/** A partition that holds offsets 5 to 19, of which those from 12 on wait for an open transaction. */
const log = { earliest: 5, stable: 12, end: 20 }

/** What a leader of that log says to ListOffsets v3 about its one partition. */
function answerTo(request: Buffer): Buffer {
  const asked = new WireReader(request)
  asked.int32() // replica id
  const committed = asked.int8() === 1
  const answer = new WireWriter().int32(0).int32(1)
  asked.int32() // topics
  answer.string(asked.string()).int32(1)
  asked.int32() // partitions
  answer.int32(asked.int32()).int16(0).int64(-1)
  const end = committed ? log.stable : log.end
  return answer.int64(asked.int64() === EARLIEST ? log.earliest : end).done()
}

/** Where a member of a group with this committed offset begins to read. */
async function startOf(start: 'earliest' | 'latest', committed: number | null, query = ''): Promise<number | undefined> {
  const leader = { send: async (call: CustomCall<ListOffsetsAnswer>) => call.decode?.(answerTo(call.body)) }
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
