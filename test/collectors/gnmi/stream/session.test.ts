import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { GnmiTarget } from '../../../../src/collectors/gnmi/config.ts'
import { Refusal, ScriptedTarget, type TargetOptions } from '../../../../src/office/gnmi/scripted/index.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { collecting, NOW, stopAll, targetAt } from '../support/collecting.ts'

const leaf = (value: number | string) => ({
  timestamp: `${NOW}000000`,
  update: [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: String(value) } }],
})

describe('a gNMI stream', () => {
  let target: ScriptedTarget
  const listen = async (options: TargetOptions = { strict: true }) => {
    target = await ScriptedTarget.listen(options)
    return target
  }
  afterEach(async () => {
    await stopAll()
    await target.close()
  })

  it('is told with its data in between: connected, synced, lost, each in its epoch', async () => {
    await listen()
    const { until, kinds, facts, clock } = collecting([targetAt(target.address)])
    const first = await target.subscribed(1)
    await first.notify(leaf(1))
    await first.sync()
    await first.notify(leaf(2))
    first.fail(status.UNAVAILABLE, 'going down')
    await until('the loss', () => kinds().includes('lost'))
    expect(kinds()).to.deep.equal(['connected', 'notification', 'synced', 'notification', 'lost'])
    expect(facts().at(-1)).to.include({ status_code: 'UNAVAILABLE', address: target.address, subscription: 'default' })
    expect(facts().at(-1)?.detail).to.match(/going down/)
    await clock.pass(1_000)
    const second = await target.subscribed(2)
    await second.sync()
    await until('the second sync', () => kinds().filter((kind) => kind === 'synced').length === 2)
    const epochs = facts().map(({ epoch }) => epoch)
    expect(new Set(epochs).size).to.equal(2)
    expect(epochs).to.deep.equal([...epochs].sort((a, b) => Number(a) - Number(b)))
  })

  it('loses nothing of what came before a failure, however far behind the bus is', async () => {
    await listen()
    const { bus, until, values, kinds } = collecting([targetAt(target.address)])
    let open = () => {}
    bus.gate = new Promise((resolve) => {
      open = resolve
    })
    const stream = await target.subscribed()
    const COUNT = 5_000
    const flooded = stream.flood((i) => ({ update: leaf(i) }), COUNT).then(() => stream.fail(status.INTERNAL, 'crash'))
    open()
    await flooded
    await until('the loss', () => kinds().includes('lost'))
    expect(values()).to.deep.equal(Array.from({ length: COUNT }, (_, i) => i))
  })

  it('holds the target back while the bus takes nothing', async () => {
    await listen()
    const { bus, until, values } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    let open = () => {}
    bus.gate = new Promise((resolve) => {
      open = resolve
    })
    const big = 'x'.repeat(100_000)
    let sent = 0
    let stalled: () => void = () => {}
    const still = new Promise<void>((resolve) => {
      stalled = resolve
    })
    let last = -1
    const probe = setInterval(() => {
      if (sent === last && sent > 0) stalled()
      last = sent
    }, 300)
    const flooding = stream.flood((i) => {
      sent = i
      return { update: { timestamp: '1', update: [{ path: { elem: [{ name: 'a' }] }, val: { string_val: big } }] } }
    }, 1_000)
    await still
    clearInterval(probe)
    // 100 MB were to come; what is held here is a small part of it.
    expect(sent).to.be.below(400)
    open()
    await flooding
    await until('everything', () => values().length === 1_000)
  })

  it('tries again by what went wrong: soon, slowly, or hardly ever', async () => {
    await listen()
    const waits: Record<string, number> = {}
    for (const [name, code] of Object.entries({
      UNAVAILABLE: 14,
      INTERNAL: 13,
      UNAUTHENTICATED: 16,
      INVALID_ARGUMENT: 3,
      UNIMPLEMENTED: 12,
    })) {
      const { clock, until, facts } = collecting([targetAt(target.address)])
      const stream = await target.subscribed(Object.keys(waits).length + 1)
      stream.fail(code, 'no')
      await until(name, () => facts().some(({ kind }) => kind !== 'connected'))
      await clock.pass(0)
      await new Promise(setImmediate)
      waits[name] = clock.sleeps.at(-1) as number
      expect(facts()[1], name).to.include({ kind: ['UNAVAILABLE', 'INTERNAL'].includes(name) ? 'lost' : 'refused', status_code: name })
      await stopAll()
    }
    expect(waits).to.deep.equal({
      UNAVAILABLE: 1_000,
      INTERNAL: 1_000,
      UNAUTHENTICATED: 30_000,
      INVALID_ARGUMENT: 60_000,
      UNIMPLEMENTED: 60_000,
    })
  })

  it('is taken for dead when nothing comes for three intervals, and made anew', async () => {
    await listen()
    const { clock, until, kinds } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.notify(leaf(1))
    await until('the first', () => kinds().includes('notification'))
    await clock.pass(29_000)
    expect(kinds()).to.not.include('stale')
    await clock.pass(1_000)
    await until('the loss', () => kinds().includes('lost'))
    expect(kinds().slice(-2)).to.deep.equal(['stale', 'lost'])
    await stream.untilCancelled()
    await clock.pass(1_000)
    await target.subscribed(2)
  })

  it('goes on past a message that is none, and keeps that one', async () => {
    await listen()
    const { until, kinds, bus, metrics } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.send(Buffer.from('0aff', 'hex'))
    await stream.notify(leaf(7))
    await until('the notification', () => kinds().includes('notification'))
    const letters = bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')
    expect(letters.map(({ value }) => String(value))).to.deep.equal([Buffer.from('0aff', 'hex').toString('base64')])
    await metrics.reaches('malformed', 1, AbortSignal.timeout(PATIENCE))
    expect(metrics.get('malformed')).to.equal(1)
  })

  it('disturbs no other subscription of its target when it fails, and no other target', async () => {
    await listen()
    const two: GnmiTarget = targetAt(target.address, {
      subscriptions: [
        { name: 'bad', mode: 'stream', encoding: 'PROTO', groups: [{ paths: ['/bad'], mode: 'on_change' }] },
        { name: 'good', mode: 'stream', encoding: 'PROTO', groups: [{ paths: ['/good'], mode: 'on_change' }] },
      ],
    })
    target.onSubscribe = async (stream, request) => {
      if (JSON.stringify(request).includes('bad')) stream.fail(status.INVALID_ARGUMENT, 'no such path')
      else await stream.notify(leaf(1))
    }
    const gone = targetAt('127.0.0.1:1', { name: 'gone' })
    const { until, telemetry } = collecting([two, gone])
    await until('one refused, one lost, one with data', () => {
      const has = (kind: string, name: string) =>
        telemetry().some((event) => event.kind === kind && (event.subscription === name || event.target === name))
      return has('refused', 'bad') && has('notification', 'good') && has('lost', 'gone')
    })
    expect(target.streams.find(({ request }) => JSON.stringify(request).includes('good'))?.open).to.equal(true)
    expect(target.connections.accepted).to.equal(1)
  })

  it('asks for the best encoding that the target names, and for JSON where it names none', async () => {
    await listen()
    target.answers.Capabilities = { supported_encodings: ['JSON', 'JSON_IETF'] }
    collecting([targetAt(target.address, { subscription: { encoding: 'auto' } })])
    expect((await target.subscribed(1)).request.subscribe).to.include({ encoding: 'JSON_IETF' })
    await stopAll()
    target.answers.Capabilities = new Refusal(status.UNIMPLEMENTED, 'not here')
    collecting([targetAt(target.address, { subscription: { encoding: 'auto' } })])
    expect((await target.subscribed(2)).request.subscribe?.encoding ?? 'JSON').to.equal('JSON')
  })

  it('ends when it is told to, with what it had on the bus', async () => {
    await listen()
    const { until, kinds, stop, ended } = collecting([targetAt(target.address)])
    const stream = await target.subscribed()
    await stream.notify(leaf(1))
    await until('the notification', () => kinds().includes('notification'))
    stop()
    expect(await ended).to.deep.equal([])
    await stream.untilCancelled()
    expect(kinds()).to.deep.equal(['connected', 'notification', 'lost'])
  })

  describe('ONCE', () => {
    it('ends with the target, also with data behind the sync', async () => {
      await listen()
      target.onSubscribe = async (stream) => {
        await stream.notify(leaf(1))
        await stream.sync()
        await stream.notify(leaf(2))
        stream.end()
      }
      const { ended, values, logger } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      expect(await ended).to.deep.equal([])
      expect(values()).to.deep.equal([1, 2])
      expect(logger.lines).to.deep.equal([])
    })

    it('says so when the end comes without a sync', async () => {
      await listen()
      target.onSubscribe = (stream) => stream.end()
      const { ended, logger } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      expect(await ended).to.deep.equal([])
      expect(logger.lines.join()).to.match(/sync_response/)
    })

    it('does not wait for ever for a target that does not close', async () => {
      await listen()
      target.onSubscribe = (stream) => stream.sync()
      const { ended, clock, until, kinds } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      await until('the sync', () => kinds().includes('synced'))
      await clock.pass(6_000)
      expect(await ended).to.deep.equal([])
    })

    it('tells what went wrong, and does not try again', async () => {
      await listen({ credentials: { username: 'u', password: 'p' } })
      const { ended } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      const [error] = await ended
      expect(error).to.include({ code: 'SHITOPS_E_GNMI_AUTH', exit: 77 })
    })
  })

  it('polls after each sync and not before, so often as it was asked to', async () => {
    await listen()
    target.onSubscribe = async (stream) => {
      stream.onPoll = async (poll) => {
        await stream.notify(leaf(poll))
        await stream.sync()
      }
      await stream.notify(leaf(0))
      await stream.sync()
    }
    const { ended, clock, until, values } = collecting([
      targetAt(target.address, { subscription: { mode: 'poll', pollInterval: 5_000, polls: 2 } }),
    ])
    await until('the initial state', () => values().length === 1)
    await clock.pass(5_000)
    await until('the first poll', () => values().length === 2)
    await clock.pass(5_000)
    expect(await ended).to.deep.equal([])
    expect(values()).to.deep.equal([0, 1, 2])
    expect(target.streams[0]?.polls).to.equal(2)
  })
})
