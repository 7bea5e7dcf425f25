import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { closeStore, openStore, type Store } from '../../../src/bus/embedded/store.ts'
import { removeDirectory, temporaryDirectory } from './support.ts'

const RECORD = 64 << 10
const VALUE = 'x'.repeat(RECORD)

describe('bus/embedded: the map made anew', () => {
  let directory: string
  let bus: EmbeddedBus
  let store: Store

  beforeEach(async () => {
    directory = temporaryDirectory()
    bus = await openEmbeddedBus(`embedded:${directory}`, {})
    store = await openStore(directory, false)
    await bus.createTopic({ name: 'log', partitions: 2 })
    await bus.createTopic({ name: 'state', partitions: 1, config: { 'cleanup.policy': 'compact' } })
  })

  afterEach(async () => {
    await closeStore(store)
    await bus.close()
    removeDirectory(directory)
  })

  const write = (topic: string, from: number, count: number) =>
    bus.append(
      topic,
      Array.from({ length: count }, (_, i) => ({ key: String((from + i) % 100), value: `${from + i}:${VALUE}` })),
    )

  const everything = [0, 1].map((partition) => ({ partition, from: 0 }))

  const readAll = async () => {
    let records = 0
    for await (const batch of bus.read({ topic: 'log', partitions: everything })) records += batch.count
    return records
  }

  /** A turn of the event loop: the map is made anew in one of its own, and a quick read takes none. */
  const turn = () => new Promise(setImmediate)

  const untilMadeAnew = async (root: Store['root']) => {
    for (let times = 0; times < 20 && store.root === root; times++) {
      expect(await readAll()).to.equal(400)
      await turn()
    }
    expect(store.root).not.to.equal(root)
  }

  it('is one that readers, writers and compaction do not notice', async () => {
    const [total, step] = [400, 40]
    const { root } = store
    const stop = new AbortController()
    const seen = [1, 2].map(() => new Set<number>())
    const readers = seen.map(async (numbers) => {
      for await (const batch of bus.read({ topic: 'log', partitions: everything, follow: true, signal: stop.signal })) {
        for (const { value } of batch) numbers.add(Number(String(value?.subarray(0, 6)).replace(/:.*/, '')))
        if (numbers.size === total) return
      }
    })
    const looking = (async () => {
      while (!stop.signal.aborted) {
        expect(await bus.offsets('state')).to.have.length(1)
        await new Promise(setImmediate)
      }
    })()
    for (let from = 0; from < total; from += step) await Promise.all([write('log', from, step), write('state', from, step), bus.maintain()])
    await Promise.all(readers)
    stop.abort()
    await looking
    expect(store.root, 'the map was made anew').not.to.equal(root)
    for (const numbers of seen) expect(numbers.size).to.equal(total)
    const last = new Map<string, number>()
    for await (const batch of bus.read({ topic: 'state', partitions: [{ partition: 0, from: 0 }] })) {
      for (const { key, value } of batch) last.set(String(key), Number.parseInt(String(value?.subarray(0, 6)), 10))
    }
    expect([...last.values()].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 100 }, (_, i) => total - 100 + i))
  })

  it('is made by one who only reads, too', async () => {
    await write('log', 0, 400)
    await closeStore(store)
    await bus.close()
    bus = await openEmbeddedBus(`embedded:${directory}`, { readOnly: true })
    store = await openStore(directory, true)
    await untilMadeAnew(store.root)
  })

  it('is not of another file than the one that is open', async () => {
    await write('log', 0, 400)
    renameSync(join(directory, 'data.mdb'), join(directory, 'taken-away.mdb'))
    const { root } = store
    for (let times = 0; times < 6; times++) expect(await readAll()).to.equal(400)
    await turn()
    expect(store.looked).to.be.greaterThan(64 << 20)
    expect(store.root).to.equal(root)
    renameSync(join(directory, 'taken-away.mdb'), join(directory, 'data.mdb'))
    await untilMadeAnew(root)
  })
})
