import { expect } from 'chai'
import { Journal } from '../../../src/server/feed/journal.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { TestServer, TOKENS, until } from '../support/server.ts'
import { TestSocket } from '../support/socket.ts'

describe('resuming from further back than the ring reaches', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let test: TestServer
  const sockets: TestSocket[] = []
  afterEach(async () => {
    const wrong = sockets.flatMap((socket) => socket.wrong)
    for (const socket of sockets.splice(0)) socket.close()
    await test.close()
    expect(wrong).to.deep.equal([])
  })
  const open = async (data: Record<string, unknown>) => {
    const socket = await TestSocket.open(test, { token: TOKENS.operations })
    sockets.push(socket)
    return socket.subscribe(data)
  }
  const rows = async (from: number, to: number) => {
    const row = await test.example('insights')
    const before = test.server.feed.channels.operations.seq
    await test.append('insights', ...Array.from({ length: to - from }, (_, i) => ({ ...row, subject: `s${from + i}` })))
    await until('the rows', () => test.server.feed.channels.operations.seq >= before + to - from)
  }
  const subjects = (socket: TestSocket) => socket.changes.map(({ value }) => String(value?.subject))

  it('reads what is missing of the bus, then goes on from the ring, in the order of each partition', async () => {
    test = await TestServer.start(dir(), { journal: () => new Journal(20_000) })
    const { since } = await open({ topics: ['insights'] })
    await rows(0, 300)
    expect(test.server.feed.channels.operations.journal.all().length).to.be.lessThan(300)
    const socket = await open({ topics: ['insights'], since })
    await rows(300, 310)
    await until('all of it', () => socket.changes.length >= 310)
    expect(subjects(socket).sort()).to.deep.equal(Array.from({ length: 310 }, (_, i) => `s${i}`).sort())
    for (const partition of [0, 1, 2]) {
      const offsets = socket.changes.filter((change) => change.partition === partition).map(({ offset }) => offset)
      expect(offsets).to.deep.equal([...offsets].sort((a, b) => a - b))
    }
    expect(socket.of('gap')).to.deep.equal([])
  })

  it('tells of the offsets that are gone by retention, and gives the rest', async () => {
    test = await TestServer.start(dir())
    const { since } = await open({ topics: ['insights'] })
    await rows(0, 5)
    await test.server.close()
    const old = await test.example('insights', { event_time: '2020-01-01T00:00:00.000Z' })
    await test.append('insights', ...Array.from({ length: 30 }, (_, i) => ({ ...old, subject: `old${i}` })))
    await until('they are gone', async () => {
      await test.append('insights', await test.example('insights', { subject: 'late' }))
      return (await test.bus.offsets('insights')).some(({ earliest }) => earliest > 0)
    })
    await test.bus.close()
    test = await TestServer.start(dir())
    const socket = await open({ topics: ['insights'], since })
    const [gap] = socket.of('gap')
    expect(gap?.data).to.include({ from: since, reason: 'retention' })
    await until('the newest', () => subjects(socket).includes('late'))
    expect(socket.of('snapshot')).to.deep.equal([])
  })

  it('begins afresh, and says so, when too much is missing', async () => {
    test = await TestServer.start(dir(), { journal: () => new Journal(20_000) })
    const { since } = await open({ topics: ['insights'] })
    for (let i = 0; i < 22; i++) await rows(i * 1_000, (i + 1) * 1_000)
    const socket = await open({ topics: ['insights'], since })
    await until('the snapshot', () => socket.of('snapshot').some(({ data }) => data.last))
    expect(socket.of('gap')[0]?.data).to.include({ from: since, reason: 'too_many' })
    expect(socket.of('gap')[0]?.data.ranges.reduce((sum, { from, to }) => sum + to - from, 0)).to.be.greaterThan(20_000)
  })
})
