import { expect } from 'chai'
import type { OutRecord } from '../../../src/bus/bus.ts'
import { compileFilter } from '../../../src/bus/filter/compile.ts'
import { resolveRange } from '../../../src/bus/ops/range.ts'
import { matcher } from '../../../src/bus/ops/select.ts'
import { type TailRequest, tail } from '../../../src/bus/ops/tail.ts'
import { parsePosition } from '../../../src/bus/position.ts'
import { codeOf, MemorySink, never, numbered, TestBus, until } from './support.ts'

const T0 = 1_700_000_000_000

describe('tail', () => {
  const test = new TestBus()
  beforeEach(() => test.open())
  afterEach(() => test.bus.close())
  after(() => test.close())
  let n = 0
  const topic = (partitions = 1) => test.topic(`t${n++}`, partitions)

  /** What a range holds, as tail hands it out. */
  async function read(topics: string | string[], from: string, to?: string, more: Partial<TailRequest> & { partitions?: number[] } = {}) {
    const sink = new MemorySink()
    const position = (text: string) => parsePosition(text, T0 + 60_000, 'from')
    const ranges = await Promise.all(
      [topics].flat().map((name) =>
        resolveRange(test.bus, {
          topic: name,
          partitions: more.partitions,
          from: position(from),
          to: to === undefined ? undefined : position(to),
        }),
      ),
    )
    await tail(test.bus, { ranges, follow: false, order: 'time', signal: never, ...more }, sink)
    return sink
  }

  it('reads from and to every kind of position; the end is not included', async () => {
    const name = await topic()
    await test.bus.append(name, numbered(10))
    const cases: Array<[from: string, to: string | undefined, first: number, last: number]> = [
      ['start', undefined, 0, 9],
      ['start', 'end', 0, 9],
      ['3', undefined, 3, 9],
      ['3', '5', 3, 4],
      ['-3', undefined, 7, 9],
      ['-100', undefined, 0, 9],
      ['start', '-3', 0, 6],
      [`@${T0 + 4_000}`, undefined, 4, 9],
      [`@${T0 + 3_001}`, `@${T0 + 6_000}`, 4, 5],
      ['@58s', undefined, 2, 9],
      ['2', '99', 2, 9],
    ]
    for (const [from, to, first, last] of cases) {
      const expected = Array.from({ length: last - first + 1 }, (_, i) => String(first + i))
      expect((await read(name, from, to)).values, `${from} to ${to}`).to.deep.equal(expected)
    }
    for (const [from, to] of [
      ['end', undefined],
      ['5', '5'],
      ['8', '3'],
      ['10', undefined],
    ] as const) {
      expect((await read(name, from, to)).values, `${from} to ${to}`).to.deep.equal([])
    }
  })

  it('refuses an offset beyond the end, an unknown topic and an unknown partition, each by its code', async () => {
    const name = await topic(2)
    await test.bus.append(name, numbered(3, '', { partition: 0 }))
    expect(await codeOf(read(name, '4'))).to.equal('SHITOPS_E_OFFSET_RANGE')
    expect((await read(name, '3')).values, 'one partition has not got that far').to.deep.equal([])
    expect(await codeOf(read(name, 'start', undefined, { partitions: [2] }))).to.equal('SHITOPS_E_USAGE')
    const unknown = await read(`${name}x`, 'start').catch((error) => error)
    expect(unknown).to.include({ code: 'SHITOPS_E_TOPIC_UNKNOWN' })
    expect(unknown.suggestions.join()).to.contain(name)
  })

  it('merges partitions and topics by time, keeping the order within each', async () => {
    const [left, right] = [await topic(2), await topic()]
    const at = (partition: number, ...times: number[]): OutRecord[] =>
      times.map((time) => ({ key: null, value: String(time), timestamp: T0 + time, partition }))
    await test.bus.append(left, [...at(0, 1, 4, 4, 3, 9), ...at(1, 2, 5, 10)])
    await test.bus.append(right, at(0, 0, 4, 6))
    const { records, values } = await read([left, right], 'start')
    // 3 stands behind 4 in its partition, and stays there.
    expect(values).to.deep.equal(['0', '1', '2', '4', '4', '3', '4', '5', '6', '9', '10'])
    for (const name of [left, right]) {
      for (const partition of [0, 1]) {
        const offsets = records.filter((record) => record.topic === name && record.partition === partition).map(({ offset }) => offset)
        expect(offsets).to.deep.equal([...offsets].sort((a, b) => a - b))
      }
    }
    const arrival = await read([left, right], 'start', undefined, { order: 'arrival' })
    expect(arrival.values.sort()).to.deep.equal([...values].sort())
  })

  it('merges partitions of many batches without losing or doubling one', async () => {
    const name = await topic(3)
    for (let i = 0; i < 20; i++) {
      await test.bus.append(
        name,
        numbered(300, `${i}-`, { start: T0 + i * 300_000 }).map((record, j) => ({ ...record, partition: (i * 7 + j) % 3 })),
      )
    }
    const { records } = await read(name, 'start')
    expect(records).to.have.length(6_000)
    expect(new Set(records.map(({ value }) => String(value))).size).to.equal(6_000)
    const times = records.map(({ timestamp }) => timestamp)
    expect(times).to.deep.equal([...times].sort((a, b) => a - b))
  })

  it('stops at --max over all partitions, and at one partition when told', async () => {
    const name = await topic(2)
    await test.bus.append(
      name,
      numbered(10).map((record, i) => ({ ...record, partition: i % 2 })),
    )
    expect((await read(name, 'start', undefined, { max: 3 })).values).to.deep.equal(['0', '1', '2'])
    expect((await read(name, 'start', undefined, { max: 0 })).values).to.deep.equal([])
    expect((await read(name, 'start', undefined, { partitions: [1] })).values).to.deep.equal(['1', '3', '5', '7', '9'])
  })

  it('selects by key, header, text and filter, all of which must hold', async () => {
    const name = await topic()
    await test.bus.append(
      name,
      Array.from({ length: 12 }, (_, i) => ({
        key: `k${i % 3}`,
        value: JSON.stringify({ i, metric: i % 2 ? 'cpu' : 'mem' }),
        headers: [['site', i % 4 === 1 ? 'hq' : 'dc']] as const,
        timestamp: T0 + i,
      })),
    )
    const select = async (selection: Parameters<typeof matcher>[0]) => {
      const { values } = await read(name, 'start', undefined, { matches: matcher(selection) })
      return values.map((value) => JSON.parse(value).i)
    }
    expect(await select({ key: 'k1' })).to.deep.equal([1, 4, 7, 10])
    expect(await select({ headers: [['site', 'hq']] })).to.deep.equal([1, 5, 9])
    expect(await select({ grep: /"i":1\d/ })).to.deep.equal([10, 11])
    expect(await select({ filter: compileFilter('value.metric == "cpu" and value.i > 4', T0) })).to.deep.equal([5, 7, 9, 11])
    expect(await select({ key: 'k1', headers: [['site', 'hq']], grep: /cpu/, filter: compileFilter('offset < 5', T0) })).to.deep.equal([1])
    expect(matcher({}), 'nothing to look at').to.equal(undefined)
  })

  it('follows several topics as records come, and stops at the signal', async () => {
    const [left, right] = [await topic(2), await topic()]
    await test.bus.append(left, numbered(2, 'before'))
    const sink = new MemorySink()
    const stop = new AbortController()
    const ranges = await Promise.all(
      [left, right].map((name) => resolveRange(test.bus, { topic: name, from: { kind: 'end' }, follow: true })),
    )
    const running = tail(test.bus, { ranges, follow: true, order: 'arrival', signal: stop.signal }, sink)
    await test.bus.append(right, numbered(2, 'r'))
    await until('the right', () => sink.values.includes('r1'))
    expect(sink.pending, 'nothing is held back while following').to.equal(0)
    await test.bus.append(left, numbered(2, 'l', { partition: 1 }))
    await until('the left', () => sink.values.includes('l1'))
    stop.abort()
    expect(await running).to.equal(4)
    expect([...sink.values].sort()).to.deep.equal(['l0', 'l1', 'r0', 'r1'])
  })

  it('ends at --max while other topics are still waited for', async () => {
    const [quiet, busy] = [await topic(), await topic()]
    const sink = new MemorySink()
    const ranges = await Promise.all(
      [quiet, busy].map((name) => resolveRange(test.bus, { topic: name, from: { kind: 'start' }, follow: true })),
    )
    const running = tail(test.bus, { ranges, follow: true, order: 'arrival', signal: never, max: 2 }, sink)
    await test.bus.append(busy, numbered(5))
    expect(await running).to.equal(2)
    expect(sink.values).to.deep.equal(['0', '1'])
  })

  it('waits for an end that is still to come when following', async () => {
    const name = await topic()
    await test.bus.append(name, numbered(2))
    const sink = new MemorySink()
    const range = await resolveRange(test.bus, { topic: name, from: { kind: 'start' }, to: { kind: 'offset', offset: 4 }, follow: true })
    const running = tail(test.bus, { ranges: [range], follow: true, order: 'arrival', signal: never }, sink)
    await until('what is there', () => sink.records.length === 2)
    await test.bus.append(name, numbered(5, 'late'))
    expect(await running).to.equal(4)
  })

  it('hands out in pieces, and stops when the reader has left', async () => {
    const name = await topic()
    const value = 'x'.repeat(1_000)
    for (let i = 0; i < 10; i++)
      await test.bus.append(
        name,
        Array.from({ length: 500 }, () => ({ key: null, value })),
      )
    const sink = await read(name, 'start')
    expect(sink.records).to.have.length(5_000)
    expect(Math.max(...sink.flushed), 'memory is bounded').to.be.below(300_000)

    const leaving = new MemorySink()
    leaving.closeAfter = 1
    const range = await resolveRange(test.bus, { topic: name, from: { kind: 'start' } })
    await tail(test.bus, { ranges: [range], follow: false, order: 'time', signal: never }, leaving)
    expect(leaving.records.length).to.be.below(5_000)
  })

  it('lets out what came before the bus failed', async () => {
    const name = await topic()
    await test.bus.append(name, numbered(3))
    const range = await resolveRange(test.bus, { topic: name, from: { kind: 'start' } })
    const failing = {
      async *read(options: Parameters<typeof test.bus.read>[0]) {
        yield* test.bus.read(options)
        throw new Error('a damaged batch')
      },
    } as unknown as typeof test.bus
    const sink = new MemorySink()
    const request = { ranges: [range], follow: false, order: 'arrival' as const, signal: never }
    const failure = await tail(failing, request, sink).catch((error) => error.message)
    expect(failure).to.equal('a damaged batch')
    expect(sink.values).to.deep.equal(['0', '1', '2'])
    expect(sink.pending).to.equal(0)
  })

  it('passes a failing reader on as it is', async () => {
    const name = await topic()
    await test.bus.append(name, numbered(1))
    const sink = new MemorySink()
    sink.onFlush = () => Promise.reject(new Error('disk full'))
    const range = await resolveRange(test.bus, { topic: name, from: { kind: 'start' } })
    const failure = await tail(test.bus, { ranges: [range], follow: false, order: 'time', signal: never }, sink).catch(
      (error) => error.message,
    )
    expect(failure).to.equal('disk full')
  })
})
