import { expect } from 'chai'
import { silentLogger } from '../../../../../src/base/log.ts'
import { readList } from '../../../../../src/collectors/gnmi/agent/request/read-list.ts'
import { Sampler } from '../../../../../src/collectors/gnmi/agent/sampler.ts'
import type { SubscribeResponse } from '../../../../../src/collectors/gnmi/agent/subscribe/outbox.ts'
import { RHYTHM } from '../../../../../src/collectors/gnmi/agent/subscribe/rules.ts'
import { Stream } from '../../../../../src/collectors/gnmi/agent/subscribe/stream.ts'
import { Ticker } from '../../../../../src/collectors/gnmi/agent/ticker.ts'
import { Counters } from '../../../../../src/collectors/metrics.ts'
import { FakeMachine } from '../support/fake-machine.ts'
import { ManualClock, settled } from '../support/manual-clock.ts'
import { pathOf, toldBy } from '../support/target.ts'

const START = 1_700_000_000_000
const second = 1_000_000_000n
const UP_TIME = '/system/state/up-time'
const HOSTNAME = '/system/state/hostname'
const ETH0 = '/interfaces/interface[name=eth0]'

/** The agent without its wire, at a clock that the test moves. */
class Desk {
  readonly clock = new ManualClock(START)
  readonly machine = new FakeMachine()
  readonly metrics = new Counters()
  readonly #sampler = new Sampler(this.machine.sources, { clock: this.clock, metrics: this.metrics, logger: silentLogger })
  readonly #ticker = new Ticker(this.clock, this.#sampler, 1_000)

  async subscribe(list: object): Promise<Client> {
    const client = new Client(this.clock)
    client.stream = new Stream({
      ...{
        plan: readList({ encoding: 'PROTO', ...list }, 1_000),
        sampler: this.#sampler,
        ticker: this.#ticker,
        rhythm: RHYTHM,
        metrics: this.metrics,
      },
      write: (response) => client.write(response),
    })
    void client.stream.start()
    await settled()
    return client
  }
}

