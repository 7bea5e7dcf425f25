import { expect } from 'chai'
import fc from 'fast-check'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { codeOf, readAll, removeDirectory, temporaryDirectory } from './support.ts'

describe('bus/embedded append', () => {
  let directory: string
  let bus: EmbeddedBus

  before(async () => {
    directory = temporaryDirectory()
    bus = await openEmbeddedBus(`embedded:${directory}`, {})
  })

  after(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  it('small appends that wait together share a batch', async () => {
    await bus.createTopic({ name: 'shared', partitions: 1 })
    await Promise.all(Array.from({ length: 100 }, (_, i) => bus.append('shared', [{ key: null, value: `${i}` }])))
    let batches = 0
    for await (const batch of bus.read({ topic: 'shared', partitions: [{ partition: 0, from: 0 }] })) batches += Math.sign(batch.count)
    expect(batches).to.be.at.most(2)
    expect((await readAll(bus, 'shared')).map(({ value }) => String(value))).to.deep.equal(Array.from({ length: 100 }, (_, i) => `${i}`))
  })

  it('a buffer may be used again once append() has returned', async () => {
    await bus.createTopic({ name: 'reuse', partitions: 1 })
    const [small, large] = [Buffer.alloc(10, 1), Buffer.alloc(100_000, 1)]
    const appended = [
      bus.append('reuse', [{ key: small, value: small, headers: [['h', small]] }]),
      bus.append('reuse', [{ key: null, value: large }]),
    ]
    small.fill(2)
    large.fill(2)
    await Promise.all(appended)
    for (const { key, value, headers } of await readAll(bus, 'reuse')) {
      for (const bytes of [key, value, headers[0]?.[1]]) expect(bytes?.includes(2) ?? false).to.equal(false)
    }
  })

  it('whatever the sizes, every append gets the offsets that its records have', async () => {
    const size = fc.constantFrom(0, 1, 300, 16_384, 20_000, 300_000, 600_000)
    let topics = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(size, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 }), async (appends) => {
        const topic = `sizes${topics++}`
        await bus.createTopic({ name: topic, partitions: 1 })
        const results = await Promise.all(
          appends.map((sizes, i) =>
            bus.append(
              topic,
              sizes.map((bytes, j) => ({ key: `${i}.${j}`, value: Buffer.alloc(bytes, i) })),
            ),
          ),
        )
        const keys = (await readAll(bus, topic)).map(({ key, offset }) => [offset, String(key)])
        expect(keys.map(([offset]) => offset)).to.deep.equal(keys.map((_, i) => i))
        results.forEach(([result], i) => {
          const { baseOffset = -1, count = 0 } = result ?? {}
          expect(keys.slice(baseOffset, baseOffset + count).map(([, key]) => key)).to.deep.equal(appends[i]?.map((_, j) => `${i}.${j}`))
        })
      }),
      { numRuns: 15 },
    )
  })

  it('what cannot be stored is refused, with everything beside it', async () => {
    await bus.createTopic({ name: 'refuse', partitions: 1 })
    const good = { key: null, value: 'good' }
    for (const bad of [
      { key: null, value: 'x', timestamp: Number.NaN },
      { key: null, value: 'x', headers: [['n'.repeat(70_000), 'v'] as const] },
    ]) {
      expect(await codeOf(bus.append('refuse', [good, bad]))).to.equal('SHITOPS_E_RECORD_INVALID')
    }
    expect(await readAll(bus, 'refuse')).to.deep.equal([])
    for (const group of ['a\0b', 'g'.repeat(600)]) expect(await codeOf(bus.commitOffsets(group, []))).to.equal('SHITOPS_E_USAGE')
  })
})
