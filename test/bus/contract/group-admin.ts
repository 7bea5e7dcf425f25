import { expect } from 'chai'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique } from './support.ts'

export const groupAdminCases: readonly Case[] = [
  [
    'offsets set from outside are where the group goes on',
    async (bench) => {
      const topic = await bench.topic(2)
      const group = unique('group')
      await bench.bus.append(topic, [...numbered(5, 'a', 0), ...numbered(5, 'b', 1)])
      await bench.bus.commitOffsets(group, [
        { topic, partition: 0, offset: 3, metadata: 'why' },
        { topic, partition: 1, offset: 5 },
      ])
      const fetched = await bench.bus.fetchOffsets(group, [topic])
      expect(fetched.map(({ partition, offset, metadata }) => [partition, offset, metadata ?? '']).sort()).to.deep.equal([
        [0, 3, 'why'],
        [1, 5, ''],
      ])
      const member = bench.member(group, [topic])
      await bench.until('two records', () => member.records.length === 2)
      await member.stop()
      expect(member.values()).to.deep.equal(['a3', 'a4'])
    },
  ],
  [
    'offsets cannot be set, nor the group deleted, while it has members',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      const member = bench.member(group, [topic])
      await bench.until('the partition', () => member.assigned.size === 1)
      expect(await codeOf(bench.bus.commitOffsets(group, [{ topic, partition: 0, offset: 0 }]))).to.equal('SHITOPS_E_GROUP_ACTIVE')
      expect(await codeOf(bench.bus.deleteGroup(group))).to.equal('SHITOPS_E_GROUP_ACTIVE')
      await member.stop()
      await bench.bus.commitOffsets(group, [{ topic, partition: 0, offset: 0 }])
    },
  ],
  [
    'a group that never committed has no offsets',
    async (bench) => {
      const topic = await bench.topic()
      expect(await bench.bus.fetchOffsets(unique('group'), [topic])).to.deep.equal([])
    },
  ],
  [
    'only the topics asked for are fetched',
    async (bench) => {
      const [left, right] = [await bench.topic(), await bench.topic()]
      const group = unique('group')
      await bench.bus.commitOffsets(group, [
        { topic: left, partition: 0, offset: 0 },
        { topic: right, partition: 0, offset: 0 },
      ])
      expect((await bench.bus.fetchOffsets(group, [left])).map(({ topic }) => topic)).to.deep.equal([left])
    },
  ],
  [
    'a description has members, their partitions, offsets and lag',
    async (bench) => {
      const topic = await bench.topic(2)
      const group = unique('group')
      await bench.bus.append(topic, [...numbered(4, 'a', 0), ...numbered(4, 'b', 1)])
      const member = bench.member(group, [topic])
      await bench.until('eight records', () => member.records.length === 8)
      await bench.until('a stable group', async () => (await bench.bus.describeGroup(group)).state === 'Stable')
      const active = await bench.bus.describeGroup(group)
      expect(active.members).to.equal(1)
      expect(active.memberList[0]?.partitions).to.have.deep.members([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ])
      await member.stop()
      await bench.bus.append(topic, numbered(3, 'more', 0))
      const idle = await bench.bus.describeGroup(group)
      expect(idle.state).to.equal('Empty')
      expect(idle.memberList).to.deep.equal([])
      expect(idle.offsets.map(({ partition, committed, latest, lag }) => [partition, committed, latest, lag]).sort()).to.deep.equal([
        [0, 4, 7, 3],
        [1, 4, 4, 0],
      ])
    },
  ],
  [
    'where a member has not committed, the lag is not known, and not 0',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.append(topic, numbered(4))
      let seen = 0
      const member = bench.member(group, [topic], {
        onBatch: async (batch) => {
          seen += batch.count
        },
      })
      await bench.until('four records', () => seen === 4)
      const { offsets } = await bench.bus.describeGroup(group)
      for (const { committed, lag } of offsets) expect([committed, lag]).to.deep.equal([null, null])
      await member.stop()
    },
  ],
  [
    'groups are listed until they are deleted',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      await bench.bus.commitOffsets(group, [{ topic, partition: 0, offset: 0 }])
      const listed = async () => (await bench.bus.listGroups()).some((summary) => summary.group === group)
      expect(await listed()).to.equal(true)
      await bench.bus.deleteGroup(group)
      expect(await listed()).to.equal(false)
      expect(await bench.bus.fetchOffsets(group, [topic])).to.deep.equal([])
    },
  ],
  [
    'a group that is not there cannot be described or deleted',
    async (bench) => {
      expect(await codeOf(bench.bus.describeGroup(unique('nobody')))).to.equal('SHITOPS_E_GROUP_UNKNOWN')
      expect(await codeOf(bench.bus.deleteGroup(unique('nobody')))).to.equal('SHITOPS_E_GROUP_UNKNOWN')
    },
  ],
  [
    'offsets of a topic that is not there cannot be set',
    async (bench) => {
      expect(await codeOf(bench.bus.commitOffsets(unique('group'), [{ topic: unique('nowhere'), partition: 0, offset: 0 }]))).to.equal(
        'SHITOPS_E_TOPIC_UNKNOWN',
      )
    },
  ],
]
