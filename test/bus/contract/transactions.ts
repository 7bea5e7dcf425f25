import { expect } from 'chai'
import type { Claim } from '../../../src/bus/bus.ts'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique, valuesOf } from './support.ts'

export const transactionCases: readonly Case[] = [
  [
    'records of several topics and offsets are written together',
    async (bench) => {
      const [left, right] = [await bench.topic(), await bench.topic(2)]
      const group = unique('group')
      const results = await bench.bus.transact({
        id: unique('writer'),
        appends: [
          { topic: left, records: numbered(2, 'l') },
          { topic: right, records: [...numbered(1, 'r0:', 0), ...numbered(1, 'r1:', 1)] },
        ],
        offsets: { group, commits: [{ topic: left, partition: 0, offset: 7, metadata: 'm' }] },
      })
      expect(results.map(({ topic, partition, count }) => [topic, partition, count]).sort()).to.deep.equal(
        [
          [left, 0, 2],
          [right, 0, 1],
          [right, 1, 1],
        ].sort(),
      )
      expect(valuesOf(await bench.all(left))).to.deep.equal(['l0', 'l1'])
      expect(valuesOf(await bench.all(right))).to.deep.equal(['r0:0', 'r1:0'])
      expect((await bench.bus.fetchOffsets(group, [left])).map(({ offset, metadata }) => [offset, metadata])).to.deep.equal([[7, 'm']])
    },
  ],
  [
    'one id writes again and again',
    async (bench) => {
      const topic = await bench.topic()
      const id = unique('writer')
      for (let i = 0; i < 5; i++) await bench.bus.transact({ id, appends: [{ topic, records: numbered(2, `${i}:`) }] })
      expect(valuesOf(await bench.all(topic))).to.deep.equal(['0:0', '0:1', '1:0', '1:1', '2:0', '2:1', '3:0', '3:1', '4:0', '4:1'])
    },
  ],
  [
    'offsets alone make a transaction',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      expect(
        await bench.bus.transact({ id: unique('writer'), appends: [], offsets: { group, commits: [{ topic, partition: 0, offset: 0 }] } }),
      ).to.deep.equal([])
      expect((await bench.bus.fetchOffsets(group, [topic])).map(({ offset }) => offset)).to.deep.equal([0])
    },
  ],
  [
    'a transaction under a stale claim is refused and writes nothing',
    async (bench) => {
      const [source, sink] = [await bench.topic(), await bench.topic()]
      const group = unique('group')
      await bench.bus.append(source, numbered(3))
      const gone = bench.member(group, [source])
      await bench.until('three records', () => gone.records.length === 3)
      await gone.stop()
      const [claim] = gone.claims
      if (!claim) throw new Error('the member kept no claim')
      const heir = bench.member(group, [source], {}, await bench.another())
      await bench.until('the heir', () => heir.assigned.size === 1)
      const late = bench.bus.transact({
        id: unique('writer'),
        appends: [{ topic: sink, records: numbered(1, 'never') }],
        offsets: { group, claim, commits: [{ topic: source, partition: 0, offset: 1 }] },
      })
      expect(await codeOf(late)).to.equal('SHITOPS_E_FENCED')
      await heir.stop()
      expect(await bench.all(sink)).to.deep.equal([])
      expect((await bench.bus.fetchOffsets(group, [source])).map(({ offset }) => offset)).to.deep.equal([3])
    },
  ],
  [
    'a transaction with a topic that is not there writes nothing',
    async (bench) => {
      const topic = await bench.topic()
      const group = unique('group')
      const transaction = bench.bus.transact({
        id: unique('writer'),
        appends: [
          { topic, records: numbered(1) },
          { topic: unique('nowhere'), records: numbered(1) },
        ],
        offsets: { group, commits: [{ topic, partition: 0, offset: 1 }] },
      })
      expect(await codeOf(transaction)).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await bench.all(topic)).to.deep.equal([])
      expect(await bench.bus.fetchOffsets(group, [topic])).to.deep.equal([])
    },
  ],
  [
    'a newer user of an id fences the older one',
    async (bench) => {
      const topic = await bench.topic()
      const id = unique('writer')
      await bench.bus.transact({ id, appends: [{ topic, records: numbered(1, 'old') }] })
      const newer = await bench.another()
      await newer.transact({ id, appends: [{ topic, records: numbered(1, 'new') }] })
      expect(await codeOf(bench.bus.transact({ id, appends: [{ topic, records: numbered(1, 'zombie') }] }))).to.equal('SHITOPS_E_FENCED')
      await newer.transact({ id, appends: [{ topic, records: numbered(1, 'newer') }] })
      expect(valuesOf(await bench.all(topic))).to.deep.equal(['old0', 'new0', 'newer0'])
    },
  ],
  [
    'an empty transaction takes its id over',
    async (bench) => {
      const topic = await bench.topic()
      const id = unique('writer')
      await bench.bus.transact({ id, appends: [{ topic, records: numbered(1, 'old') }] })
      const newer = await bench.another()
      expect(await newer.transact({ id, appends: [] })).to.deep.equal([])
      expect(await codeOf(bench.bus.transact({ id, appends: [{ topic, records: numbered(1, 'zombie') }] }))).to.equal('SHITOPS_E_FENCED')
      expect(valuesOf(await bench.all(topic))).to.deep.equal(['old0'])
    },
  ],
  [
    'an empty transaction takes its id back, from whoever has used it meanwhile',
    async (bench) => {
      const topic = await bench.topic()
      const id = unique('writer')
      const write = (bus: typeof bench.bus, name: string) => bus.transact({ id, appends: [{ topic, records: numbered(1, name) }] })
      await write(bench.bus, 'first')
      const other = await bench.another()
      await write(other, 'other')
      // It has not noticed yet that it was fenced.
      expect(await bench.bus.transact({ id, appends: [] })).to.deep.equal([])
      await write(bench.bus, 'back')
      expect(await codeOf(write(other, 'zombie'))).to.equal('SHITOPS_E_FENCED')
      // It has.
      expect(await other.transact({ id, appends: [] })).to.deep.equal([])
      await write(other, 'again')
      expect(await codeOf(write(bench.bus, 'zombie'))).to.equal('SHITOPS_E_FENCED')
      expect(valuesOf(await bench.all(topic))).to.deep.equal(['first0', 'other0', 'back0', 'again0'])
    },
  ],
  [
    'a copy that restarts in the middle copies each record once',
    async (bench) => {
      const [source, sink] = [await bench.topic(), await bench.topic()]
      const group = unique('group')
      const id = unique('copier')
      await bench.bus.append(source, numbered(30))
      const copy = (bus: typeof bench.bus, stopAfter: number) => {
        let batches = 0
        return bench.member(
          group,
          [source],
          {
            maxBatchBytes: 1,
            onBatch: async (batch, claim: Claim) => {
              // Stop with a batch in hand: it must be copied by the next instance, and only once.
              if (batches++ >= stopAfter) return
              const commits = [{ topic: source, partition: 0, offset: batch.nextOffset }]
              await bus.transact({
                id,
                appends: [{ topic: sink, records: Array.from(batch, ({ key, value }) => ({ key, value })) }],
                offsets: { group, claim, commits },
              })
            },
          },
          bus,
        )
      }
      const first = copy(bench.bus, 1)
      await bench.until('a first part of the copy', async () => (await bench.all(sink)).length > 0)
      await first.stop()
      const second = copy(await bench.another(), Number.POSITIVE_INFINITY)
      await bench.until('the whole copy', async () => (await bench.all(sink)).length >= 30)
      await second.stop()
      expect(valuesOf(await bench.all(sink))).to.deep.equal(Array.from({ length: 30 }, (_, i) => `v${i}`))
    },
  ],
]
