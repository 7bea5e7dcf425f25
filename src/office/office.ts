import { type Call, calls } from './calls.ts'
import { CAPTURED_FRAMES } from './captured-frames.ts'
import { HeadsetDay, type HeadsetState } from './headsets.ts'
import { type Incident, type IncidentKind, schedule } from './incidents.ts'
import { type FinanceEvent, FinanceLog } from './ledger.ts'
import { Network } from './network.ts'
import { type Leaf, leavesOf } from './openconfig.ts'
import { statusFrame } from './proximity-pairing.ts'
import { type Random, random } from './random.ts'
import { type Desk, type Roster, roster } from './roster.ts'

/** One step of office time, ms: how often devices are sampled. */
export const STEP = 10_000
/** Each headset is heard so often, ms. */
const ADVERTISING = 5_000

/** An advertising report as a receiver heard it. */
export interface HeardFrame {
  /** ms since the epoch */
  timestamp: number
  address: string
  addressType: 'random'
  /** dBm; null when the radio could not tell */
  rssi: number | null
  manufacturerData: Buffer
  receiver: string
}

/** What the office sent out during one step. */
export interface Signals {
  /** End of the step, ms since the epoch. */
  time: number
  frames: HeardFrame[]
  finance: FinanceEvent[]
  /** gNMI target → its leaves at `time` */
  devices: Map<string, Leaf[]>
}

export interface OfficeOptions {
  seed: number
  /** Length of the office day, ms. */
  day: number
  /** When the office opens, ms since the epoch. */
  openedAt: number
  /** Script incidents of this kind only. */
  only?: IncidentKind
}

/** A finance office: people with headsets and laptops, the network under them and the cases they work on. Same options, same signals. */
export class Office {
  readonly roster: Roster
  readonly incidents: readonly Incident[]
  readonly openedAt: number
  readonly day: number
  /** gNMI target → its leaves when the office opens. */
  readonly opening: ReadonlyMap<string, readonly Leaf[]>
  readonly #headsets: ReadonlyArray<{ day: HeadsetDay; primaryLeft: boolean; dice: Random }>
  readonly #network: Network
  readonly #finance: FinanceLog
  readonly #strangers: ReadonlyArray<{ address: string; frame: Buffer }>
  readonly #street: Random
  #time = 0

  constructor({ seed, day, openedAt, only }: OfficeOptions) {
    this.roster = roster(seed)
    this.incidents = schedule(seed, this.roster, day, only)
    this.openedAt = openedAt
    this.day = day
    const diary: Map<string, Call[]> = calls(seed, this.roster, this.incidents, day)
    this.#headsets = this.roster.desks.map((desk) => {
      const dice = random(seed, `radio/${desk.person}`)
      return { day: new HeadsetDay(seed, desk, diary.get(desk.person) ?? [], this.incidents), primaryLeft: dice.next() < 0.5, dice }
    })
    this.#network = new Network(seed, this.roster, this.incidents, openedAt)
    this.opening = this.#devices(new Map())
    this.#finance = new FinanceLog(seed, this.roster, this.incidents, openedAt)
    this.#street = random(seed, 'street')
    this.#strangers = CAPTURED_FRAMES.map(({ hex }) => ({ address: resolvable(this.#street), frame: Buffer.from(hex, 'hex') }))
  }

  /** The next step, or undefined when the day is over. */
  step(): Signals | undefined {
    if (this.#time + STEP > this.day) return undefined
    const from = this.#time
    this.#time += STEP
    const frames: HeardFrame[] = []
    const now = new Map<string, HeadsetState>()
    for (let at = from + ADVERTISING; at <= this.#time; at += ADVERTISING) {
      for (const { day, primaryLeft, dice } of this.#headsets) {
        const state = day.at(at)
        now.set(day.desk.person, state)
        frames.push(this.#heard(day.desk, statusFrame(day.desk.headset, state, primaryLeft, dice), at - dice.int(0, 500), dice))
      }
    }
    frames.push(this.#stranger(this.#time - this.#street.int(0, 5_000)))
    return {
      time: this.openedAt + this.#time,
      frames: frames.sort((a, b) => a.timestamp - b.timestamp),
      finance: this.#finance.until(this.#time),
      devices: this.#devices(now),
    }
  }

  #devices(headsets: ReadonlyMap<string, HeadsetState>): Map<string, Leaf[]> {
    const time = this.openedAt + this.#time
    return new Map(this.#network.at(this.#time, headsets).map((device) => [device.target, leavesOf(device, time)]))
  }

  #heard(desk: Desk, manufacturerData: Buffer, at: number, dice: Random): HeardFrame {
    const rssi = dice.next() < 0.02 ? null : -dice.int(46, 68)
    const { address } = desk.headset
    return { timestamp: this.openedAt + at, address, addressType: 'random', rssi, manufacturerData, receiver: `room-${desk.team}` }
  }

  #stranger(at: number): HeardFrame {
    const { address, frame } = this.#street.pick(this.#strangers)
    const rssi = -this.#street.int(75, 95)
    return { timestamp: this.openedAt + at, address, addressType: 'random', rssi, manufacturerData: frame, receiver: 'room-ledger' }
  }
}

/** A resolvable private address: the top two bits are 01. */
function resolvable(dice: Random): string {
  const octets = [dice.int(0x40, 0x7f), ...Array.from({ length: 5 }, () => dice.int(0, 255))]
  return octets.map((octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join(':')
}
