import { type Call, callState } from './calls.ts'
import type { Incident } from './incidents.ts'
import { type Random, random } from './random.ts'
import type { Desk } from './roster.ts'

export interface HeadsetState {
  audio: 'idle' | 'ringing' | 'call' | 'hanging_up'
  /** Percent, fractional. */
  battery: number
  caseBattery: number
  worn: boolean
  inCase: boolean
}

const MINUTE = 60_000
/** Percent per minute. The old battery of an incident loses {@link DYING}; the case gives {@link CHARGING}. */
const IN_CALL = 0.5
const DYING = 1.2
const CHARGING = 8
/** A person whose headset is below this takes the call on the laptop instead. */
const TOO_LOW_FOR_A_CALL = 25
/** What the forgotten headset has left when its last call begins; it then falls through 20 %, where a frame shows 10. */
const AT_THE_START = 21.5
/** From so long before its incident the headset is no longer put into its case. */
const FORGOTTEN = 15 * MINUTE

/** One headset through the day: moves only forward in time. */
export class HeadsetDay {
  readonly desk: Desk
  readonly #calls: readonly Call[]
  readonly #dying: readonly Incident[]
  readonly #dice: Random
  #time = 0
  #battery: number
  /** The present call is taken on the laptop; decided when it rings. */
  #onLaptop = false
  #case: number

  constructor(seed: number, desk: Desk, diary: readonly Call[], incidents: readonly Incident[]) {
    this.desk = desk
    this.#calls = diary
    this.#dying = incidents.filter((i) => i.kind === 'battery-dying' && i.subject === desk.person)
    this.#dice = random(seed, `headset/${desk.person}`)
    this.#battery = this.#dice.between(60, 100)
    this.#case = this.#dice.between(40, 90)
  }

  /** Its state at `time`, ms since the office opened; times must not decrease. */
  at(time: number): HeadsetState {
    const minutes = (time - this.#time) / MINUTE
    this.#time = time
    const dying = this.#dying.find((i) => time < i.to && time >= i.from - FORGOTTEN)
    const ringing = callState(this.#calls, time)
    if (ringing === 'idle') this.#onLaptop = this.#battery < TOO_LOW_FOR_A_CALL && !dying
    const audio = this.#onLaptop ? 'idle' : ringing
    const inCase = audio === 'idle' && !dying
    this.#battery += this.#change(time, minutes, dying, audio === 'call', inCase)
    this.#battery = Math.min(100, Math.max(1, this.#battery))
    return { audio, battery: this.#battery, caseBattery: this.#case, worn: audio !== 'idle', inCase }
  }

  #change(time: number, minutes: number, dying: Incident | undefined, inCall: boolean, inCase: boolean): number {
    if (dying && time < dying.from) {
      const left = (dying.from - time) / MINUTE
      return left <= minutes ? AT_THE_START - this.#battery : ((AT_THE_START - this.#battery) * minutes) / (left + minutes)
    }
    if (dying) return -DYING * minutes
    if (inCall) return -IN_CALL * minutes
    return inCase ? CHARGING * minutes : 0
  }
}
