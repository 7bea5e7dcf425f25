import type { Source } from '../../../../../src/collectors/gnmi/agent/sources/source.ts'
import { type Leaf, LeafPaths, type LeafValue } from '../../../../../src/collectors/gnmi/agent/tree/leaf.ts'

/** A part of a machine that a test scripts, leaf by leaf. */
export class FakeSource implements Source {
  readonly name: string
  readonly roots: readonly string[]
  every = 0
  slow = false
  reads = 0
  /** What the next readings fail with. */
  failure: Error | undefined
  /** A reading waits for it. */
  gate: Promise<void> = Promise.resolve()
  readonly #paths = new LeafPaths()
  readonly #leaves = new Map<string, Leaf>()

  constructor(name: string, roots: readonly string[]) {
    this.name = name
    this.roots = roots
  }

  state(path: string, value: LeafValue): void {
    this.#set(path, value, 'state')
  }

  measure(path: string, value: LeafValue): void {
    this.#set(path, value, 'measure')
  }

  /** Everything whose path begins so is gone. */
  drop(prefix: string): void {
    for (const path of [...this.#leaves.keys()]) if (path.startsWith(prefix)) this.#leaves.delete(path)
  }

  async read(): Promise<Leaf[]> {
    this.reads++
    await this.gate
    if (this.failure) throw this.failure
    return [...this.#leaves.values()]
  }

  #set(path: string, value: LeafValue, kind: Leaf['kind']): void {
    this.#leaves.set(path, { path: this.#paths.get(path), value, kind })
  }
}

/** A laptop with one name, two interfaces and a battery. */
export class FakeMachine {
  readonly system = new FakeSource('system', ['/system'])
  readonly interfaces = new FakeSource('interfaces', ['/interfaces'])
  readonly battery = new FakeSource('battery', ['shitops:/battery'])

  constructor() {
    this.system.state('/system/state/hostname', 'laptop-7')
    this.system.measure('/system/state/up-time', 2n ** 63n + 1n)
    this.system.measure('/system/cpus/cpu[index=ALL]/state/total/instant', 12)
    this.system.measure('/system/cpus/cpu[index=0]/state/total/instant', 13)
    for (const name of ['eth0', 'wlan0']) this.plug(name)
    this.battery.state('shitops:/battery/state/percent', 80)
    this.battery.state('shitops:/battery/state/charging', false)
  }

  get sources(): FakeSource[] {
    return [this.system, this.interfaces, this.battery]
  }

  plug(name: string): void {
    this.interfaces.state(`/interfaces/interface[name=${name}]/state/name`, name)
    this.interfaces.state(`/interfaces/interface[name=${name}]/state/oper-status`, 'UP')
    this.octets(name, 1_000n)
  }

  octets(name: string, octets: bigint): void {
    this.interfaces.measure(`/interfaces/interface[name=${name}]/state/counters/in-octets`, octets)
  }

  unplug(name: string): void {
    this.interfaces.drop(`/interfaces/interface[name=${name}]`)
  }
}
