import { createServer, type Server, type Socket } from 'node:net'
import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { GnmiTarget } from '../../../../src/collectors/gnmi/config.ts'
import { ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, SUBSCRIPTION, stopAll, targetAt } from '../support/collecting.ts'
import { until as eventually } from '../support/until.ts'

const leaf = { timestamp: '1', update: [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: '1' } }] }

describe('the end of a gNMI collection', () => {
  let target: ScriptedTarget
  let silent: Server | undefined
  const sockets: Socket[] = []
  beforeEach(async () => {
    target = await ScriptedTarget.listen({ strict: true })
  })
  afterEach(async () => {
    await stopAll()
    await target.close()
    for (const socket of sockets.splice(0)) socket.destroy()
    silent?.close()
    silent = undefined
  })

  /** A port where connections are taken and nothing is said; resolves to its address. */
  async function sayingNothing(): Promise<string> {
    const server = createServer((socket) => sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    silent = server
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  it('comes when nothing can be written any more, with the reason, and with all streams cancelled', async () => {
    const two = targetAt(target.address, { subscriptions: ['one', 'two'].map((name) => ({ ...SUBSCRIPTION, name })) })
    const { bus, ended } = collecting([two])
    bus.append = () => Promise.reject(new Error('the disk is gone'))
    const stream = await target.subscribed(1)
    await target.subscribed(2)
    await stream.notify(leaf)
    expect(await ended.catch((error: Error) => error.message)).to.equal('the disk is gone')
    await target.cancelled(2)
  })

  it('does not wait for a connection that is being made', async () => {
    // The connection itself has longer than a test: nothing here ends because time is up.
    const connection = { addresses: [await sayingNothing()], connectTimeout: 300_000 }
    const { stop, ended } = collecting([targetAt('', { connection, subscription: { encoding: 'auto' } })])
    await new Promise<void>((resolve) => silent?.once('connection', () => resolve()))
    stop()
    expect(await ended).to.deep.equal([])
  })

  it('comes while 100 targets wait for their turn to connect, and no more connections are made', async () => {
    const address = await sayingNothing()
    const targets = Array.from({ length: 100 }, (_, i) => targetAt(address, { name: `t${i}` }))
    const { stop, ended } = collecting(targets)
    const server = silent as Server
    await new Promise<void>((resolve) => server.on('connection', () => sockets.length === 32 && resolve()))
    stop()
    expect(await ended).to.deep.equal([])
    expect(sockets.length).to.equal(32)
  })

  it('is not that of others: 40 targets that do not answer keep one that does waiting for no more than two seconds', async () => {
    const address = await sayingNothing()
    const dead = Array.from({ length: 40 }, (_, i) => targetAt(address, { name: `dead-${i}` }))
    const { clock } = collecting([...dead, targetAt(target.address)])
    const server = silent as Server
    await new Promise<void>((resolve) => server.on('connection', () => sockets.length === 32 && resolve()))
    expect(target.connections.accepted).to.equal(0)
    await clock.pass(2_000)
    await target.subscribed()
  })

  it('does not come for a silence that is our own: messages that wait for a bus which takes nothing', async () => {
    const { bus, clock, values, board, kinds, until } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    let open = () => {}
    bus.gate = new Promise((resolve) => {
      open = resolve
    })
    // 1 MiB is on its way to the bus, and the rest waits in the inbox; the target has no more to say.
    const big = { ...leaf, update: [{ path: { elem: [{ name: 'a' }] }, val: { string_val: 'x'.repeat(10_000) } }] }
    for (let n = 0; n < 150; n++) await stream.notify(big)
    while (board.of('core-1', 'default').messages < 150) await new Promise(setImmediate)
    await clock.pass(120_000)
    open()
    await until('all of them', () => values().length === 150)
    await clock.pass(5_000)
    expect(kinds()).to.not.include('stale')
    expect(stream.open).to.equal(true)
    await clock.pass(30_000)
    await until('the silence of the target', () => kinds().includes('stale'))
  })

  it('is of one target only, where that one cannot be a target: the others go on', async () => {
    const impossible: GnmiTarget = targetAt(target.address, { name: 'impossible', subscription: { groups: [] } })
    const tokenless: GnmiTarget = { ...targetAt('127.0.0.1:1', { name: 'tokenless' }) }
    tokenless.connection = { addresses: ['127.0.0.1:1'], credentials: { token: 't' } }
    const { facts, until, logger, stop, ended } = collecting([impossible, tokenless, targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.sync()
    await until('the good one synced', () => facts().some(({ kind, target: name }) => kind === 'synced' && name === 'core-1'))
    await until('the impossible one refused', () => facts().some(({ target: name }) => name === 'impossible'))
    expect(facts().find(({ target: name }) => name === 'impossible')).to.include({ kind: 'refused', status_code: 'INVALID_ARGUMENT' })
    expect(target.streams).to.have.length(1)
    expect(logger.lines.join('\n')).to.match(/tokenless: a token is sent over TLS only/)
    stop()
    expect((await ended).map(({ code }) => code)).to.deep.equal(['SHITOPS_E_USAGE'])
  })

  it('names the address of a failure once, and its status as the target said it', async () => {
    const { ended, facts } = collecting([targetAt('127.0.0.1:1', { subscription: { mode: 'once' } })])
    const [error] = await ended
    expect(error?.message).to.equal('127.0.0.1:1: nothing listens there (ECONNREFUSED)')
    expect(facts()[0]).to.include({ kind: 'lost', detail: 'nothing listens there (ECONNREFUSED)', status_code: 'UNAVAILABLE' })
  })

  it('tells a stream lost once, also when the status follows a reset and the stop follows that', async () => {
    const { kinds, until, stop, ended } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.notify(leaf)
    await until('the data', () => kinds().includes('notification'))
    stream.reset()
    await until('the loss', () => kinds().includes('lost'))
    stop()
    await ended
    expect(kinds().filter((kind) => kind === 'lost')).to.have.length(1)
  })

  it('leaves no listener, timer or socket behind, after 200 streams that failed and 50 targets that came and went', async function () {
    this.timeout(120_000)
    const warnings: Error[] = []
    const heard = (warning: Error) => warnings.push(warning)
    process.on('warning', heard)
    target.onSubscribe = (stream) => {
      void stream.notify(leaf)
      stream.fail(status.UNAVAILABLE, 'no')
    }
    const resources = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'Timeout').length
    const before = resources()
    const { clock, stop, ended, kinds } = collecting([targetAt(target.address), targetAt('127.0.0.1:1', { name: 'gone' })])
    const lost = () => kinds().filter((kind) => kind === 'lost').length
    while (lost() < 200) await clock.pass(30_000)
    stop()
    await ended
    for (let round = 0; round < 5; round++) {
      const many = collecting(Array.from({ length: 10 }, (_, i) => targetAt(target.address, { name: `t${i}` })))
      await many.until('all lost', () => many.kinds().filter((kind) => kind === 'lost').length === 10)
      many.stop()
      await many.ended
    }
    while (target.connections.open > 0) await new Promise(setImmediate)
    process.off('warning', heard)
    expect(warnings.map(String)).to.deep.equal([])
    // A few belong to mocha and to what the other tests left to the garbage collector; a leak would have hundreds.
    await eventually(() => resources() - before < 10)
  })

  it('POLL: repeated syncs and many polls neither ask twice nor gather listeners', async () => {
    const warnings: Error[] = []
    const heard = (warning: Error) => warnings.push(warning)
    process.on('warning', heard)
    target.onSubscribe = async (stream) => {
      stream.onPoll = async () => {
        await stream.sync()
        await stream.sync()
      }
      await stream.sync()
      await stream.sync()
    }
    const { clock, ended, until, board } = collecting([
      targetAt(target.address, { subscription: { mode: 'poll', pollInterval: 1_000, polls: 15 } }),
    ])
    const messages = () => board.of('core-1', 'default').messages
    await until('the first answer', () => messages() > 0)
    let over = false
    void ended.then(() => {
      over = true
    })
    while (!over) {
      await clock.pass(1_000)
      expect(target.streams[0]?.polls ?? 0).to.be.at.most(15)
    }
    expect(await ended).to.deep.equal([])
    expect(target.streams[0]?.polls).to.equal(15)
    process.off('warning', heard)
    expect(warnings.map(String)).to.deep.equal([])
  })
})
