import type { Bus } from '../../src/bus/bus.ts'
import { leaderOf } from '../bus/kafka/support.ts'
import type { KafkaCluster } from '../support/kafka/index.ts'
import type { NodeNetwork } from '../support/kafka/network.ts'

/** Racks of brokers 1 to 7. The first three are the controllers: one a rack. */
export const RACKS = ['a', 'b', 'c', 'a', 'b', 'c', 'a'] as const

/** What a fault is done to. */
export interface Scene {
  kafka: KafkaCluster
  /** Absent where the brokers share the machine's own network. */
  network: NodeNetwork | undefined
  bus: Bus
  topic: string
  /** Counts how often this fault was done: each time somebody else is struck. */
  round: number
}

export interface Fault {
  name: string
  /** For people. */
  what: string
  needsNetwork?: boolean
  /** Whose turn it is: broker ids. */
  victims(scene: Scene): Promise<number[]>
  strike(scene: Scene, id: number): Promise<void> | void
  heal(scene: Scene, id: number): Promise<void> | void
  /** One after the other, each healed before the next; all at once when absent. */
  rolling?: boolean
}

const leader = async ({ bus, topic, round }: Scene) => [await leaderOf(bus, topic, round % 12)]
const rack = async ({ round }: Scene) => {
  const name = ['b', 'c', 'a'][round % 3]
  return RACKS.flatMap((each, i) => (each === name ? [i + 1] : []))
}

const killed = {
  strike: ({ kafka }: Scene, id: number) => kafka.kill(id),
  heal: ({ kafka }: Scene, id: number) => kafka.start(id),
}
const frozen = {
  strike: ({ kafka }: Scene, id: number) => kafka.freeze(id),
  heal: ({ kafka }: Scene, id: number) => kafka.thaw(id),
}
const cutOff = {
  needsNetwork: true,
  strike: ({ network }: Scene, id: number) => network?.cut(id),
  heal: ({ network }: Scene, id: number) => network?.mend(id),
}

export const FAULTS: readonly Fault[] = [
  { name: 'none', what: 'nothing: what this machine does to it by itself', victims: async () => [], strike() {}, heal() {} },
  { name: 'kill', what: 'a leader is killed (-9)', victims: leader, ...killed },
  { name: 'freeze', what: 'a leader is frozen (SIGSTOP)', victims: leader, ...frozen },
  { name: 'cut', what: 'a leader is cut off from everybody', victims: leader, ...cutOff },
  {
    ...{ name: 'peers', what: 'a leader is cut off from the other brokers, not from clients', needsNetwork: true, victims: leader },
    strike: ({ network }, id) => network?.cutFromNodes(id),
    heal: ({ network }, id) => network?.mendToNodes(id),
  },
  { name: 'rack', what: 'all brokers of a rack are killed (-9)', victims: rack, ...killed },
  { name: 'rack-freeze', what: 'all brokers of a rack are frozen', victims: rack, ...frozen },
  { name: 'rack-cut', what: 'a rack is cut off', victims: rack, ...cutOff },
  {
    ...{
      name: 'rolling',
      what: 'all seven are restarted in turn, in order',
      victims: async ({ kafka }: Scene) => [...kafka.ids],
      rolling: true,
    },
    strike: ({ kafka }, id) => kafka.stop(id),
    heal: ({ kafka }, id) => kafka.start(id),
  },
]

/** @throws naming what there is */
export function faultNamed(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name)
  if (!found) throw new Error(`there is no fault "${name}": ${FAULTS.map((fault) => fault.name).join(', ')}`)
  return found
}
