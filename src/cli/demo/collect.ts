import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Advertisement } from '../../collectors/ble/advertisement.ts'
import { BLE_DEFAULTS } from '../../collectors/ble/config.ts'
import { pseudonym } from '../../collectors/ble/identity.ts'
import { runBle } from '../../collectors/ble/index.ts'
import type { GnmiTarget, Subscription } from '../../collectors/gnmi/config.ts'
import { runGnmi } from '../../collectors/gnmi/index.ts'
import type { LibrenmsConfig } from '../../collectors/librenms/config.ts'
import { Counters } from '../../collectors/metrics.ts'
import { runWorkflow } from '../../collectors/workflow/index.ts'
import { Feed } from './feed.ts'
import { LibrenmsInStep } from './librenms.ts'
import type { DemoGnmiServer, DemoLibrenms, DemoOffice, OfficeSignals } from './office.ts'

/** Devices are sampled every 10 s of office time. */
const SUBSCRIPTION: Subscription = {
  name: 'office',
  mode: 'stream',
  encoding: 'PROTO',
  prefix: 'openconfig:/',
  groups: [{ paths: ['/system', '/interfaces/interface[name=*]/state'], mode: 'sample', sampleInterval: 10_000 }],
}
/** How long a step may take to reach the bus before the office goes on without it, ms: only when something is broken. */
const DELIVERY_DEADLINE = 10_000

export interface CollectOptions {
  office: DemoOffice
  server: DemoGnmiServer
  librenms: DemoLibrenms
  bus: LibrenmsConfig['bus']
  /** Key of the headsets' pseudonyms. */
  secret: Buffer
  /** Tells office time. */
  clock: Clock
  logger: Logger
}

/** The four collectors on the office's signals. */
export class Collectors {
  readonly metrics = { ble: new Counters(), gnmi: new Counters(), librenms: new Counters(), workflow: new Counters() }
  readonly #options: CollectOptions
  readonly #radio = new Feed<Advertisement>()
  readonly #finance = new Feed<string>()
  readonly #librenms: LibrenmsInStep
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  /** Never resolves; rejects with what made a collector fail. */
  readonly #broken: Promise<never>

  constructor(options: CollectOptions) {
    this.#options = options
    const { office, server, librenms, bus, secret, clock, logger } = options
    const common = { bus, clock, logger, signal: this.#stop.signal }
    const enrolled = new Map(
      office.roster.desks.map(({ headset: { address }, person, team }) => [
        address,
        { device: pseudonym(secret, address), person, team, vouched: true as const },
      ]),
    )
    const identify = (address: string) => enrolled.get(address)
    this.#librenms = new LibrenmsInStep({ ...common, metrics: this.metrics.librenms, server: librenms, secret })
    const running = Promise.all([
      runBle({ ...common, metrics: this.metrics.ble, config: { ...BLE_DEFAULTS, source: this.#radio, identify } }),
      runWorkflow({ ...common, metrics: this.metrics.workflow, config: { source: this.#finance } }),
      runGnmi({
        ...common,
        metrics: this.metrics.gnmi,
        config: { targets: targetsOf(office, server.address) },
      }),
    ])
    this.#running = running.then(
      () => {},
      () => {},
    )
    this.#broken = new Promise<never>((_, reject) => running.catch(reject))
    // Seen where a step is delivered; between steps nobody may be waiting.
    this.#broken.catch(() => {})
  }

  /** Resolves when every device has sent its initial state, and LibreNMS its inventory. */
  async ready(): Promise<void> {
    const { desks, switches } = this.#options.office.roster
    await Promise.all([this.#within(this.metrics.gnmi, 'synced', desks.length + switches.length), this.#librenms.ready()])
  }

  /** Resolves when all of a step is on the bus. Rejects with what made a collector fail. */
  async deliver(signals: OfficeSignals): Promise<void> {
    const { server } = this.#options
    await Promise.race([
      this.#broken,
      Promise.all([
        this.#radio.give(signals.frames),
        this.#finance.give(signals.finance.map((line) => JSON.stringify(line))),
        this.#librenms.deliver(signals.time),
        server.publish(signals).then(() => this.#within(this.metrics.gnmi, 'received', server.sent)),
      ]),
    ])
  }

  /** Stop and flush. */
  async stop(): Promise<void> {
    this.#radio.end()
    this.#finance.end()
    this.#stop.abort()
    this.#librenms.close()
    await this.#running
  }

  async #within(metrics: Counters, counter: string, value: number): Promise<void> {
    const deadline = AbortSignal.timeout(DELIVERY_DEADLINE)
    await Promise.race([metrics.reaches(counter, value, deadline), this.#broken])
    if (metrics.get(counter) < value) {
      this.#options.logger.warn(`gNMI: ${metrics.get(counter)} of ${value} ${counter} after ${DELIVERY_DEADLINE / 1000} s; going on`)
    }
  }
}

/** The office's devices: all behind one address, told apart by `prefix.target`. */
function targetsOf({ roster }: DemoOffice, address: string): GnmiTarget[] {
  const target = (name: string) => ({ name, prefixTarget: name, connection: { addresses: [address] }, subscriptions: [SUBSCRIPTION] })
  return [
    ...roster.switches.map((name) => ({ ...target(name), role: 'switch', site: siteOf(name) })),
    ...roster.desks.map((desk) => ({
      ...target(desk.laptop),
      role: 'laptop',
      person: desk.person,
      team: desk.team,
      site: siteOf(desk.switch),
    })),
  ]
}

/** One access switch a floor: who sits there hangs on it. */
const siteOf = (name: string): string => (name.startsWith('access-') ? `floor-${name.slice('access-'.length)}` : 'core')
