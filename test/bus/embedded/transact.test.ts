import { expect } from 'chai'
import { packAppend } from '../../../src/bus/embedded/append.ts'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { closeStore, openStore } from '../../../src/bus/embedded/store.ts'
import { readTopic } from '../../../src/bus/embedded/topics.ts'
import { Epochs, placeTransaction } from '../../../src/bus/embedded/transact.ts'
import { Tx } from '../../../src/bus/embedded/tx.ts'
import { codeOf, readAll, removeDirectory, temporaryDirectory } from './support.ts'

const TOO_LONG = 'x'.repeat(501)

describe('bus/embedded transactional ids', () => {
  let directory: string
  let older: EmbeddedBus
  let newer: EmbeddedBus

  beforeEach(async () => {
    directory = temporaryDirectory()
    older = await openEmbeddedBus(`embedded:${directory}`, {})
    newer = await openEmbeddedBus(`embedded:${directory}`, {})
    await older.createTopic({ name: 'sink', partitions: 1 })
  })

  afterEach(async () => {
    await older.close()
    await newer.close()
    removeDirectory(directory)
  })

  const write = (value: string) => ({ id: 'writer', appends: [{ topic: 'sink', records: [{ key: null, value }] }] })

  it('a first use that is refused is no use: afterwards only one of two buses may write', async () => {
    const commits = [{ topic: 'nowhere', partition: 0, offset: 0 }]
    const refused = older.transact({ id: 'writer', appends: [], offsets: { group: 'group', commits } })
    expect(await codeOf(refused)).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
    await newer.transact(write('newer'))
    // Its first use in truth: it takes the id over.
    await older.transact(write('older'))
    expect(await codeOf(newer.transact(write('zombie')))).to.equal('SHITOPS_E_FENCED')
    expect((await readAll(older, 'sink')).map(({ value }) => String(value))).to.deep.equal(['newer', 'older'])
  })

  it('an epoch counts from when it is committed: one taken back with its transaction is nobody’s', async () => {
    const store = await openStore(directory, false)
    const topic = readTopic(store.meta, 'sink')
    if (!topic) throw new Error('the topic is missing')
    const epochs = new Epochs()
    const place = (tx: Tx) => placeTransaction(tx, write('x'), [packAppend(topic, [{ key: null, value: 'x' }], 0, 0)], epochs, 0)
    const lost = () => {
      place(new Tx(store))
      throw new Error('the disk went away')
    }
    expect(() => store.root.transactionSync(lost)).to.throw('the disk went away')
    await newer.transact(write('newer'))
    store.root.transactionSync(() => {
      const tx = new Tx(store)
      place(tx)
      // Once more before the commit: still the same user.
      place(tx)
    })
    expect(await codeOf(newer.transact(write('zombie')))).to.equal('SHITOPS_E_FENCED')
    await closeStore(store)
  })

  it('a bus with several transactions in flight is one user: a newer one between them fences the later', async () => {
    const outcomes = [older.transact(write('1')), newer.transact(write('2')), older.transact(write('3'))].map(codeOf)
    expect(await Promise.all(outcomes)).to.deep.equal(['none', 'none', 'SHITOPS_E_FENCED'])
    await newer.transact(write('4'))
    expect((await readAll(older, 'sink')).map(({ value }) => String(value))).to.deep.equal(['1', '2', '4'])
  })

  for (const [what, id] of [
    ['too long', TOO_LONG],
    ['with NUL', 'a\0b'],
  ] as const) {
    it(`an id ${what} is refused under a claim before the offsets are written`, async () => {
      await older.append('sink', [{ key: null, value: 'one' }])
      const stop = new AbortController()
      const codes: string[] = []
      await older.consume({
        group: 'group',
        topics: ['sink'],
        start: 'earliest',
        signal: stop.signal,
        async onBatch({ nextOffset }, claim) {
          const commits = [{ topic: 'sink', partition: 0, offset: nextOffset }]
          codes.push(await codeOf(older.transact({ id, appends: [], offsets: { group: 'group', claim, commits } })))
          stop.abort()
        },
      })
      expect(codes).to.deep.equal(['SHITOPS_E_USAGE'])
      expect(await older.fetchOffsets('group', ['sink'])).to.deep.equal([])
    })
  }
})
