import { constants } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Subscription } from '../../../../src/collectors/gnmi/config.ts'
import type { SubscribeStream } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, SUBSCRIPTION, targetAt } from '../support/collecting.ts'
import { asked, collected, leaf, notification, useTarget } from './support.ts'

const data = (value: number, name = 'a') => notification({ update: [leaf(name, { uint_val: String(value) })] })
const ONCE: Partial<Subscription> = { mode: 'once' }

/** docs/gnmi-conformance.md, statements 36–46, 48 and 49: how streams live and end. */
describe('gNMI conformance: streams', () => {
  const listen = useTarget()

  it('36: a sync ends the initial state; data comes before, between and after; more syncs are neither data nor an end', async () => {
    const target = await listen()
    const { stream, until, kinds, values } = await collected(target, [data(1), data(2)])
    await stream.send(data(3))
    await stream.sync()
    await stream.sync()
    await stream.send(data(4))
    await until('the last', () => values().length === 4)
    expect(kinds()).to.deep.equal(['connected', 'notification', 'notification', 'synced', 'notification', 'notification'])
    expect(stream.open).to.equal(true)
  })

  it('37: a sync that says false and an empty response mean nothing, and that the target is alive', async () => {
    const target = await listen()
    const { clock, until, kinds, board } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.send(data(1))
    const messages = () => board.of('core-1', 'default').messages
    await until('the first', () => kinds().includes('notification'))
    // Samples are due every 10 s, and the stream is given up after 30: for 80 s there is nothing but these.
    for (let n = 0; n < 4; n++) {
      await clock.pass(20_000)
      if (n % 2) await stream.send(Buffer.alloc(0))
      else await stream.sync(false)
      while (messages() < n + 2) await new Promise(setImmediate)
    }
    expect(stream.open).to.equal(true)
    expect(kinds()).to.deep.equal(['connected', 'notification'])
    // Of which the first second may be ours: the message before waited to be read.
    await clock.pass(31_000)
    await until('the silence', () => kinds().includes('lost'))
    expect(kinds()).to.deep.equal(['connected', 'notification', 'stale', 'lost'])
  })

  it('38: ONCE is done when the target closes; without a sync that is told, and a target that does not close is not waited for', async () => {
    const target = await listen()
    const once = async (script: (stream: SubscribeStream) => unknown, pass = 0) => {
      target.onSubscribe = script
      const run = collecting([targetAt(target.address, { subscription: ONCE })])
      if (pass) {
        await run.until('the sync', () => run.kinds().includes('synced'))
        await run.clock.pass(pass)
      }
      expect(await run.ended).to.deep.equal([])
      return { values: run.values(), lines: run.logger.lines.join('\n') }
    }
    const all = await once(async (stream) => {
      await stream.send(data(1))
      await stream.sync()
      await stream.send(data(2))
      stream.end()
    })
    expect(all).to.deep.equal({ values: [1, 2], lines: '' })
    const early = await once(async (stream) => {
      await stream.send(data(1))
      stream.end()
    })
    expect(early.values).to.deep.equal([1])
    expect(early.lines).to.match(/no sync_response/)
    const unclosed = await once(async (stream) => {
      await stream.send(data(1))
      await stream.sync()
    }, 6_000)
    expect(unclosed.values).to.deep.equal([1])
    expect(unclosed.lines).to.match(/does not close/)
  })

  it('39: ONCE is not asked again after OK; a STREAM that the target closes with OK is, after a wait', async () => {
    const target = await listen()
    target.onSubscribe = async (stream) => {
      await stream.sync()
      stream.end()
    }
    const once = collecting([targetAt(target.address, { subscription: ONCE })])
    expect(await once.ended).to.deep.equal([])
    expect(target.streams).to.have.length(1)
    expect(once.facts().at(-1)).to.include({ kind: 'lost', detail: 'complete', status_code: 'OK' })

    const { clock, until, facts } = collecting([targetAt(target.address)])
    await until('the end', () => facts().some(({ kind }) => kind === 'lost'))
    expect(facts().at(-1)).to.include({ kind: 'lost', detail: 'the target ended the stream', status_code: 'OK' })
    expect(target.streams).to.have.length(2)
    await clock.pass(2_000)
    await target.subscribed(3)
  })

  it('40: POLL asks after the initial sync, and again after the sync of the answer and its own interval', async () => {
    // A strict target refuses a poll before the sync that it has to wait for.
    const target = await listen()
    const poll: Partial<Subscription> = { mode: 'poll', pollInterval: 5_000 }
    const { clock, until, values } = collecting([targetAt(target.address, { subscription: poll })])
    const stream = await target.subscribed()
    await stream.send(data(0))
    await until('the initial state', () => values().length === 1)
    await clock.pass(20_000)
    expect(stream.polls).to.equal(0)
    await stream.sync()
    while (stream.polls < 1) await clock.pass(1_000)
    // An answer that takes longer than the interval is not asked for again meanwhile.
    await clock.pass(20_000)
    expect(stream.polls).to.equal(1)
    await stream.send(data(1))
    await stream.sync()
    await until('the answer', () => values().length === 2)
    await clock.pass(4_000)
    expect(stream.polls).to.equal(1)
    while (stream.polls < 2) await clock.pass(1_000)
    expect(stream.open).to.equal(true)
  })

  it('41: updates_only: the sync comes first, and is all of a ONCE', async () => {
    const target = await listen()
    expect((await asked(target, { updatesOnly: true })).subscribe).to.include({ updates_only: true })
    expect((await asked(target, {})).subscribe).to.not.have.property('updates_only')
    const changes = await collected(target, [], { subscription: { updatesOnly: true } })
    await changes.stream.send(data(5))
    await changes.until('a change', () => changes.values().length === 1)
    expect(changes.kinds()).to.deep.equal(['connected', 'synced', 'notification'])
    target.onSubscribe = async (stream) => {
      await stream.sync()
      stream.end()
    }
    const { ended, kinds, logger } = collecting([targetAt(target.address, { subscription: { ...ONCE, updatesOnly: true } })])
    expect(await ended).to.deep.equal([])
    expect(kinds()).to.deep.equal(['connected', 'synced', 'lost'])
    expect(logger.lines).to.deep.equal([])
  })

  it('42: a path that is missing leaves the stream open; failures are tried again by class, what is refused hardly ever', async () => {
    const target = await listen()
    const { stream, kinds, clock: quiet } = await collected(target, [])
    await quiet.pass(1_000)
    expect(stream.open).to.equal(true)
    expect(kinds()).to.deep.equal(['connected', 'synced'])

    const soon = { kind: 'lost', wait: 1_000 }
    const slowly = { kind: 'refused', wait: 30_000 }
    const hardly = { kind: 'refused', wait: 60_000 }
    const expected = {
      ...{ UNAVAILABLE: soon, DEADLINE_EXCEEDED: soon, RESOURCE_EXHAUSTED: soon, INTERNAL: soon, ABORTED: soon, UNKNOWN: soon },
      ...{ UNAUTHENTICATED: slowly, PERMISSION_DENIED: slowly },
      ...{ UNIMPLEMENTED: hardly, INVALID_ARGUMENT: hardly, NOT_FOUND: hardly },
    }
    for (const [name, { kind, wait }] of Object.entries(expected)) {
      const before = target.streams.length
      const { facts, until, clock, logger } = collecting([targetAt(target.address)])
      const failing = await target.subscribed(before + 1)
      failing.fail(status[name as keyof typeof status] as number, 'no')
      await until(name, () => facts().length === 2)
      expect(facts()[1], name).to.include({ kind, status_code: name })
      while (logger.lines.length === 0) await new Promise(setImmediate)
      expect(logger.lines[0], name).to.include(`next attempt in ${wait / 1_000} s`)
      await clock.pass(wait - 1_000)
      expect(target.streams.length, name).to.equal(before + 1)
      await clock.pass(1_000)
      await target.subscribed(before + 2)
    }
  })

  it('43: the deprecated error arm is reported and counted, and the stream goes on', async () => {
    const target = await listen()
    const error = { error: { code: 5, message: 'no such interface' } }
    const { values, logger, board, stream, metrics } = await collected(target, [error, data(1)])
    expect(logger.lines).to.deep.equal(['core-1 reports an error in its stream: NOT_FOUND no such interface'])
    expect(board.of('core-1', 'default').errors.get('target')).to.equal(1)
    expect(values()).to.deep.equal([1])
    expect(metrics.get('malformed')).to.equal(0)
    expect(stream.open).to.equal(true)
  })

  it('44: an RPC that fails disturbs no other on its connection: by a status, by a reset, by GOAWAY', async () => {
    const target = await listen()
    const names = ['good', 'status', 'reset', 'goaway']
    const subscriptions = names.map((name) => ({ ...SUBSCRIPTION, name, groups: [{ paths: [`/${name}`], mode: 'on_change' as const }] }))
    const { until, telemetry, clock } = collecting([targetAt(target.address, { subscriptions })])
    await target.subscribed(4)
    expect(target.connections.accepted).to.equal(1)
    const of = (name: string) => target.streams.find(({ request }) => JSON.stringify(request).includes(`"${name}"`)) as SubscribeStream
    const lost = (name: string) => telemetry().some(({ kind, subscription }) => kind !== 'connected' && subscription === name)
    of('status').fail(status.INVALID_ARGUMENT, 'no')
    await until('the first loss', () => lost('status'))
    of('reset').reset()
    await until('the second loss', () => lost('reset'))
    // No new calls on this connection, says the target; those that are there stay.
    of('goaway').goAway(constants.NGHTTP2_NO_ERROR, 'going down')
    await of('good').send(data(1))
    await of('goaway').send(data(2))
    await until('data of both', () => telemetry().filter(({ kind }) => kind === 'notification').length === 2)
    expect([of('good').open, of('goaway').open]).to.deep.equal([true, true])
    expect(target.connections.accepted).to.equal(1)
    // The next attempt needs another connection, and the two old streams stay on theirs.
    await clock.pass(2_000)
    await target.subscribed(5)
    expect(target.connections.accepted).to.equal(2)
    await of('good').send(data(3))
    await of('goaway').send(data(4))
    await until('data of both again', () => telemetry().filter(({ kind }) => kind === 'notification').length === 4)
    expect(telemetry().filter(({ kind }) => kind === 'lost' || kind === 'refused')).to.have.length(2)
  })

  it('45: to stop cancels the RPC, without another attempt, and what was received is written first', async () => {
    const target = await listen()
    const { bus, board, stop, ended, until, kinds, values, clock } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.send(data(0))
    await until('the first', () => values().length === 1)
    let open = () => {}
    bus.gate = new Promise((resolve) => {
      open = resolve
    })
    const before = target.streams.length
    for (let n = 1; n < 100; n++) await stream.send(data(n))
    while (board.of('core-1', 'default').messages < 100) await new Promise(setImmediate)
    stop()
    await stream.untilCancelled()
    open()
    expect(await ended).to.deep.equal([])
    await clock.pass(120_000)
    expect(target.streams.length).to.equal(before)
    expect(values()).to.deep.equal(Array.from({ length: 100 }, (_, n) => n))
    expect(kinds().at(-1)).to.equal('lost')
  })

  it('46: a new stream is a new epoch, greater than any before: what was not seen in it until its sync has gone', async () => {
    const target = await listen()
    const { clock, until, telemetry, kinds } = collecting([targetAt(target.address)])
    const first = await target.subscribed(1)
    for (const name of ['kept', 'deleted meanwhile']) await first.send(data(1, name))
    await first.sync()
    await until('the first sync', () => kinds().includes('synced'))
    first.drop({ reset: true })
    await until('the loss', () => kinds().includes('lost'))
    await clock.pass(2_000)
    const second = await target.subscribed(2)
    await second.send(data(2, 'kept'))
    await second.sync()
    await until('the second sync', () => kinds().filter((kind) => kind === 'synced').length === 2)
    // A consumer that marks and sweeps, with nothing but the records.
    const leaves = new Map<string, { value: unknown; epoch: number }>()
    for (const { kind, epoch, updates = [] } of telemetry()) {
      for (const { path, value } of updates) leaves.set(path, { value, epoch })
      if (kind === 'synced') for (const [path, seen] of leaves) if (seen.epoch < epoch) leaves.delete(path)
    }
    expect([...leaves].map(([path, { value }]) => [path, value])).to.deep.equal([['/kept', 2]])
  })

  it('48: a message of 20 MB is taken', async () => {
    const target = await listen()
    const big = 'x'.repeat(20_000_000)
    const { values } = await collected(target, [notification({ update: [leaf('big', { string_val: big })] })])
    expect(values()[0]).to.equal(big)
  })

  it('49: messages compressed with gzip are taken', async () => {
    const target = await listen()
    const { until, values } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.sendCompressed(data(1))
    await stream.sendCompressed(notification({ update: [leaf('a', { string_val: 'y'.repeat(1_000_000) })] }))
    await until('both', () => values().length === 2)
    expect(values()).to.deep.equal([1, 'y'.repeat(1_000_000)])
  })
})
