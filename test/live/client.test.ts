import { expect } from 'chai'
import { StreamClient, type StreamClientOptions } from '../../src/live/client.ts'
import { connectByWs } from '../../src/live/connect-ws.ts'
import type { WireChange } from '../../src/live/protocol.ts'
import { TestServer, TOKENS, until } from '../server/support/server.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('the client', () => {
  const dir = useTempDir()
  let test: TestServer
  const clients: StreamClient[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await test.close()
  })

  async function client(options: Partial<StreamClientOptions> = {}) {
    const seen = { changes: [] as WireChange[], states: [] as string[], gaps: 0, snapshots: 0, errors: [] as string[] }
    const made = new StreamClient({
      connect: await connectByWs(),
      url: test.server.url,
      token: TOKENS.operations,
      backoff: { shortest: 5, longest: 50 },
      onSnapshot: (changes, { first }) => {
        if (first) seen.snapshots++
        seen.changes.push(...changes)
      },
      onChanges: (changes) => seen.changes.push(...changes),
      onGap: () => seen.gaps++,
      onError: ({ code }) => seen.errors.push(code),
      onState: (state) => seen.states.push(state),
      ...options,
    }).start()
    clients.push(made)
    return { client: made, seen }
  }

  it('comes back after a server that went away, at the same address, with nothing missed and nothing twice', async () => {
    test = await TestServer.start(dir())
    const { port } = test.server
    const { seen } = await client()
    await until('live', () => seen.states.at(-1) === 'live')
    const subjects = () => seen.changes.filter(({ topic }) => topic === 'insights').map(({ value }) => value?.subject)
    let n = 0
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 20; i++) await test.append('insights', await test.example('insights', { subject: `s${n++}` }))
      await test.server.close()
      await until('it knows', () => seen.states.at(-1) === 'stale')
      for (let i = 0; i < 20; i++) await test.append('insights', await test.example('insights', { subject: `s${n++}` }))
      await test.bus.close()
      test = await TestServer.start(dir(), { port })
      await until('live again', () => seen.states.at(-1) === 'live')
    }
    await until('all of it', () => subjects().length >= n)
    expect(subjects().sort()).to.deep.equal(Array.from({ length: n }, (_, i) => `s${i}`).sort())
    expect(seen).to.include({ snapshots: 1, gaps: 0 })
  })

  it('ends for good where coming again would not help', async () => {
    test = await TestServer.start(dir())
    const { seen } = await client({ token: 'a-token-nobody-knows' })
    await until('the end', () => seen.states.at(-1) === 'ended')
    expect(seen.states).to.deep.equal(['ended'])
  })

  it('tells a wish that is not met', async () => {
    test = await TestServer.start(dir())
    const { seen } = await client({ filter: 'value.x ===' })
    await until('the error', () => seen.errors.length > 0)
    expect(seen.errors).to.deep.equal(['SHITOPS_E_FILTER'])
  })

  it('takes a connection for dead on which nothing is heard', async () => {
    test = await TestServer.start(dir())
    const { seen } = await client({ watchdogMs: 150 })
    await until('it comes back', () => seen.states.filter((state) => state === 'live').length > 1)
    const between = seen.states.slice(seen.states.indexOf('live') + 1, seen.states.lastIndexOf('live'))
    expect(between).to.include('stale').and.not.include('ended')
  })
})
