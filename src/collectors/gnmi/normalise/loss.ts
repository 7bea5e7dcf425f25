import { Counter, NO_INCREASE } from './counter.ts'
import type { Part, Rule } from './rule.ts'

interface Member {
  rule: Rule
  counter: Counter
  /** The round that it last added to. */
  round: number
  /** The round in the midst of which it was first read: what it counted in that one is not known. */
  missed: number
}

/**
 * packet_loss of one interface: the packets lost over all packets between two readings of its counters, however the device sends them.
 *
 * Counters add their increases to a round. A round ends when every counter that was ever seen here has added to it, at the end of the
 * notification; or when one that has added comes again, for a device that does not repeat counters that stand still: those count as not
 * having grown. It gives a value when both a counter of lost and one of passed packets are known, and anything was counted at all.
 */
export class Loss {
  /** Of the newest reading, ms since the epoch. */
  time = Number.NaN
  /** The end of the notification will be asked about. */
  touched = false
  /** The last round that ended: its value, and its time from reading to reading in seconds. */
  ratio = 0
  seconds = 0
  readonly #members: Member[] = []
  #round = 1
  #added = 0
  #lost = 0
  #passed = 0
  #seconds = 0

  /**
   * Takes a reading. True when it ended the round before it and that gave a value.
   * @param increase what the counter's own `take` said to it
   */
  take(rule: Rule, time: number, increase: number): boolean {
    const member = this.#member(rule)
    if (increase === NO_INCREASE.STALE) return false
    if (!(time <= this.time)) this.time = time
    // What the others counted meanwhile is no whole either.
    if (increase === NO_INCREASE.RESET) this.#begin()
    if (increase === NO_INCREASE.FIRST && this.#added > 0) member.missed = this.#round
    if (increase < 0) return false
    const ended = member.round === this.#round && this.#end()
    member.round = this.#round
    if (this.#added++ === 0) this.#seconds = member.counter.seconds
    if (rule.part === 'lost') this.#lost += increase
    else this.#passed += increase
    return ended
  }

  /** At the end of a notification: true when the round is complete and gave a value. */
  settle(): boolean {
    return this.#added > 0 && this.#added === this.#members.length && this.#end()
  }

  /** Does without a counter that better ones stand in for. */
  drop(rule: Rule): void {
    const at = this.#members.findIndex((member) => member.rule === rule)
    if (at < 0) return
    const [{ round }] = this.#members.splice(at, 1) as [Member]
    // Packets of the round under way would be counted twice.
    if (round === this.#round) this.#begin()
  }

  counter(rule: Rule): Counter {
    return this.#member(rule).counter
  }

  #member(rule: Rule): Member {
    for (const member of this.#members) if (member.rule === rule) return member
    const member = { rule, counter: new Counter(), round: 0, missed: 0 }
    this.#members.push(member)
    return member
  }

  #end(): boolean {
    const packets = this.#lost + this.#passed
    const gives = packets > 0 && this.#knows('lost') && this.#knows('passed')
    if (gives) {
      this.ratio = this.#lost / packets
      this.seconds = this.#seconds
    }
    this.#begin()
    return gives
  }

  #knows(part: Part): boolean {
    return this.#members.some(({ rule, missed }) => rule.part === part && missed !== this.#round)
  }

  #begin(): void {
    this.#round++
    this.#added = 0
    this.#lost = 0
    this.#passed = 0
  }
}
