import { expect } from 'chai'
import { adminOf, placementOf } from '../../../src/bus/admin.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { waitFor } from '../../support/kafka/index.ts'
import { numbers } from './support.ts'

/** Names are unique, so that a tour can be made again of the same cluster. */
export interface TourNames {
  topic: string
  sink: string
  group: string
  writer: string
}

/** Everything that shitops asks of brokers, once and in little: each step says what must come of it. The cluster has one broker, 1. */
export const TOUR: ReadonlyArray<readonly [step: string, run: (bus: Bus, names: TourNames) => Promise<void>]> = [
  [
    'topics are created, listed and described, with settings of their own',
    async (bus, { topic, sink }) => {
      await bus.createTopic({ name: topic, partitions: 2, config: { 'retention.ms': '-1' } })
      await bus.createTopic({ name: sink, partitions: 1 })
      expect(await bus.listTopics()).to.include.members([topic, sink])
      const described = await bus.describeTopic(topic)
      expect(described.config).to.deep.equal({ 'retention.ms': '-1' })
      expect(described.partitions.map(({ leader, replicas, inSync }) => ({ leader, replicas, inSync }))).to.deep.equal(
        [0, 1].map(() => ({ leader: 1, replicas: [1], inSync: [1] })),
      )
    },
  ],
  [
    'records are written and read, offsets found by time',
    async (bus, { topic }) => {
      const records = numbers(0, 40).map((record, i) => ({ ...record, partition: i % 2, timestamp: 1_700_000_000_000 + i * 1_000 }))
      await bus.append(topic, records)
      expect(await valuesOf(bus, topic)).to.deep.equal(records.map(({ value }) => value).sort())
      expect((await bus.offsets(topic)).map(({ latest }) => latest)).to.deep.equal([20, 20])
      expect((await bus.offsetsAt(topic, 1_700_000_020_000)).map(({ offset }) => offset)).to.deep.equal([10, 10])
      expect((await bus.describeTopic(topic)).partitions[0]?.bytes ?? 0).to.be.greaterThan(0)
    },
  ],
  [
    'a group reads, commits, is described and deleted',
    async (bus, { topic, group }) => {
      const stop = new AbortController()
      let seen = 0
      const consuming = bus.consume({
        ...{ group, topics: [topic], start: 'earliest', signal: stop.signal },
        onBatch: async (batch, claim) => {
          seen += batch.count
          await claim.commit(batch.nextOffset, 'here')
        },
      })
      await waitFor('40 records in the group', () => seen === 40, 30_000)
      expect((await bus.listGroups()).find((each) => each.group === group)?.members).to.equal(1)
      const { memberList, offsets } = await bus.describeGroup(group)
      expect(memberList[0]?.partitions.length).to.equal(2)
      expect(offsets.map(({ lag, metadata }) => [lag, metadata])).to.deep.equal([
        [0, 'here'],
        [0, 'here'],
      ])
      stop.abort()
      await consuming
      await bus.commitOffsets(group, [{ topic, partition: 0, offset: 3 }])
      expect((await bus.fetchOffsets(group, [topic])).map(({ offset }) => offset)).to.deep.equal([3, 20])
      await bus.deleteGroup(group)
      expect((await bus.listGroups()).some((each) => each.group === group)).to.equal(false)
    },
  ],
  [
    'a transaction writes records and offsets together, an aborted one is not seen',
    async (bus, { topic, sink, group, writer }) => {
      const offsets = { group: `${group}-of-transactions`, commits: [{ topic, partition: 0, offset: 7 }] }
      await bus.transact({ id: writer, appends: [{ topic: sink, records: numbers(0, 3) }], offsets })
      const failing = bus.transact({
        id: writer,
        appends: [
          { topic: sink, records: numbers(3, 3) },
          { topic: 'no-such-topic', records: numbers(0, 1) },
        ],
      })
      expect(((await failing.catch((error: unknown) => error)) as { code?: string }).code).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      await bus.transact({ id: writer, appends: [{ topic: sink, records: numbers(6, 1) }] })
      expect(await valuesOf(bus, sink)).to.deep.equal(['0', '1', '2', '6'])
      expect((await bus.fetchOffsets(offsets.group, [topic])).map(({ offset }) => offset)).to.deep.equal([7])
    },
  ],
  [
    'settings are changed one by one, partitions added, leaders elected, moves begun and listed',
    async (bus, { topic }) => {
      const admin = adminOf(bus)
      await admin.setTopicConfig(topic, { 'max.message.bytes': '2000000', 'retention.ms': null })
      expect((await bus.describeTopic(topic)).config).to.deep.equal({ 'max.message.bytes': '2000000' })
      await admin.addPartitions(topic, 3, [[1]])
      await waitFor('the third partition', async () => (await bus.describeTopic(topic)).partitions[2]?.leader === 1)
      const placement = placementOf(bus, 'moves')
      const partitions = [0, 1, 2].map((partition) => ({ topic, partition }))
      expect((await placement.electPreferred(partitions)).map(({ refusal }) => refusal)).to.deep.equal([null, null, null])
      const moved = await placement.move(partitions.map((each) => ({ ...each, replicas: [1] })))
      expect(moved.map(({ refusal }) => refusal)).to.deep.equal([null, null, null])
      await waitFor('the end of moves', async () => (await placement.moving()).length === 0)
      await placement.setBrokerConfig(1, { 'leader.replication.throttled.rate': '1000000' })
      await placement.setBrokerConfig(1, { 'leader.replication.throttled.rate': null })
      expect((await placement.sizes([1])).get(1)?.has(`${topic}/2`)).to.equal(true)
    },
  ],
  [
    'the cluster is described',
    async (bus, { topic }) => {
      const { brokers, topics, quorum, metadataLevel } = await adminOf(bus).observe()
      expect(brokers.map(({ id, rack, fenced }) => ({ id, rack, fenced }))).to.deep.equal([{ id: 1, rack: 'a', fenced: false }])
      expect(brokers[0]?.bytes ?? 0).to.be.greaterThan(0)
      expect(brokers[0]?.freeBytes ?? 0).to.be.greaterThan(0)
      expect(topics.find(({ name }) => name === topic)?.partitions.length).to.equal(3)
      expect(quorum).to.deep.equal({ leader: 1, voters: [{ id: 1, lag: 0 }] })
      expect(metadataLevel).to.be.greaterThan(0)
      expect((await bus.health()).facts.length).to.be.greaterThan(0)
    },
  ],
  [
    'topics are deleted',
    async (bus, { topic, sink }) => {
      for (const name of [topic, sink]) await bus.deleteTopic(name)
      expect(await bus.listTopics()).to.not.include.members([topic])
    },
  ],
]

async function valuesOf(bus: Bus, topic: string): Promise<string[]> {
  const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
  const values: string[] = []
  for await (const batch of bus.read({ topic, partitions })) for (const { value } of batch) values.push(String(value))
  return values.sort()
}
