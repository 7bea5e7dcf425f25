import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { murmur2 } from '../../../src/bus/partitioner.ts'
import type { Case } from '../contract.ts'
import { codeOf, numbered, unique, valuesOf } from './support.ts'

/** From org.apache.kafka.common.utils.UtilsTest.testMurmur2. */
const MURMUR2: ReadonlyArray<readonly [key: string, hash: number]> = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

export const appendCases: readonly Case[] = [
  [
    'offsets start at 0 and go on where the last append ended',
    async (bench) => {
      const topic = await bench.topic()
      const { bus } = bench
      expect(await bus.append(topic, numbered(3))).to.deep.equal([{ topic, partition: 0, baseOffset: 0, count: 3 }])
      expect(await bus.append(topic, numbered(2))).to.deep.equal([{ topic, partition: 0, baseOffset: 3, count: 2 }])
    },
  ],
  [
    'key, value, time and order come back as they went in',
    async (bench) => {
      const topic = await bench.topic()
      const records = Array.from({ length: 20 }, (_, i) => ({ key: `k${i % 3}`, value: `{"i":${i}}`, timestamp: 1_700_000_000_000 + i }))
      await bench.bus.append(topic, records)
      const read = await bench.all(topic)
      expect(read.map(({ key, value, timestamp }) => ({ key: String(key), value: String(value), timestamp }))).to.deep.equal(records)
      expect(read.map(({ topic: of, partition, offset }) => [of, partition, offset])).to.deep.equal(records.map((_, i) => [topic, 0, i]))
    },
  ],
  [
    'null, empty and absent are three things',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, [
        { key: null, value: 'no key' },
        { key: '', value: 'empty key' },
        { key: 'tombstone', value: null },
        { key: 'empty value', value: '' },
      ])
      const read = await bench.all(topic)
      expect(read.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).to.deep.equal([
        [null, 'no key'],
        ['', 'empty key'],
        ['tombstone', null],
        ['empty value', ''],
      ])
    },
  ],
  [
    'headers keep repeated names, their order and binary values',
    async (bench) => {
      const topic = await bench.topic()
      const binary = Buffer.from([0, 1, 127, 128, 255])
      await bench.bus.append(topic, [
        {
          key: 'a',
          value: 'x',
          headers: [
            ['trace', 'first'],
            ['trace', 'second'],
            ['blob', binary],
            ['empty', ''],
          ],
        },
        { key: 'b', value: null, headers: [['ünïcode', 'wért']] },
      ])
      const [first, second] = await bench.all(topic)
      expect(first?.headers.map(([name, value]) => [name, value.toString('latin1')])).to.deep.equal([
        ['trace', 'first'],
        ['trace', 'second'],
        ['blob', binary.toString('latin1')],
        ['empty', ''],
      ])
      expect(second?.headers.map(([name, value]) => [name, String(value)])).to.deep.equal([['ünïcode', 'wért']])
      expect(second?.value).to.equal(null)
    },
  ],
  [
    'a record without headers has none, next to one that has',
    async (bench) => {
      const topic = await bench.topic()
      await bench.bus.append(topic, [
        { key: null, value: 'a' },
        { key: null, value: 'b', headers: [['h', '1']] },
        { key: null, value: 'c' },
      ])
      expect((await bench.all(topic)).map(({ headers }) => headers.length)).to.deep.equal([0, 1, 0])
    },
  ],
  [
    'text is UTF-8, and the same as its bytes',
    async (bench) => {
      const topic = await bench.topic()
      const text = 'Größe € 𝄞'
      await bench.bus.append(topic, [
        { key: text, value: text },
        { key: Buffer.from(text), value: Buffer.from(text) },
      ])
      const [fromText, fromBytes] = await bench.all(topic)
      expect(fromText?.key?.equals(fromBytes?.key ?? Buffer.alloc(0))).to.equal(true)
      expect(String(fromText?.value)).to.equal(text)
    },
  ],
  [
    'a record without a time gets the time of writing',
    async (bench) => {
      const topic = await bench.topic()
      const before = Date.now()
      await bench.bus.append(topic, [
        { key: null, value: 'now' },
        { key: null, value: 'then', timestamp: 1_234 },
      ])
      const [now, then] = await bench.all(topic)
      expect(now?.timestamp).to.be.within(before - 1_000, Date.now() + 1_000)
      expect(then?.timestamp).to.equal(1_234)
    },
  ],
  [
    'values of a megabyte come back whole',
    async (bench) => {
      const topic = await bench.topic()
      const big = randomBytes(1_000_000)
      await bench.bus.append(topic, [{ key: 'small', value: 'before' }])
      await bench.bus.append(topic, [{ key: 'big', value: big }])
      await bench.bus.append(topic, [{ key: 'small', value: 'after' }])
      const read = await bench.all(topic)
      expect(read.map(({ key }) => String(key))).to.deep.equal(['small', 'big', 'small'])
      expect(read[1]?.value?.equals(big)).to.equal(true)
    },
  ],
  [
    'ten thousand records in one append keep their order',
    async (bench) => {
      const topic = await bench.topic()
      const [result] = await bench.bus.append(topic, numbered(10_000))
      expect(result?.count).to.equal(10_000)
      expect(valuesOf(await bench.all(topic))).to.deep.equal(Array.from({ length: 10_000 }, (_, i) => `v${i}`))
    },
  ],
  [
    'concurrent appends lose nothing and stay whole',
    async (bench) => {
      const topic = await bench.topic()
      const results = await Promise.all(Array.from({ length: 50 }, (_, i) => bench.bus.append(topic, numbered(10, `${i}:`))))
      const read = await bench.all(topic)
      expect(read).to.have.length(500)
      results.forEach(([result], i) => {
        const base = result?.baseOffset ?? -1
        expect(valuesOf(read.slice(base, base + 10))).to.deep.equal(Array.from({ length: 10 }, (_, j) => `${i}:${j}`))
      })
    },
  ],
  [
    'two buses that write at once share the offsets',
    async (bench) => {
      const topic = await bench.topic()
      const other = await bench.another()
      const write = async (bus: typeof other, who: string) => {
        for (let i = 0; i < 20; i++) await bus.append(topic, [{ key: null, value: `${who}${i}` }])
      }
      await Promise.all([write(bench.bus, 'a'), write(other, 'b')])
      const read = await bench.all(topic)
      expect(read.map(({ offset }) => offset)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i))
      for (const who of ['a', 'b'])
        expect(valuesOf(read).filter((value) => value.startsWith(who))).to.deep.equal(Array.from({ length: 20 }, (_, i) => `${who}${i}`))
    },
  ],
  [
    'murmur2 is Kafka’s',
    async () => {
      for (const [key, hash] of MURMUR2) expect(murmur2(Buffer.from(key)), key).to.equal(hash)
    },
  ],
  [
    'a key decides the partition as Kafka’s default partitioner does',
    async (bench) => {
      const topic = await bench.topic(7)
      await bench.bus.append(
        topic,
        MURMUR2.map(([key]) => ({ key, value: key })),
      )
      for (const { key, partition } of await bench.all(topic))
        expect(partition, String(key)).to.equal((murmur2(key ?? Buffer.alloc(0)) & 0x7fffffff) % 7)
    },
  ],
  [
    'a partition that is named wins over the key',
    async (bench) => {
      const topic = await bench.topic(3)
      const results = await bench.bus.append(
        topic,
        [0, 1, 2, 1].map((partition) => ({ key: 'same', value: `p${partition}`, partition })),
      )
      expect(results.map(({ partition, count }) => [partition, count]).sort()).to.deep.equal([
        [0, 1],
        [1, 2],
        [2, 1],
      ])
      for (const { partition, value } of await bench.all(topic)) expect(String(value)).to.equal(`p${partition}`)
    },
  ],
  [
    'records without a key spread over the partitions',
    async (bench) => {
      const topic = await bench.topic(2)
      for (let i = 0; i < 30; i++) await bench.bus.append(topic, [{ key: null, value: `${i}` }])
      expect(new Set((await bench.all(topic)).map(({ partition }) => partition)).size).to.equal(2)
    },
  ],
  [
    'every acks level ends in readable records',
    async (bench) => {
      const topic = await bench.topic()
      for (const acks of ['commit', 'flushed', 'none'] as const) {
        const [result] = await bench.bus.append(topic, [{ key: null, value: acks }], { acks })
        expect(result?.count, acks).to.equal(1)
      }
      await bench.until('all three are readable', async () => (await bench.all(topic)).length === 3)
      expect(valuesOf(await bench.all(topic)).sort()).to.deep.equal(['commit', 'flushed', 'none'])
    },
  ],
  [
    'an append of nothing does nothing',
    async (bench) => {
      const topic = await bench.topic()
      expect(await bench.bus.append(topic, [])).to.deep.equal([])
      expect(await bench.all(topic)).to.deep.equal([])
    },
  ],
  [
    'an append to a topic that is not there is refused',
    async ({ bus }) => {
      expect(await codeOf(bus.append(unique('nowhere'), numbered(1)))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    },
  ],
  [
    'an append to a partition that is not there is refused, whole',
    async (bench) => {
      const topic = await bench.topic(2)
      expect(await codeOf(bench.bus.append(topic, [...numbered(1, 'v', 0), ...numbered(1, 'v', 2)]))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      expect(await bench.all(topic)).to.deep.equal([])
    },
  ],
]
