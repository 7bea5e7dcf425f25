import { expect } from 'chai'
import type { Case } from '../contract.ts'
import { codeOf, drain, numbered, unique, valuesOf } from './support.ts'

const HOUR_MS = 3_600_000
const NOON = 1_700_000_000_000

export const rangeCases: readonly Case[] = [
  [
    'a range is read from its first offset up to, not including, its last',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(50))
      await bench.bus.append(topic, numbered(50, 'w'))
      const batches = await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 45, to: 55 }] }))
      expect(batches.flatMap((batch) => valuesOf(batch))).to.deep.equal(['v45', 'v46', 'v47', 'v48', 'v49', 'w0', 'w1', 'w2', 'w3', 'w4'])
    },
  ],
  [
    'every offset in the middle of a batch can be the first or the last',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(8))
      for (let from = 0; from < 8; from++) {
        const to = Math.min(8, from + 3)
        const batches = await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from, to }] }))
        expect(batches.flatMap((batch) => valuesOf(batch))).to.deep.equal(Array.from({ length: to - from }, (_, i) => `v${from + i}`))
      }
    },
  ],
  [
    'without an end it is read to where the topic ended when reading began',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(5))
      await bench.bus.append(topic, numbered(5))
      let count = 0
      for await (const batch of bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }], maxBatchBytes: 1 })) {
        if (count === 0) await bench.bus.append(topic, numbered(5, 'late'))
        count += batch.count
      }
      expect(count).to.equal(10)
    },
  ],
  [
    'several partitions are read at once, each in order',
    async (bench) => {
      const topic = await bench.topic(3)
      for (let i = 0; i < 5; i++)
        await bench.bus.append(
          topic,
          [0, 1, 2].flatMap((partition) => numbered(4, `p${partition}i${i}:`, partition)),
        )
      const seen: Record<number, number[]> = { 0: [], 1: [], 2: [] }
      for await (const batch of bench.bus.read({ topic, partitions: [0, 1, 2].map((partition) => ({ partition, from: 0 })) })) {
        for (const { partition, offset } of batch) seen[partition]?.push(offset)
      }
      for (const offsets of Object.values(seen)) expect(offsets).to.deep.equal(Array.from({ length: 20 }, (_, i) => i))
    },
  ],
  [
    'only the partitions asked for are read',
    async (bench) => {
      const topic = await bench.topic(3)
      await bench.bus.append(
        topic,
        [0, 1, 2].flatMap((partition) => numbered(2, `p${partition}:`, partition)),
      )
      const batches = await drain(bench.bus.read({ topic, partitions: [{ partition: 1, from: 1 }] }))
      expect(batches.flatMap((batch) => valuesOf(batch))).to.deep.equal(['p1:1'])
    },
  ],
  [
    'maxBatchBytes makes batches smaller and loses nothing',
    async (bench) => {
      const topic = await bench.topic()
      for (let i = 0; i < 10; i++)
        await bench.bus.append(
          topic,
          Array.from({ length: 10 }, (_, j) => ({ key: null, value: Buffer.alloc(1_000, i * 10 + j) })),
        )
      const batches = await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }], maxBatchBytes: 12_000 }))
      expect(batches.length).to.be.greaterThan(5)
      expect(batches.flatMap((batch) => Array.from(batch, ({ value }) => value?.[0]))).to.deep.equal(
        Array.from({ length: 100 }, (_, i) => i),
      )
    },
  ],
  [
    'the accessors of a batch agree with its records',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, [
        {
          key: 'a',
          value: null,
          timestamp: 5,
          headers: [
            ['h', 'x'],
            ['h', 'y'],
          ],
        },
        { key: null, value: '', timestamp: 3 },
        { key: 'c', value: 'gamma', timestamp: 4, headers: [['z', '']] },
      ])
      for await (const batch of bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }] })) {
        const iterated = [...batch]
        expect(iterated).to.have.length(batch.count)
        iterated.forEach((record, i) => {
          expect(batch.record(i)).to.deep.equal(record)
          expect({
            offset: batch.offset(i),
            timestamp: batch.timestamp(i),
            key: batch.key(i),
            value: batch.value(i),
            headers: batch.headers(i),
          }).to.deep.equal({
            offset: record.offset,
            timestamp: record.timestamp,
            key: record.key,
            value: record.value,
            headers: record.headers,
          })
        })
      }
    },
  ],
  [
    'nextOffset leads from batch to batch without gap or overlap, up to the high watermark',
    async (bench) => {
      const topic = await bench.topic()
      for (let i = 0; i < 5; i++) await bench.bus.append(topic, numbered(7))
      let next = 0
      for await (const batch of bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }], maxBatchBytes: 100 })) {
        expect(batch.offset(0)).to.equal(next)
        expect(batch.highWatermark).to.equal(35)
        next = batch.nextOffset
      }
      expect(next).to.equal(35)
    },
  ],
  [
    'an empty topic and a range past the end are read in no time',
    async (bench) => {
      const topic = await bench.topic(2)
      expect(
        await drain(
          bench.bus.read({
            topic,
            partitions: [
              { partition: 0, from: 0 },
              { partition: 1, from: 0 },
            ],
          }),
        ),
      ).to.deep.equal([])
      await bench.bus.append(topic, numbered(3, 'v', 0))
      expect(await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 3 }] }))).to.deep.equal([])
      expect(await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 1, to: 1 }] }))).to.deep.equal([])
    },
  ],
  [
    'what one bus wrote another reads',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(5))
      expect(valuesOf(await bench.all(topic, await bench.another()))).to.deep.equal(['v0', 'v1', 'v2', 'v3', 'v4'])
    },
  ],
  [
    'reading a topic or a partition that is not there is refused',
    async (bench) => {
      const topic = await bench.topic(1)
      expect(await codeOf(drain(bench.bus.read({ topic: unique('nowhere'), partitions: [{ partition: 0, from: 0 }] })))).to.equal(
        'SHITOPS_E_TOPIC_UNKNOWN',
      )
      expect(await codeOf(drain(bench.bus.read({ topic, partitions: [{ partition: 1, from: 0 }] })))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'reading joins no group and commits nothing',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(5))
      const before = await bench.bus.listGroups()
      await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }] }))
      const names = (groups: typeof before) => groups.map(({ group }) => group).sort()
      expect(names(await bench.bus.listGroups())).to.deep.equal(names(before))
    },
  ],
  [
    'offsets tells where each partition begins and ends',
    async (bench) => {
      const topic = await bench.topic(3)
      await bench.bus.append(topic, [...numbered(4, 'v', 0), ...numbered(1, 'v', 2)])
      expect(await bench.bus.offsets(topic)).to.deep.equal([
        { partition: 0, earliest: 0, latest: 4 },
        { partition: 1, earliest: 0, latest: 0 },
        { partition: 2, earliest: 0, latest: 1 },
      ])
      expect(await codeOf(bench.bus.offsets(unique('nowhere')))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'offsetsAt finds the first record of a time or later',
    async (bench) => {
      const topic = await bench.topic(2)
      await bench.bus.append(
        topic,
        Array.from({ length: 10 }, (_, i) => ({ key: null, value: `${i}`, partition: 0, timestamp: NOON + i * HOUR_MS })),
      )
      const at = async (timestamp: number) => (await bench.bus.offsetsAt(topic, timestamp)).map(({ offset }) => offset)
      expect(await at(NOON - 1)).to.deep.equal([0, 0])
      expect(await at(NOON)).to.deep.equal([0, 0])
      expect(await at(NOON + 1)).to.deep.equal([1, 0])
      expect(await at(NOON + 9 * HOUR_MS)).to.deep.equal([9, 0])
      expect(await at(NOON + 9 * HOUR_MS + 1)).to.deep.equal([10, 0])
      expect(await codeOf(bench.bus.offsetsAt(unique('nowhere'), 0))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'offsetsAt holds when times are out of order',
    async (bench) => {
      const topic = await bench.topic()
      const times = [50, 10, 70, 20, 60, 90, 30, 100, 40, 80].map((t) => NOON + t)
      for (const timestamp of times) await bench.bus.append(topic, [{ key: null, value: 'x', timestamp }])
      for (let t = 0; t <= 110; t += 5) {
        const found = times.findIndex((timestamp) => timestamp >= NOON + t)
        expect(await bench.bus.offsetsAt(topic, NOON + t), `t=${t}`).to.deep.equal([
          { partition: 0, offset: found < 0 ? times.length : found },
        ])
      }
    },
  ],
]
