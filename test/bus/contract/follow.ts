import { expect } from 'chai'
import type { Bus, ReadOptions } from '../../../src/bus/bus.ts'
import type { Case } from '../contract.ts'
import { drain, numbered, valuesOf } from './support.ts'

export const followCases: readonly Case[] = [
  [
    'a follower sees what was there and what comes',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(2, 'old'))
      const follower = follow(bench.bus, { topic, partitions: [{ partition: 0, from: 0 }] })
      await bench.until('the old records', () => follower.values.length === 2)
      await bench.bus.append(topic, numbered(2, 'new'))
      await bench.until('the new records', () => follower.values.length === 4)
      await follower.stop()
      expect(follower.values).to.deep.equal(['old0', 'old1', 'new0', 'new1'])
    },
  ],
  [
    'a follower sees what another bus writes',
    async (bench) => {
      const topic = await bench.topic(2)
      const follower = follow(bench.bus, {
        topic,
        partitions: [
          { partition: 0, from: 0 },
          { partition: 1, from: 0 },
        ],
      })
      const other = await bench.another()
      for (let i = 0; i < 10; i++) await other.append(topic, [{ key: null, value: `${i}`, partition: i % 2 }])
      await bench.until('all ten', () => follower.values.length === 10)
      await follower.stop()
      expect([...follower.values].sort()).to.deep.equal(Array.from({ length: 10 }, (_, i) => `${i}`))
    },
  ],
  [
    'an abort ends a follower that waits, without an error',
    async (bench) => {
      const topic = await bench.topic()
      const follower = follow(bench.bus, { topic, partitions: [{ partition: 0, from: 0 }] })
      await bench.bus.append(topic, numbered(1))
      await bench.until('the record', () => follower.values.length === 1)
      await follower.stop()
    },
  ],
  [
    'an abort before the start reads nothing',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(1))
      expect(
        await drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }], follow: true, signal: AbortSignal.abort() })),
      ).to.deep.equal([])
    },
  ],
  [
    'a follower with an end stops there by itself',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(2))
      const reading = drain(bench.bus.read({ topic, partitions: [{ partition: 0, from: 0, to: 4 }], follow: true }))
      await bench.bus.append(topic, numbered(5, 'w'))
      expect((await reading).flatMap((batch) => valuesOf(batch))).to.deep.equal(['v0', 'v1', 'w0', 'w1'])
    },
  ],
  [
    'a follower may start past the end, and waits for that offset',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(3))
      const follower = follow(bench.bus, { topic, partitions: [{ partition: 0, from: 3 }] })
      await bench.bus.append(topic, numbered(2, 'w'))
      await bench.until('the two new ones', () => follower.values.length === 2)
      await follower.stop()
      expect(follower.values).to.deep.equal(['w0', 'w1'])
    },
  ],
  [
    'leaving the loop early leaves nothing behind',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, numbered(10))
      for (let i = 0; i < 20; i++) {
        for await (const batch of bench.bus.read({ topic, partitions: [{ partition: 0, from: 0 }], follow: true })) {
          expect(batch.offset(0)).to.equal(0)
          break
        }
      }
    },
  ],
]

/** A follower in the background that keeps the values it reads. */
function follow(bus: Bus, options: Omit<ReadOptions, 'follow' | 'signal'>): { values: string[]; stop(): Promise<void> } {
  const abort = new AbortController()
  const values: string[] = []
  const done = (async () => {
    for await (const batch of bus.read({ ...options, follow: true, signal: abort.signal })) values.push(...valuesOf(batch))
  })()
  return {
    values,
    stop: async () => {
      abort.abort()
      await done
    },
  }
}
