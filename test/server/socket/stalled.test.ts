import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { LIMITS } from '../../../src/live/protocol.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { TestServer, TOKENS, until } from '../support/server.ts'
import { TestSocket } from '../support/socket.ts'

/** A client that subscribes and then reads nothing more, however much comes. */
async function stalled({ server }: TestServer): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  const before = server.hub.members().operations
  socket.write(
    [
      'GET /api/v1/ws HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: shitops.v1, auth.${TOKENS.operations}`,
      '\r\n',
    ].join('\r\n'),
  )
  await new Promise((resolve) => socket.once('data', resolve))
  const text = Buffer.from('{"type":"subscribe","data":{}}')
  // A text frame with a mask of zeros.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]))
  await until('the subscription', () => server.hub.members().operations === before + 1)
  socket.pause()
  return socket
}

describe('a client that does not read', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let test: TestServer
  let socket: Socket
  let other: TestSocket
  afterEach(async () => {
    socket.destroy()
    other.close()
    await test.close()
  })

  async function start(limits?: { coalesceBytes: number; closeBytes: number }): Promise<void> {
    test = await TestServer.start(dir(), { ...(limits && { limits }) })
    socket = await stalled(test)
    other = await (await TestSocket.open(test, { token: TOKENS.operations })).subscribe()
  }

  /** Rounds of samples, each another value of the same series, until `done`. */
  async function samples(done: () => boolean): Promise<number> {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`label_${i}`, 'x'.repeat(200)]))
    const many = await Promise.all(Array.from({ length: 50 }, (_, i) => test.example('device_metrics', { target: `t${i}`, labels })))
    let rounds = 0
    while (!done() && rounds < 500) {
      const value = ++rounds
      await test.append('device_metrics', ...many.map((event) => ({ ...event, value })))
      await until('the others have it', () => other.changes.some((change) => change.key === 't0' && change.value?.value === value))
      other.frames.splice(0, other.frames.length - 1)
    }
    return rounds
  }

  it('costs the limit and no more, and when it reads again is told the newest of each gauge and every alert', async () => {
    await start()
    const { hub, door } = test.server
    // Until the kernel's buffers and the limit are full.
    await samples(() => door.backlog().behind === 1)
    const { coalesced } = hub.counts
    const { queuedBytes } = door.backlog()
    let more = 0
    await samples(() => ++more > 20)
    expect(door.backlog()).to.deep.equal({ behind: 1, queuedBytes })
    expect(queuedBytes).to.be.at.most(LIMITS.coalesceBytes)
    await test.append('alerts', await test.example('alerts', { subject: 'kept' }), await test.example('alerts', { status: 'resolved' }))
    await until('the alerts at the other one', () => other.changes.filter(({ topic }) => topic === 'alerts').length === 2)
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.resume()
    const text = () => Buffer.concat(chunks).toString('latin1')
    await until('the alerts', () => (text().match(/"topic":"alerts","partition":/g) ?? []).length === 2)
    expect(other.wrong).to.deep.equal([])
    await until('it is level', () => door.backlog().behind === 0)
    expect(hub.counts.coalesced - coalesced, 'values passed over').to.be.at.least(19 * 50)
  })

  it('is closed with 1013 when more than the limit is owed to it, and nobody else notices', async () => {
    await start({ coalesceBytes: 32 << 10, closeBytes: 1 << 20 })
    const row = await test.example('insights', { details: { text: 'x'.repeat(20_000) } })
    let n = 0
    const rows = async () => {
      const batch = Array.from({ length: 20 }, (_, i) => ({ ...row, subject: `s${n + i}` }))
      n += batch.length
      await test.append('insights', ...batch)
      await until('the others have it', () => other.changes.some(({ value }) => value?.subject === `s${n - 1}`))
      other.frames.splice(0)
    }
    await until('the end', async () => {
      await rows()
      return test.server.hub.members().operations === 1
    })
    expect(n).to.be.below(20_000)
    await until(
      'its close code is counted',
      () => (test.server.door.counts.closed.get(1013) ?? 0) + (test.server.door.counts.closed.get(1006) ?? 0) === 1,
    )
    expect(other.closed).to.equal(undefined)
  })

  it('is let go when it does not answer a ping', async () => {
    test = await TestServer.start(dir(), { heartbeatMs: 100 })
    socket = await stalled(test)
    other = await (await TestSocket.open(test, { token: TOKENS.operations })).subscribe()
    await until('it is gone', () => test.server.door.size === 1)
    await until('heartbeats', () => other.of('heartbeat').length > 1)
    expect(other.of('heartbeat')[0]?.data).to.deep.equal({ ready: true, session: test.server.door.session })
    expect(other.closed).to.equal(undefined)
    expect(LIMITS.closeBytes).to.equal(8 << 20)
  })

  it('is not one whose answers we were too late to read', async () => {
    test = await TestServer.start(dir(), { heartbeatMs: 100 })
    socket = await stalled(test)
    other = await (await TestSocket.open(test, { token: TOKENS.operations })).subscribe()
    const held = new Int32Array(new SharedArrayBuffer(4))
    let stalls = 0
    // It has answered, and the next heartbeat is due before that is read: timers come first after this.
    other.ws.on('ping', () => setImmediate(() => ++stalls <= 5 && Atomics.wait(held, 0, 0, 250)))
    await until('the stalls', () => stalls > 5)
    await until('the one that answers nothing is gone', () => test.server.door.size === 1)
    expect(other.closed).to.equal(undefined)
  })
})
