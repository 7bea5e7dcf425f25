import { Counter, NO_INCREASE } from './counter.ts'
import type { Part, Rule } from './rule.ts'
import { isSetBack } from './set-back.ts'

/** Times come from ns and are seconds in between: what is not further apart than this, ms, is the same. */
const CLOCK = 0.01

/** A counter of the interface, and what it is to the round under way. */
export class LossCounter extends Counter {
  readonly rule: Rule
  /** The round that it last joined. */
  round = 0
  /** The round that it last added its increase to. */
  added = 0
  /** Of its first reading, ms since the epoch. */
  firstTime = Number.NaN

  constructor(rule: Rule) {
    super()
    this.rule = rule
  }
}

/**
 * packet_loss of one interface: the packets lost over all packets between two readings of its counters, however the device sends them.
 *
 * Readings are gathered in rounds. A round ends when every counter that was ever seen here has joined it, at the end of the notification; or
 * when one that has joined comes again, for a device that does not repeat counters that stand still: those count as not having grown. It
 * gives a value when there are counters of lost and of passed packets, what each of them counted is known, and anything was counted at all.
 */
export class Loss {
  /** Of the newest reading, ms since the epoch. */
  time = Number.NaN
  /** The end of the notification will be asked about. */
  touched = false
  /** The last round that gave a value: it, and the time from reading to reading in seconds. */
  ratio = 0
  seconds = 0
  readonly #members: LossCounter[] = []
  #round = 1
  #joined = 0
  /** A counter was first read in this round: whether there are more of them shows only when one comes again. */
  #first = false
  /** A counter began anew in this round, so it has no value. */
  #void = false
  #lost = 0
  #passed = 0
  #seconds = 0
  /** When the round began to be counted, ms since the epoch. */
  #from = Number.NaN
  /** Readings in the notification under way. */
  #reads = 0

  /** The counter of a rule; a reading is its own to take first. */
  counter(rule: Rule): LossCounter {
    for (const counter of this.#members) if (counter.rule === rule) return counter
    const counter = new LossCounter(rule)
    this.#members.push(counter)
    return counter
  }

  /**
   * Takes a reading. True when it ended the round before it and that gave a value.
   * @param increase what the counter said to it
   * @param seconds since the reading before
   */
  take(member: LossCounter, time: number, increase: number, seconds: number): boolean {
    if (increase === NO_INCREASE.STALE) return false
    if (!(time <= this.time) || isSetBack(time, this.time)) this.time = time
    const ended = member.round === this.#round && this.#end()
    member.round = this.#round
    this.#joined++
    this.#reads++
    if (increase === NO_INCREASE.FIRST) {
      member.firstTime = time
      this.#first = true
    } else if (increase === NO_INCREASE.RESET) this.#void = true
    else {
      member.added = this.#round
      if (this.#seconds === 0) {
        this.#seconds = seconds
        this.#from = time - seconds * 1000
      }
      if (member.rule.part === 'lost') this.#lost += increase
      else this.#passed += increase
    }
    return ended
  }

  /** At the end of a notification: true when the round is complete and gave a value. */
  settle(): boolean {
    const all = this.#reads === this.#members.length
    this.#reads = 0
    if (this.#joined === this.#members.length) return !this.#first && this.#end()
    // The counters come together, but the round began in the midst of a notification: from here on each is a round.
    if (all) this.#begin()
    return false
  }

  /** Does without a counter that better ones stand in for. */
  drop(rule: Rule): void {
    const at = this.#members.findIndex((member) => member.rule === rule)
    if (at < 0) return
    const [{ round }] = this.#members.splice(at, 1) as [LossCounter]
    if (round !== this.#round) return
    // Its packets would be counted twice.
    this.#joined--
    this.#void = true
  }

  #end(): boolean {
    const packets = this.#lost + this.#passed
    const gives =
      !this.#void && packets > 0 && this.#has('lost') && this.#has('passed') && this.#members.every((member) => this.#isKnown(member))
    if (gives) {
      this.ratio = this.#lost / packets
      this.seconds = this.#seconds
    }
    this.#begin()
    return gives
  }

  #has(part: Part): boolean {
    return this.#members.some(({ rule }) => rule.part === part)
  }

  /** It added to the round, or it stood still: then it must have been there when the round began. */
  #isKnown({ added, firstTime }: LossCounter): boolean {
    return added === this.#round || firstTime <= this.#from + CLOCK
  }

  #begin(): void {
    this.#round++
    this.#joined = 0
    this.#first = false
    this.#void = false
    this.#lost = 0
    this.#passed = 0
    this.#seconds = 0
  }
}
