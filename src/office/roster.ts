import { type Random, random } from './random.ts'

export type Team = 'payables' | 'receivables' | 'ledger'

export interface Headset {
  /** A static random address ("AA:BB:CC:DD:EE:FF", top bits 11). Real headsets rotate theirs; resolving those needs their keys. */
  address: string
  /** Model id as printed in the frame, big endian: 0x1420 for `14 20`. */
  modelId: number
  /** One battery instead of left, right and case. */
  single: boolean
  colorCode: number
}

/** A desk: the person there and what that person works with. People have an alias, never a name. */
export interface Desk {
  person: string
  team: Team
  headset: Headset
  /** gNMI target of the laptop. */
  laptop: string
  /** gNMI target of the access switch that the desk hangs on. */
  switch: string
}

export interface Roster {
  desks: readonly Desk[]
  /** gNMI targets of the switches; the first is the core, the others reach it over {@link UPLINK}. */
  switches: readonly string[]
}

/** Interface by which an access switch reaches the core, and with it every call of its desks. */
export const UPLINK = 'ethernet-1/49'

const TEAMS: ReadonlyArray<readonly [Team, number]> = [
  ['payables', 3],
  ['receivables', 2],
  ['ledger', 3],
]
const ACCESS = ['access-1', 'access-2'] as const

/** AirPods Pro, Pro 2, Pro 2 USB-C, gen 3, gen 4 ANC and Max USB-C: two layouts, six models. */
const MODELS = [0x0e20, 0x1420, 0x2420, 0x1320, 0x1b20, 0x1f20] as const
const MAX_USB_C = 0x1f20

/** Who sits where, by seed. */
export function roster(seed: number): Roster {
  const dice = random(seed, 'roster')
  const desks: Desk[] = []
  for (const [team, size] of TEAMS) {
    for (let n = 1; n <= size; n++) {
      const person = `${team}-${n}`
      const access = ACCESS[desks.length % ACCESS.length] ?? 'access-1'
      desks.push({ person, team, headset: headset(dice), laptop: `laptop-${person}`, switch: access })
    }
  }
  return { desks, switches: ['core-1', ...ACCESS] }
}

function headset(dice: Random): Headset {
  const modelId = dice.pick(MODELS)
  const octets = Array.from({ length: 6 }, () => dice.int(0, 255))
  octets[0] = (octets[0] ?? 0) | 0xc0
  const address = octets.map((octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join(':')
  return { address, modelId, single: modelId === MAX_USB_C, colorCode: dice.pick([0, 1]) }
}