class Client {
  stream!: Stream
  /** Seconds since the start, and what came then. */
  readonly got: Array<[at: number, ...told: string[]]> = []
  readonly raw: SubscribeResponse[] = []
  /** A client that does not read: writes wait for it. */
  reads: Promise<void> = Promise.resolve()
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async write(response: SubscribeResponse): Promise<void> {
    await this.reads
    this.raw.push(response)
    this.got.push([(this.#clock.now() - START) / 1000, ...(response.update ? toldBy(response.update) : ['sync'])])
  }

  /** What came, with its time, forgotten afterwards. */
  take(): Array<[at: number, ...told: string[]]> {
    return this.got.splice(0)
  }
}

const subscription = (path: string, rest: object = {}) => ({ path: pathOf(path), ...rest })
const sample = (path: string, seconds: bigint, rest: object = {}) =>
  subscription(path, { mode: 'SAMPLE', sample_interval: `${seconds * second}`, ...rest })

describe("the agent's streams", () => {
  let desk: Desk
  beforeEach(() => {
    desk = new Desk()
  })

  it('SAMPLE: the state, the sync, and then a sample each interval, changed or not', async () => {
    const client = await desk.subscribe({ subscription: [sample(HOSTNAME, 10n)] })
    await desk.clock.advance(30_000)
    expect(client.take()).to.deep.equal([
      [0, `${HOSTNAME}=laptop-7`],
      [0, 'sync'],
      [10, `${HOSTNAME}=laptop-7`],
      [20, `${HOSTNAME}=laptop-7`],
      [30, `${HOSTNAME}=laptop-7`],
    ])
  })

  it('SAMPLE with interval 0: as often as it gets', async () => {
    const client = await desk.subscribe({ subscription: [sample(HOSTNAME, 0n)] })
    client.take()
    await desk.clock.advance(3_000)
    expect(client.take().map(([at]) => at)).to.deep.equal([1, 2, 3])
  })

  it('SAMPLE: an interval between two ticks is kept on average, and never cut short at the first', async () => {
    const client = await desk.subscribe({ subscription: [sample(HOSTNAME, 0n, { sample_interval: '2500000000' })] })
    client.take()
    await desk.clock.advance(10_000)
    expect(client.take().map(([at]) => at)).to.deep.equal([3, 5, 8, 10])
  })

  it('SAMPLE with suppress_redundant: only what is new, and everything at each heartbeat', async () => {
    const client = await desk.subscribe({
      subscription: [sample('/system/state', 1n, { suppress_redundant: true, heartbeat_interval: `${5n * second}` })],
    })
    client.take()
    desk.machine.system.state(HOSTNAME, 'laptop-8')
    await desk.clock.advance(5_000)
    expect(client.take()).to.deep.equal([
      [1, `${HOSTNAME}=laptop-8`],
      [5, `${HOSTNAME}=laptop-8`, `${UP_TIME}=${2n ** 63n + 1n}`],
    ])
  })

  it('ON_CHANGE: what changed, once; everything at each heartbeat', async () => {
    const list = { subscription: [subscription('/system/state', { mode: 'ON_CHANGE', heartbeat_interval: `${60n * second}` })] }
    const client = await desk.subscribe(list)
    expect(client.take()).to.deep.equal([
      [0, `${HOSTNAME}=laptop-7`, `${UP_TIME}=${2n ** 63n + 1n}`],
      [0, 'sync'],
    ])
    await desk.clock.advance(20_000)
    expect(client.take()).to.deep.equal([])
    desk.machine.system.state(HOSTNAME, 'laptop-8')
    await desk.clock.advance(39_000)
    expect(client.take()).to.deep.equal([[22, `${HOSTNAME}=laptop-8`]])
    await desk.clock.advance(1_000)
    expect(client.take()).to.deep.equal([[60, `${HOSTNAME}=laptop-8`, `${UP_TIME}=${2n ** 63n + 1n}`]])
  })

  it('TARGET_DEFINED: state on change, measures each ten seconds', async () => {
    const client = await desk.subscribe({ subscription: [subscription(`${ETH0}/state`)] })
    client.take()
    desk.machine.interfaces.state(`${ETH0}/state/oper-status`, 'DOWN')
    desk.machine.octets('eth0', 2_000n)
    await desk.clock.advance(20_000)
    expect(client.take()).to.deep.equal([
      [2, `${ETH0}/state/oper-status=DOWN`],
      [10, `${ETH0}/state/counters/in-octets=2000`],
      [20, `${ETH0}/state/counters/in-octets=2000`],
    ])
  })

  it('has several subscriptions of different modes in one stream, and one sync', async () => {
    const client = await desk.subscribe({
      prefix: { target: 'me' },
      subscription: [
        sample(`${ETH0}/state/counters`, 3n),
        subscription('/interfaces/interface/state/oper-status', { mode: 'ON_CHANGE' }),
        subscription(HOSTNAME),
      ],
    })
    expect(client.take()).to.deep.equal([
      [
        0,
        `${ETH0}/state/counters/in-octets=1000`,
        `${ETH0}/state/oper-status=UP`,
        '/interfaces/interface[name=wlan0]/state/oper-status=UP',
        `${HOSTNAME}=laptop-7`,
      ],
      [0, 'sync'],
    ])
    desk.machine.interfaces.state('/interfaces/interface[name=wlan0]/state/oper-status', 'DOWN')
    await desk.clock.advance(4_000)
    expect(client.take()).to.deep.equal([
      [2, '/interfaces/interface[name=wlan0]/state/oper-status=DOWN'],
      [3, `${ETH0}/state/counters/in-octets=1000`],
    ])
    expect(client.raw[0]?.update?.prefix).to.deep.equal({ origin: 'openconfig', target: 'me' })
  })

  it('updates_only: the sync first, no state, and then what follows', async () => {
    const client = await desk.subscribe({
      updates_only: true,
      subscription: [subscription('/system/state', { mode: 'ON_CHANGE' }), sample(`${ETH0}/state/counters`, 5n)],
    })
    expect(client.take()).to.deep.equal([[0, 'sync']])
    desk.machine.system.state(HOSTNAME, 'laptop-8')
    await desk.clock.advance(5_000)
    expect(client.take()).to.deep.equal([
      [2, `${HOSTNAME}=laptop-8`],
      [5, `${ETH0}/state/counters/in-octets=1000`],
    ])
  })

  it('tells one delete when an interface vanishes, and its state when it comes back', async () => {
    const client = await desk.subscribe({ subscription: [subscription('/interfaces', { mode: 'ON_CHANGE' })] })
    client.take()
    desk.machine.unplug('eth0')
    await desk.clock.advance(2_000)
    expect(client.take()).to.deep.equal([[2, `-${ETH0}`]])
    desk.machine.plug('eth0')
    await desk.clock.advance(2_000)
    const state = [`${ETH0}/state/name=eth0`, `${ETH0}/state/oper-status=UP`, `${ETH0}/state/counters/in-octets=1000`]
    expect(client.take()).to.deep.equal([[4, ...state]])
  })

  it('deletes no more than was subscribed to', async () => {
    const client = await desk.subscribe({
      subscription: [subscription('/interfaces/interface/state/oper-status', { mode: 'ON_CHANGE' }), sample(`${ETH0}/state/counters`, 2n)],
    })
    client.take()
    desk.machine.unplug('eth0')
    await desk.clock.advance(2_000)
    expect(client.take()).to.deep.equal([[2, `-${ETH0}/state/oper-status`, `-${ETH0}/state/counters/in-octets`]])
  })

  it('ONCE: the state and the sync, and no more', async () => {
    const client = await desk.subscribe({ mode: 'ONCE', subscription: [subscription(HOSTNAME)] })
    await desk.clock.advance(60_000)
    expect(client.take()).to.deep.equal([
      [0, `${HOSTNAME}=laptop-7`],
      [0, 'sync'],
    ])
  })

  it('POLL: the state and a sync for each poll', async () => {
    const client = await desk.subscribe({ mode: 'POLL', subscription: [subscription(HOSTNAME)] })
    client.take()
    await desk.clock.advance(60_000)
    desk.machine.system.state(HOSTNAME, 'laptop-8')
    void client.stream.poll()
    await settled()
    expect(client.take()).to.deep.equal([
      [60, `${HOSTNAME}=laptop-8`],
      [60, 'sync'],
    ])
  })

  it('gives each notification the time of its reading', async () => {
    desk.machine.battery.every = 60_000
    desk.machine.battery.slow = true
    const list = { subscription: [sample('/system/state', 10n), sample('shitops:/battery/state/percent', 10n)] }
    const client = await desk.subscribe(list)
    await desk.clock.advance(10_000)
    const told = client.raw.flatMap(({ update }) => (update ? [[update.prefix.origin, update.timestamp]] : []))
    expect(told).to.deep.equal([
      ['openconfig', `${START}000000`],
      ['shitops', `${START}000000`],
      ['shitops', `${START}000000`],
      ['openconfig', `${START + 10_000}000000`],
    ])
  })

  it('reads the machine once for all streams, only what somebody wants, and nothing when nobody does', async () => {
    const clients = []
    for (let i = 0; i < 20; i++) clients.push(await desk.subscribe({ subscription: [sample('/system', 10n)] }))
    const atStart = desk.machine.system.reads
    await desk.clock.advance(100_000)
    expect(desk.machine.system.reads - atStart).to.equal(10)
    expect(desk.machine.interfaces.reads).to.equal(0)
    for (const { stream } of clients) stream.end()
    await desk.clock.advance(100_000)
    expect(desk.machine.system.reads - atStart).to.equal(10)
    expect(desk.clock.sleeping).to.equal(0)
  })

  it('keeps one value a leaf for a client that does not read, and counts the others in duplicates', async () => {
    const client = await desk.subscribe({ subscription: [sample('/interfaces', 1n)] })
    client.take()
    let read = () => {}
    client.reads = new Promise((resolve) => {
      read = resolve
    })
    for (let octets = 1n; octets <= 50n; octets++) {
      desk.machine.octets('eth0', octets)
      await desk.clock.advance(1_000)
    }
    expect(client.stream.waiting).to.equal(6)
    expect(client.got).to.have.length(0)
    read()
    await settled()
    const updates = client.raw.flatMap(({ update }) => update?.update ?? []).slice(6)
    const octets = updates.filter(({ path }) => JSON.stringify(path).includes('eth0') && JSON.stringify(path).includes('in-octets'))
    // The one that was on its way, and the one that stands for 49.
    expect(octets.map(({ val, duplicates = 0 }) => [val, duplicates])).to.deep.equal([
      [{ uint_val: '1' }, 0],
      [{ uint_val: '50' }, 48],
    ])
    expect(client.stream.waiting).to.equal(0)
  })

  it('forgets what waits of an interface that has gone', async () => {
    const client = await desk.subscribe({ subscription: [sample('/interfaces/interface[name=eth0]', 1n)] })
    client.take()
    let read = () => {}
    client.reads = new Promise((resolve) => {
      read = resolve
    })
    await desk.clock.advance(2_000)
    desk.machine.unplug('eth0')
    await desk.clock.advance(1_000)
    read()
    await settled()
    expect(client.take().slice(1)).to.deep.equal([[3, `-${ETH0}`]])
  })

  it('goes on when the clock is set back or forward, and after a night asleep', async () => {
    const client = await desk.subscribe({ subscription: [sample(HOSTNAME, 10n)] })
    client.take()
    desk.clock.set(START - 3_600_000)
    await desk.clock.advance(3_630_000)
    expect(client.take().length).to.be.within(1, 3_630 / 10)
    desk.clock.set(START + 8 * 3_600_000)
    await desk.clock.advance(20_000)
    expect(client.take().length).to.be.within(2, 3)
  })
})
