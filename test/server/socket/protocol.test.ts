import { expect } from 'chai'
import { useTempDir } from '../../support/temp-dir.ts'
import { TestServer, TOKENS, until } from '../support/server.ts'
import { TestSocket } from '../support/socket.ts'

describe('the WebSocket shitops.v1', () => {
  const dir = useTempDir()
  let test: TestServer
  const sockets: TestSocket[] = []
  const open = async (options: Parameters<typeof TestSocket.open>[1]) => {
    const socket = await TestSocket.open(test, options)
    sockets.push(socket)
    return socket
  }
  beforeEach(async () => {
    test = await TestServer.start(dir())
  })
  afterEach(async () => {
    const wrong = sockets.flatMap((socket) => socket.wrong)
    for (const socket of sockets.splice(0)) socket.close()
    await test.close()
    expect(wrong, 'frames that are not as the AsyncAPI document says').to.deep.equal([])
  })

  it('greets, gives a snapshot, then deltas whose id is a place to resume from', async () => {
    await test.append('insights', await test.example('insights'))
    await until('the row', () => test.server.feed.channels.operations.seq > 0)
    const socket = await open({ token: TOKENS.operations })
    await until('hello', () => socket.of('hello').length === 1)
    const [hello] = socket.of('hello')
    expect(hello?.data).to.include({ session: test.server.door.session, heartbeatMs: 15_000 })
    expect(hello?.data.channels.map(({ channel }) => channel)).to.deep.equal(['operations'])
    // Not to what the server makes itself: that comes whenever it looks at the bus.
    await socket.subscribe({ topics: ['insights'] })
    const snapshot = socket.of('snapshot')
    expect(snapshot[0]?.data.first).to.equal(true)
    expect(snapshot.at(-1)?.data.changes.map(({ topic }) => topic)).to.include('insights')
    await test.append('insights', await test.example('insights', { subject: 'payables-9' }))
    await until('a delta', () => socket.of('delta').length === 1)
    expect(socket.of('delta')[0]?.data.changes).to.have.length(1)
    expect(socket.of('delta')[0]?.data.changes[0]).to.deep.include({ topic: 'insights', key: 'call_quality_at_risk:payables-9' })
    expect(socket.of('delta')[0]?.id).to.match(/in\.\d/)
  })

  it('says what bus commands must name, where its options do', async () => {
    const helloOf = async () => {
      const socket = await open({ token: TOKENS.operations })
      await until('hello', () => socket.of('hello').length === 1)
      return socket.of('hello')[0]?.data
    }
    expect(await helloOf()).not.to.have.property('bus')
    await test.close()
    test = await TestServer.start(dir(), { namedBus: 'embedded:/tmp/demo/bus' })
    expect(await helloOf()).to.include({ bus: 'embedded:/tmp/demo/bus' })
  })

  it('resumes by offset: what came while a client was away, nothing twice; a filter sees what the channel sees', async () => {
    const socket = await open({ token: TOKENS.operations })
    await socket.subscribe({ topics: ['insights'], filter: 'value.subject != "noise"' })
    const place = socket.since
    socket.close()
    for (const subject of ['a', 'noise', 'b', 'c']) await test.append('insights', await test.example('insights', { subject }))
    await until('the rows', () => test.server.feed.channels.operations.seq >= 4)
    const again = await open({ token: TOKENS.operations })
    await again.subscribe({ topics: ['insights'], filter: 'value.subject != "noise"', since: place })
    expect(again.of('snapshot')).to.deep.equal([])
    expect(again.changes.map(({ value }) => value?.subject).sort()).to.deep.equal(['a', 'b', 'c'])
    await test.append('insights', await test.example('insights', { subject: 'd' }))
    await until('the next', () => again.changes.length === 4)
    const third = await open({ token: TOKENS.operations })
    await third.subscribe({ topics: ['insights'], since: again.since })
    expect(third.changes).to.deep.equal([])
  })

  it('says so when a place is not of this bus, and begins afresh', async () => {
    const socket = await open({ token: TOKENS.finance })
    await socket.subscribe({ since: 'in.zz.zz.zz' })
    await until('the snapshot', () => socket.of('snapshot').length > 0)
    expect(socket.of('gap')[0]?.data).to.deep.include({ from: 'in.zz.zz.zz', reason: 'unknown_position' })
  })

  it('keeps the channels apart', async () => {
    const [finance, operations] = [await open({ token: TOKENS.finance }), await open({ token: TOKENS.operations })]
    await finance.subscribe()
    await operations.subscribe()
    await test.append('workflow_events', await test.example('workflow_events'))
    await test.append(
      'device_metrics',
      await test.example('device_metrics'),
      await test.example('device_metrics', { role: 'wearable', target: 'w' }),
    )
    await test.append('device_presence', await test.example('device_presence'))
    const evidence = [
      { topic: 'device_metrics', partition_id: 0, record_offset: 0, excerpt: 'packet_loss' },
      { topic: 'workflow_events', partition_id: 0, record_offset: 0 },
    ]
    await test.append(
      'insights',
      await test.example('insights', { insight: 'workflow_bottleneck_growing', evidence }),
      await test.example('insights'),
    )
    await until('all of it', () => finance.of('delta').length > 0 && operations.changes.some(({ topic }) => topic === 'insights'))
    const seen = (socket: TestSocket) => [...new Set(socket.changes.map(({ topic }) => topic))]
    await until('both of finance', () => ['workflow_events', 'insights'].every((topic) => seen(finance).includes(topic)))
    expect(seen(finance)).to.include.members(['workflow_events', 'insights']).and.not.include('device_metrics')
    expect(seen(operations)).to.include('device_metrics').and.not.include.members(['workflow_events', 'teams'])
    expect(JSON.stringify(finance.frames)).not.to.contain('packet_loss').and.not.to.contain('hs_')
    expect(JSON.stringify(operations.frames)).not.to.contain('"person"').and.not.to.contain('hs_').and.not.to.contain('wearable')
    await finance.subscribe({ channel: 'operations' })
    expect(finance.of('error')[0]?.data.code).to.equal('SHITOPS_E_SERVE_FORBIDDEN')
  })

  it('coalesces gauges within a tick, never alerts', async () => {
    const socket = await open({ token: TOKENS.operations })
    await socket.subscribe({ topics: ['device_metrics', 'alerts'] })
    const metrics = await Promise.all([1, 2, 3].map((value) => test.example('device_metrics', { value })))
    await test.append('device_metrics', ...metrics)
    const alerts = await Promise.all((['pending', 'firing', 'resolved'] as const).map((status) => test.example('alerts', { status })))
    await test.append('alerts', ...alerts)
    await until('the alerts', () => socket.changes.filter(({ topic }) => topic === 'alerts').length === 3)
    await until('the newest value', () => socket.changes.some(({ topic, value }) => topic === 'device_metrics' && value?.value === 3))
    expect(socket.changes.filter(({ topic }) => topic === 'device_metrics')).to.have.length(1)
    expect(test.server.hub.counts.coalesced).to.equal(2)
  })

  it('asks for a token: in the handshake, or as the first message', async () => {
    expect((await open({ token: 'a-token-nobody-knows' })).refused).to.equal(401)
    const late = await open({})
    late.send({ type: 'subscribe' })
    await until('the end', () => late.closed !== undefined)
    expect(late.closed?.code).to.equal(4401)
    const first = await open({})
    first.send({ type: 'auth', data: { token: TOKENS.finance } })
    await first.subscribe()
    expect(first.of('snapshot')).to.have.length(1)
    expect(first.ws.protocol).to.equal('shitops.v1')
    const wrong = await open({})
    wrong.send({ type: 'auth', data: { token: 'a-token-nobody-knows' } })
    await until('the end', () => wrong.closed !== undefined)
    expect(wrong.closed?.code).to.equal(4401)
  })

  it('refuses foreign pages, foreign names, other versions and one too many', async () => {
    const { token } = { token: TOKENS.finance }
    expect((await open({ token, headers: { origin: 'https://evil.example' } })).refused).to.equal(403)
    expect((await open({ token, headers: { origin: 'https://dash.example' } })).refused).to.equal(undefined)
    expect((await open({ token, headers: { host: 'evil.example' } })).refused).to.equal(403)
    const old = await open({ token, protocols: [], headers: { authorization: `Bearer ${token}` } })
    await until('the end', () => old.closed !== undefined)
    expect(old.closed?.code).to.equal(4409)
    await test.close()
    test = await TestServer.start(dir(), { maxClients: 1 })
    expect((await open({ token })).refused).to.equal(undefined)
    expect((await open({ token })).refused).to.equal(503)
    expect([...test.server.door.counts.refused]).to.deep.equal([[503, 1]])
  })

  it('answers what it does not understand, and closes on too much of it', async () => {
    const socket = await open({ token: TOKENS.finance })
    for (const message of [
      '{',
      '[]',
      '{"type":"sing"}',
      '{"type":"subscribe","data":{"since":"?"}}',
      '{"type":"subscribe","data":{"topics":["nothing"]}}',
    ]) {
      socket.send(message)
    }
    socket.send({ type: 'subscribe', data: { filter: 'value.x ===' } })
    await until('six errors', () => socket.of('error').length === 6)
    expect(socket.of('error').at(-1)?.data.code).to.equal('SHITOPS_E_FILTER')
    for (let i = 0; i < 60; i++) socket.send('{')
    await until('the end', () => socket.closed !== undefined)
    expect(socket.closed?.code).to.equal(1008)
    const large = await open({ token: TOKENS.finance })
    large.send(`"${'x'.repeat(70_000)}"`)
    await until('the end', () => large.closed !== undefined)
    expect(large.closed?.code).to.equal(1009)
  })

  it('says good-bye when it stops', async () => {
    const socket = await open({ token: TOKENS.finance })
    await socket.subscribe()
    await test.server.door.close()
    await until('the end', () => socket.closed !== undefined)
    expect(socket.closed?.code).to.equal(1001)
  })
})
