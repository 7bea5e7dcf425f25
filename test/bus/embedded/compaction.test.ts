import { expect } from 'chai'
import fc from 'fast-check'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { codeOf, readAll, removeDirectory, TestClock, temporaryDirectory } from './support.ts'

const NOON = 1_700_000_000_000
const DAY_MS = 86_400_000
const COMPACT = { 'cleanup.policy': 'compact' }

describe('bus/embedded compaction', () => {
  let directory: string
  let clock: TestClock
  let bus: EmbeddedBus
  let topics = 0

  before(async () => {
    directory = temporaryDirectory()
    clock = new TestClock(NOON)
    bus = await openEmbeddedBus(`embedded:${directory}`, { clock })
  })

  after(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  async function topic(config: Record<string, string> = {}): Promise<string> {
    const name = `t${topics++}`
    await bus.createTopic({ name, partitions: 1, config: { ...COMPACT, ...config } })
    return name
  }

  async function append(name: string, ...pairs: Array<[key: string, value: string | null]>): Promise<void> {
    await bus.append(
      name,
      pairs.map(([key, value]) => ({ key, value })),
    )
  }

  async function held(name: string, from = 0): Promise<string[]> {
    return (await readAll(bus, name, from)).map(({ offset, key, value }) => `${offset}:${key}=${value}`)
  }

  it('keeps the last record of each key, at its offset', async () => {
    const name = await topic()
    await append(name, ['a', '1'], ['b', '1'], ['a', '2'])
    await append(name, ['c', '1'], ['b', '2'])
    await bus.maintain()
    expect(await held(name)).to.deep.equal(['2:a=2', '3:c=1', '4:b=2'])
    expect(await bus.offsets(name)).to.deep.equal([{ partition: 0, earliest: 0, latest: 5 }])
  })

  it('any offset may be the start of a read afterwards', async () => {
    const name = await topic()
    await append(name, ['a', '1'])
    await append(name, ['a', '2'], ['b', '1'], ['a', '3'])
    await append(name, ['a', '4'])
    await bus.maintain()
    const expected = ['2:b=1', '4:a=4']
    for (let from = 0; from <= 5; from++)
      expect(await held(name, from), `from ${from}`).to.deep.equal(expected.filter((line) => Number.parseInt(line, 10) >= from))
    expect((await bus.append(name, [{ key: 'z', value: 'z' }]))[0]?.baseOffset).to.equal(5)
  })

  it('a tombstone deletes its key, stays for delete.retention.ms, then goes', async () => {
    const name = await topic({ 'delete.retention.ms': String(DAY_MS), 'min.cleanable.dirty.ratio': '0' })
    await append(name, ['a', '1'], ['b', '1'], ['a', null])
    await bus.maintain()
    expect(await held(name)).to.deep.equal(['1:b=1', '2:a=null'])
    clock.ms += DAY_MS - 1
    await append(name, ['c', '1'])
    await bus.maintain()
    expect(await held(name)).to.include('2:a=null')
    clock.ms += 2
    await append(name, ['c', '2'])
    await bus.maintain()
    expect(await held(name)).to.deep.equal(['1:b=1', '4:c=2'])
  })

  it('does nothing while little has changed', async () => {
    const name = await topic()
    await append(name, ...Array.from({ length: 20 }, (_, i): [string, string] => [`k${i}`, 'x'.repeat(100)]))
    await bus.maintain()
    await append(name, ['k0', 'y'])
    expect(await bus.maintain()).to.deep.equal({ compacted: 0 })
    expect(await held(name)).to.have.length(21)
  })

  it('refuses records without a key', async () => {
    const name = await topic()
    expect(await codeOf(bus.append(name, [{ key: null, value: 'x' }]))).to.equal('SHITOPS_E_RECORD_INVALID')
  })

  it('leaves other topics alone', async () => {
    const name = await topic({ 'cleanup.policy': 'delete' })
    await append(name, ['a', '1'], ['a', '2'])
    await bus.maintain()
    expect(await held(name)).to.deep.equal(['0:a=1', '1:a=2'])
  })

  it('with compact,delete it does both', async () => {
    const name = await topic({ 'cleanup.policy': 'compact,delete', 'retention.ms': String(DAY_MS) })
    await append(name, ['old', '1'])
    clock.ms += 2 * DAY_MS
    await append(name, ['a', '1'], ['a', '2'])
    await bus.maintain()
    expect(await held(name)).to.deep.equal(['2:a=2'])
  })

  it('whatever is written, the last value of each key is what a table of it would hold', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const write = fc.tuple(key, fc.oneof(fc.constant(null), fc.string({ maxLength: 5 })))
    const appends = fc.array(fc.oneof(fc.array(write, { minLength: 1, maxLength: 6 }), fc.constant('compact' as const)), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(appends, async (steps) => {
        const name = await topic({ 'min.cleanable.dirty.ratio': '0' })
        const table = new Map<string, string | null>()
        for (const step of steps) {
          if (step === 'compact') await bus.maintain()
          else {
            await append(name, ...step)
            for (const [k, v] of step) table.set(k, v)
          }
        }
        await bus.maintain()
        const read = await readAll(bus, name)
        expect(read.map(({ offset }) => offset)).to.deep.equal([...read].map(({ offset }) => offset).sort((a, b) => a - b))
        expect(read).to.have.length(table.size)
        for (const { key: k, value } of read) expect(value?.toString() ?? null).to.equal(table.get(String(k)))
      }),
      { numRuns: 40 },
    )
  })
})
