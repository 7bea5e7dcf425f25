import { expect } from 'chai'
import type { Bus, TakenOver } from '../../../src/bus/bus.ts'
import { readStanding } from '../../../src/bus/ops/read-standing.ts'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique, valuesOf } from './support.ts'

async function standingValues(bus: Bus, topic: string, taken: TakenOver): Promise<string[]> {
  const values: string[] = []
  for await (const batch of readStanding(bus, topic, taken)) for (const { value } of batch) values.push(String(value))
  return values.sort()
}

export const takeOverCases: readonly Case[] = [
  [
    'whoever takes over can read all that was acknowledged before, and nobody sees that it was asked for',
    async (bench) => {
      const topics = [await bench.topic(3), await bench.topic()] as const
      const [topic, empty] = topics
      const id = unique('writer')
      const write = (bus: Bus, value: string) => bus.transact({ id, appends: [{ topic, records: numbered(2, value, 1) }] })
      await write(bench.bus, 'old')
      await bench.bus.append(topic, numbered(1, 'somebody else', 2))
      const newer = await bench.another()
      const taken = await newer.takeOver(id, { topics })
      const ends = new Map((await newer.offsets(topic)).map(({ partition, latest }) => [partition, latest]))
      expect([...taken.standing.keys()]).to.deep.equal(topics)
      expect(taken.standing.get(topic)?.map(({ partition }) => partition)).to.deep.equal([0, 1, 2])
      for (const { partition, to } of taken.standing.get(topic) ?? []) expect(to, String(partition)).to.be.at.most(ends.get(partition) ?? 0)
      expect(await standingValues(newer, topic, taken)).to.deep.equal(['old0', 'old1', 'somebody else0'])
      expect(await standingValues(newer, empty, taken)).to.deep.equal([])
      expect(await codeOf(write(bench.bus, 'zombie'))).to.equal('SHITOPS_E_FENCED')
      await write(newer, 'new')
      // Once more, by one that has been fenced: what was taken back is behind records, and before others.
      expect(await standingValues(bench.bus, topic, await bench.bus.takeOver(id, { topics }))).to.have.members([
        ...['old0', 'old1', 'somebody else0', 'new0', 'new1'],
      ])
      await write(bench.bus, 'again')
      expect(valuesOf(await bench.all(topic)).sort()).to.deep.equal(
        ['old0', 'old1', 'new0', 'new1', 'again0', 'again1', 'somebody else0'].sort(),
      )
      expect(await bench.all(empty)).to.deep.equal([])
    },
  ],
  [
    'whoever takes over is told of the positions of a group, which stay as they are',
    async (bench) => {
      const topic = await bench.topic(2)
      const [id, name] = [unique('writer'), unique('group')]
      const commit = (bus: Bus, offset: number, partition = 0) =>
        bus.transact({ id, appends: [], offsets: { group: name, commits: [{ topic, partition, offset, metadata: `at ${offset}` }] } })
      const group = { name, anchor: topic }
      expect((await bench.bus.takeOver(id, { group })).commits, 'of a group that is not there').to.deep.equal([])
      await commit(bench.bus, 7)
      await commit(bench.bus, 3, 1)
      const commits = [
        { topic, partition: 0, offset: 7, metadata: 'at 7' },
        { topic, partition: 1, offset: 3, metadata: 'at 3' },
      ]
      const newer = await bench.another()
      expect((await newer.takeOver(id, { topics: [topic], group })).commits).to.deep.equal(commits)
      expect(await newer.fetchOffsets(name, [topic])).to.deep.equal(commits)
      expect(await codeOf(commit(bench.bus, 8))).to.equal('SHITOPS_E_FENCED')
      await commit(newer, 9)
      expect((await newer.takeOver(id, { group })).commits.map(({ offset }) => offset)).to.deep.equal([9, 3])
      // No topic need be known for it, and who was before is fenced all the same.
      const newest = await bench.another()
      expect((await newest.takeOver(id, { group: { name } })).commits.map(({ offset }) => offset)).to.deep.equal([9, 3])
      expect(await codeOf(commit(newer, 10))).to.equal('SHITOPS_E_FENCED')
      await commit(newest, 11)
      expect((await newest.takeOver(id, { group: { name: unique('none') } })).commits).to.deep.equal([])
    },
  ],
  [
    'whoever has taken over can ask again how far to read, and nobody is fenced; who was fenced meanwhile is told so',
    async (bench) => {
      const topic = await bench.topic(2)
      const id = unique('writer')
      const write = (bus: Bus, value: string) => bus.transact({ id, appends: [{ topic, records: numbered(1, value) }] })
      const again = (bus: Bus) => bus.takeOver(id, { topics: [topic], again: true })
      await bench.bus.takeOver(id, { topics: [topic] })
      await bench.bus.append(topic, numbered(2, 'other'))
      expect(await standingValues(bench.bus, topic, await again(bench.bus))).to.deep.equal(['other0', 'other1'])
      await write(bench.bus, 'mine')
      expect(await standingValues(bench.bus, topic, await again(bench.bus))).to.deep.equal(['mine0', 'other0', 'other1'])
      const newer = await bench.another()
      await newer.takeOver(id, { topics: [topic] })
      expect(await codeOf(again(bench.bus))).to.equal('SHITOPS_E_FENCED')
      expect(await codeOf(again(bench.bus)), 'once more').to.equal('SHITOPS_E_FENCED')
      await write(newer, 'theirs')
      expect(await standingValues(newer, topic, await again(newer))).to.deep.equal(['mine0', 'other0', 'other1', 'theirs0'])
    },
  ],
  [
    'whoever asks for a topic that is not there takes over, and is told so',
    async (bench) => {
      const topic = await bench.topic()
      const id = unique('writer')
      const write = (bus: Bus) => bus.transact({ id, appends: [{ topic, records: numbered(1) }] })
      await write(bench.bus)
      const newer = await bench.another()
      expect(await codeOf(newer.takeOver(id, { topics: [topic, unique('nowhere')] }))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await codeOf(write(bench.bus))).to.equal('SHITOPS_E_FENCED')
      await write(newer)
      expect((await newer.takeOver(id)).standing.size).to.equal(0)
      expect(await bench.all(topic)).to.have.length(2)
    },
  ],
]
