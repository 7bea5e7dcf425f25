import type { Leaf, LeafPaths } from '../../tree/leaf.ts'
import { measure, type Source, state } from '../source.ts'
import { type Burst, PROBES } from './burst.ts'
import { defaultGateway } from './default-gateway.ts'
import { ping } from './ping.ts'
import { TcpProbe } from './tcp-probe.ts'

/** How the gateway is asked, as openconfig-probes names it. */
type Basis = 'ICMP' | 'TCP'

export interface GatewayProbes {
  gateway(): Promise<string | undefined>
  /** Undefined where ICMP cannot be had. */
  icmp(address: string): Promise<Burst | undefined>
  tcp(address: string): Promise<Burst>
}

/** Bursts that the loss is taken over. */
const WINDOW = 6

/**
 * The loss to the default gateway: /probes/probe[name=gateway]/tests/test[name=loss]/results/state/… over the last six bursts of five
 * probes, half a minute apart; …/state/test-type says whether by ICMP or, where that is not allowed or not answered, by TCP. A gateway that
 * never answered either says nothing about loss, so there is none.
 */
export class GatewaySource implements Source {
  readonly name = 'gateway'
  readonly roots = ['/probes', 'shitops:/gateway']
  readonly every = 30_000
  readonly slow = true
  readonly #paths: LeafPaths
  readonly #probes: GatewayProbes
  /** Who is asked how; what came of it before says nothing about another. */
  #asked = ''
  #bursts: Burst[] = []
  /** Ways by which the present gateway has ever answered. */
  #answered = new Set<Basis>()

  constructor(paths: LeafPaths, probes: GatewayProbes = systemProbes()) {
    this.#paths = paths
    this.#probes = probes
  }

  async read(): Promise<Leaf[]> {
    const address = await this.#probes.gateway()
    if (address === undefined) return []
    if (!this.#asked.startsWith(`${address} `)) this.#answered = new Set()
    const { basis, burst } = await this.#burst(address)
    if (burst.received > 0) this.#answered.add(basis)
    const gateway = state(this.#paths.get('shitops:/gateway/state/address'), address)
    const asked = `${address} ${basis}`
    this.#bursts = [...(asked === this.#asked ? this.#bursts : []), burst].slice(-WINDOW)
    this.#asked = asked
    return this.#answered.has(basis) ? [gateway, ...this.#leaves(basis)] : [gateway]
  }

  async #burst(address: string): Promise<{ basis: Basis; burst: Burst }> {
    const icmp = await this.#probes.icmp(address)
    // Where ping has worked before, not being able to send is a loss like any other.
    if (this.#answered.has('ICMP')) return { basis: 'ICMP', burst: icmp ?? { sent: PROBES, received: 0 } }
    if (icmp && icmp.received > 0) return { basis: 'ICMP', burst: icmp }
    return { basis: 'TCP', burst: await this.#probes.tcp(address) }
  }

  #leaves(basis: Basis): Leaf[] {
    const test = '/probes/probe[name=gateway]/tests/test[name=loss]'
    const result = (name: string, value: number | bigint) => measure(this.#paths.get(`${test}/results/state/${name}`), value)
    const sent = this.#bursts.reduce((sum, burst) => sum + burst.sent, 0)
    const received = this.#bursts.reduce((sum, burst) => sum + burst.received, 0)
    const delay = this.#bursts.at(-1)?.averageDelay
    return [
      state(this.#paths.get(`${test}/state/test-type`), basis),
      result('probes-sent', BigInt(sent)),
      result('probes-received', BigInt(received)),
      result('loss-percentage', Math.round((1 - received / sent) * 100)),
      ...(delay === undefined ? [] : [result('avg-delay', BigInt(delay))]),
    ]
  }
}

function systemProbes(): GatewayProbes {
  const tcp = new TcpProbe()
  return { gateway: defaultGateway, icmp: ping, tcp: (address) => tcp.burst(address) }
}
