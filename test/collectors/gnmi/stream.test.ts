import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Clock } from '../../../src/base/clock.ts'
import { runGnmi } from '../../../src/collectors/gnmi/index.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { GnmiServer } from '../../../src/office/gnmi/server.ts'
import type { Leaf } from '../../../src/office/openconfig.ts'
import { MemoryLogger, RecordingSink, stillClock } from '../compliance.ts'
import { ScriptedTarget } from './scripted-target.ts'

const NOW = Date.UTC(2026, 0, 30, 8)

function collect(targets: Array<{ name: string; address: string }>, clock: Clock = stillClock(NOW), sampleInterval = 10_000) {
  const stop = new AbortController()
  const bus = new RecordingSink()
  const metrics = new Counters()
  const config = { targets, paths: ['/system', '/interfaces/interface[name=*]/state'], sampleInterval }
  const running = runGnmi({ config, bus, clock, metrics, signal: stop.signal, logger: new MemoryLogger() })
  const facts = () => bus.of('device_telemetry').filter(({ kind }) => kind !== 'notification')
  stops.push(() => {
    stop.abort()
    return running
  })
  return { bus, metrics, facts }
}

/** Collectors that a test started; ended after it, also when it failed. */
const stops: Array<() => Promise<void>> = []
const stopAll = async () => {
  for (const stop of stops.splice(0)) await stop()
}

const soon = () => AbortSignal.timeout(10_000)

describe('the gNMI collector on a scripted target', () => {
  let target: ScriptedTarget
  beforeEach(async () => {
    target = await ScriptedTarget.listen()
  })
  afterEach(async () => {
    await stopAll()
    await target.close()
  })

  it('asks for SAMPLE in nanoseconds, with target and origin in the prefix only', async () => {
    collect([{ name: 'core-1', address: target.address }])
    await target.subscribed()
    expect(target.requests).to.have.length(1)
    expect(target.requests[0]).to.deep.include({
      subscribe: {
        prefix: { target: 'core-1', origin: 'openconfig' },
        mode: 'STREAM',
        encoding: 'PROTO',
        subscription: [
          { path: { elem: [{ name: 'system' }] }, mode: 'SAMPLE', sample_interval: '10000000000' },
          {
            path: { elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: '*' } }, { name: 'state' }] },
            mode: 'SAMPLE',
            sample_interval: '10000000000',
          },
        ],
      },
    })
  })

  it('subscribes again when the stream is lost, in a new epoch, and tells both', async () => {
    const { facts, metrics } = collect([{ name: 'core-1', address: target.address }])
    for (const [i, code] of [status.OK, status.UNAVAILABLE].entries()) {
      await target.subscribed()
      target.send({ sync_response: true })
      await metrics.reaches('synced', i + 1, soon())
      target.drop(code)
    }
    await target.subscribed()
    const told = facts()
    expect(told.map(({ kind }) => kind)).to.deep.equal(['connected', 'synced', 'lost', 'connected', 'synced', 'lost', 'connected'])
    const epochs = told.filter(({ kind }) => kind === 'connected').map(({ epoch }) => Number(epoch))
    expect(epochs).to.deep.equal([...new Set(epochs)].sort((a, b) => a - b))
  })

  it('calls a refusal by its name, waits long before it asks again, and stops while it waits', async () => {
    target.refuseWith = { code: status.INVALID_ARGUMENT, details: 'no such path' }
    const slept: number[] = []
    let asleep = () => {}
    const waiting = new Promise<void>((resolve) => {
      asleep = resolve
    })
    const clock: Clock = {
      now: () => NOW,
      sleep: (ms, signal) => {
        slept.push(ms)
        asleep()
        return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
      },
    }
    const { facts } = collect([{ name: 'core-1', address: target.address }], clock)
    await waiting
    expect(facts().map(({ kind }) => kind)).to.deep.equal(['connected', 'refused'])
    expect(facts()[1]?.detail).to.match(/no such path/)
    expect(slept).to.deep.equal([60_000])
  })

  it('does not let one target that is not there disturb another', async () => {
    const { metrics } = collect([
      { name: 'gone', address: '127.0.0.1:1' },
      { name: 'core-1', address: target.address },
    ])
    await target.subscribed()
    target.send({
      update: { timestamp: `${NOW}000000`, prefix: {}, update: [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: '1' } }] },
    })
    await metrics.reaches('received', 1, soon())
    expect(metrics.get('received')).to.equal(1)
    await metrics.reaches('lost', 1, soon())
  })

  it('takes the time of receipt where the device has none, and passes over empty messages', async () => {
    const { bus, metrics } = collect([{ name: 'core-1', address: target.address }])
    await target.subscribed()
    target.send({})
    target.send({ update: { update: [{ path: { elem: [{ name: 'a' }] }, val: { bool_val: true } }] } })
    await metrics.reaches('received', 1, soon())
    const [notification] = bus.of('device_telemetry').filter(({ kind }) => kind === 'notification')
    expect(notification).to.include({ event_time: new Date(NOW).toISOString(), timestamp_ns: '0' })
  })
})

