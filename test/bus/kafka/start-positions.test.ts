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

/** What a leader of that log says to ListOffsets v3 about its one partition. @param oldEnd of a leader that has been asleep */
function answerTo(request: Buffer, oldEnd = log.end): Buffer {
  const asked = new WireReader(request)
  asked.int32() // replica id
  const committed = asked.int8() === 1
  const answer = new WireWriter().int32(0).int32(1)
  asked.int32() // topics
  answer.string(asked.string()).int32(1)
  asked.int32() // partitions
  answer.int32(asked.int32()).int16(0).int64(-1)
  const end = committed ? log.stable : oldEnd
  return answer.int64(asked.int64() === EARLIEST ? log.earliest : end).done()
}

interface Begin {
  start: 'earliest' | 'latest'
  committed: number | null
  /** Of the bus URL. */
  query?: string
  /** Ends that the leader tells of before the true one. */
  oldEnds?: readonly number[]
}

/** Where a member of a group begins to read, and for how long it doubted the end of the log, ms. */
async function begin({ start, committed, query = '', oldEnds = [] }: Begin): Promise<{ position: number | undefined; doubted: number }> {
  const ends = [...oldEnds]
  let now = 0
  const leader = {
    send: async (call: CustomCall<ListOffsetsAnswer>) => call.decode?.(answerTo(call.body, ends.shift())),
  }
  const cluster = {
    context: {
      logger: silentLogger,
      settings: parseKafkaUrl(`kafka://h${query}`),
      clock: {
        now: () => now,
        sleep: async (ms: number) => {
          now += ms
        },
      },
    },
    topic: async () => ({ partitions: [{ partition: 0 }] }),
    leader: async () => leader,
    patiently: (attempt: () => Promise<unknown>) => attempt(),
    askElsewhere() {},
  }
  const share = {
    ...{ partitions: [{ topic: 't', partition: 0 }], group: 'g', start },
    committed: committed === null ? [] : [{ topic: 't', partition: 0, offset: committed }],
  }
  const [cursor] = await startPositions(cluster as unknown as Cluster, share, new AbortController().signal)
  return { position: cursor?.position, doubted: now }
}

const startOf = async (start: Begin['start'], committed: number | null, query = '') => (await begin({ start, committed, query })).position

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

  it('at the committed offset also where a leader that was asleep tells of an end before it, for a while', async () => {
    const { position, doubted } = await begin({ start: 'earliest', committed: 18, oldEnds: [8, 8, 8] })
    expect(position).to.equal(18)
    expect(doubted).to.be.within(1, 14_999)
    expect(await begin({ start: 'earliest', committed: 21 })).to.deep.equal({ position: log.earliest, doubted: 15_000 })
    expect(await begin({ start: 'earliest', committed: 18 }), 'the usual case asks once').to.deep.equal({ position: 18, doubted: 0 })
  })
})