describe("the gNMI collector on the office's server", () => {
  afterEach(stopAll)

  const leaves = (inOctets: bigint, upTime: bigint): Leaf[] => [
    { path: [{ name: 'system' }, { name: 'state' }, { name: 'up-time' }], value: upTime },
    {
      path: [
        { name: 'interfaces' },
        { name: 'interface', key: { name: 'e1' } },
        { name: 'state' },
        { name: 'counters' },
        { name: 'in-octets' },
      ],
      value: inOctets,
    },
  ]
  const devices = (inOctets: bigint, upTime: bigint) => new Map([['core-1', leaves(inOctets, upTime)]])

  it('gets the initial state, the sync, and then each sample when it is due', async () => {
    const big = 2n ** 63n
    const server = await GnmiServer.listen(0, NOW, devices(big, 0n))
    const { bus, metrics, facts } = collect([{ name: 'core-1', address: server.address }], stillClock(NOW), 20_000)
    await metrics.reaches('synced', 1, soon())
    expect(metrics.get('received')).to.equal(2)
    for (const after of [10_000, 20_000, 30_000, 40_000]) {
      await server.publish({ time: NOW + after, devices: devices(big + BigInt(after), BigInt(after) * 1_000_000n) })
      await metrics.reaches('received', server.sent, soon())
    }
    // Two paths, at 20 s and 40 s.
    expect(server.sent).to.equal(2 + 2 * 2)
    const rates = bus.of('device_metrics').filter(({ metric }) => metric === 'if_in_bps')
    expect(rates.map(({ value, event_time }) => [value, Date.parse(String(event_time)) - NOW])).to.deep.equal([
      [8_000, 20_000],
      [8_000, 40_000],
    ])
    const octets = bus
      .of('device_telemetry')
      .flatMap(({ updates }) => (updates as Array<{ path: string; value: unknown }> | undefined) ?? [])
    expect(octets.filter(({ path }) => path.endsWith('in-octets')).map(({ value }) => value)).to.deep.equal([
      `${big}`,
      `${big + 20_000n}`,
      `${big + 40_000n}`,
    ])
    expect(facts().map(({ kind }) => kind)).to.deep.equal(['connected', 'synced'])
    await server.close()
  })

  it('is refused for a device that is not there', async () => {
    const server = await GnmiServer.listen(0, NOW, devices(0n, 0n))
    const { facts, metrics } = collect([{ name: 'core-9', address: server.address }])
    await metrics.reaches('lost', 1, soon())
    expect(facts()[1]).to.include({ kind: 'refused' })
    expect(facts()[1]?.detail).to.match(/core-9/)
    await server.close()
  })

  it('says which port is taken', async () => {
    const first = await GnmiServer.listen(0, NOW, devices(0n, 0n))
    const port = Number(first.address.split(':')[1])
    const error = await GnmiServer.listen(port, NOW, devices(0n, 0n)).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.include({ code: 'SHITOPS_E_USAGE' })
    expect(String(error)).to.include(`127.0.0.1:${port}`)
    await first.close()
  })
})
