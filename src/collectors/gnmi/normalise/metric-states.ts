import { METRICS } from '../../../events/metrics.ts'
import { Boot, isPlausibleBoot } from './boot.ts'
import { SLOTS } from './compiled-mappings.ts'
import { Counter, NO_INCREASE } from './counter.ts'
import { durationOfText, instantOfNumber, instantOfText } from './instants.ts'
import { Loss } from './loss.ts'
import type { PlacedRule } from './matcher.ts'
import { localName } from './path-pattern.ts'
import { READING, type Reading } from './reading.ts'
import type { Sample } from './sample.ts'
import { isSetBack } from './set-back.ts'
import { Share } from './share.ts'
import { StateStore, type Stored } from './state-store.ts'

const NO_SAMPLES: readonly Sample[] = []
/** The instance of what is about the device as a whole. */
const DEVICE = ''
/** A fallback counts again when what it stands in for has not been heard of for so long, ms. */
const FALLBACK_AFTER = 300_000
/** Counters are read late and sent in bursts: more than the speed of the interface, by this factor, is not plausible. */
const OVER_SPEED = 1.1

interface Speed extends Stored {
  /** bit/s */
  value: number
}

interface Touched<State> {
  state: State
  rule: PlacedRule
  instance: string
}

/** What the readings of one target were, and what samples follow from the next ones. */
export class MetricStates {
  readonly counts = { unreadable: 0, stale: 0, resets: 0 }
  readonly store: StateStore
  /** The last leaf of which nothing could be made. */
  lastUnreadable = ''
  #time = 0
  #samples: Sample[] | undefined
  /** Of the notification under way: what is asked for its value at the end. */
  readonly #losses: Array<Touched<Loss>> = []
  readonly #shares: Array<Touched<Share>> = []
  readonly #counterSlots: ReadonlySet<number>

  constructor(rules: readonly PlacedRule[], capacity: number) {
    this.store = new StateStore(capacity)
    this.#counterSlots = counterSlotsOf(rules)
  }

  /** @param time of the notification that begins, ms since the epoch */
  begin(time: number): void {
    this.#time = time
    this.#samples = undefined
  }

  /** The notification is over: its samples. */
  end(): readonly Sample[] {
    if (this.#losses.length > 0) this.#settleLosses()
    if (this.#shares.length > 0) this.#settleShares()
    const samples = this.#samples ?? NO_SAMPLES
    // Not kept until the next one: of a thousand targets they would grow old, and so would all that they hold.
    this.#samples = undefined
    return samples
  }

  take(rule: PlacedRule, instance: string, reading: Reading): void {
    if (rule.fallback && this.#isOverruled(rule, instance)) return
    const isNumber = reading.kind === READING.COUNT || reading.kind === READING.NUMBER
    let readable = true
    if (rule.kind === 'counter') {
      readable = reading.kind === READING.COUNT
      if (readable) this.#counter(rule, instance, reading)
    } else if (rule.kind === 'gauge') {
      readable = isNumber
      if (readable) this.#gauge(rule, instance, reading.number)
    } else if (rule.kind === 'enum') readable = this.#enum(rule, instance, reading)
    else if (rule.kind === 'timestamp')
      readable = this.#timestamp(rule, instance, isNumber ? instantOfNumber(reading.number) : instantOf(reading))
    else readable = this.#duration(rule, instance, isNumber ? scaled(rule, reading.number) : durationOf(reading))
    if (!readable) this.unreadable(instance ? `${rule.pattern.text} of ${instance}` : rule.pattern.text)
    else if (rule.groupSlot >= 0 && !rule.fallback) this.#overrules(rule, instance)
  }

  unreadable(what: string): void {
    this.counts.unreadable++
    this.lastUnreadable = what
  }

  /** Of a fallback: another rule gives the same. */
  #isOverruled(rule: PlacedRule, instance: string): boolean {
    const seen = this.store.get(rule.groupSlot, instance)
    if (!seen || this.#time - seen.time > FALLBACK_AFTER || isSetBack(this.#time, seen.time)) return false
    if (rule.kind === 'counter' && rule.part) (this.store.get(rule.slot, instance) as Loss | undefined)?.drop(rule)
    return true
  }

  /** Of a rule that has fallbacks: they are not wanted now. */
  #overrules({ groupSlot }: PlacedRule, instance: string): void {
    const seen = this.store.get(groupSlot, instance)
    if (!seen) this.store.add(groupSlot, instance, { time: this.#time })
    else if (seen.time < this.#time || isSetBack(this.#time, seen.time)) seen.time = this.#time
  }

  #gauge(rule: PlacedRule, instance: string, number: number): void {
    const { part, metric } = rule
    if (part) {
      const share = (this.store.get(rule.slot, instance) as Share | undefined) ?? this.store.add(rule.slot, instance, new Share())
      share.take(part, number, this.#time)
      if (!share.touched) this.#shares.push({ state: share, rule, instance })
      share.touched = true
      return
    }
    const value = scaled(rule, number)
    if (metric === 'if_speed') this.#speedIs(instance, value)
    this.#sample(rule, instance, value)
  }

  #enum(rule: PlacedRule, instance: string, reading: Reading): boolean {
    if (reading.kind === READING.NONE) return false
    const value = rule.values.get(localName(reading.text).toLowerCase()) ?? rule.otherwise
    if (value === undefined) return false
    if (rule.metric === 'if_speed') this.#speedIs(instance, value)
    this.#sample(rule, instance, value)
    return true
  }

  #speedIs(instance: string, value: number): void {
    const speed = this.store.get(SLOTS.SPEED, instance) as Speed | undefined
    if (!speed) this.store.add<Speed>(SLOTS.SPEED, instance, { time: this.#time, value })
    else if (this.#time >= speed.time || isSetBack(this.#time, speed.time)) {
      speed.time = this.#time
      speed.value = value
    }
  }

  #counter(rule: PlacedRule, instance: string, { lo, hi }: Reading): void {
    const state = this.store.get(rule.slot, instance) as Counter | Loss | undefined
    if (rule.part) {
      const loss = (state as Loss | undefined) ?? this.store.add(rule.slot, instance, new Loss())
      const counter = loss.counter(rule)
      const seconds = (this.#time - counter.time) / 1000
      const increase = this.#increase(rule, instance, counter, lo, hi)
      if (loss.take(counter, this.#time, increase, seconds)) this.#sample(rule, instance, loss.ratio, loss.seconds)
      if (!loss.touched) this.#losses.push({ state: loss, rule, instance })
      loss.touched = true
      return
    }
    const counter = (state as Counter | undefined) ?? this.store.add(rule.slot, instance, new Counter())
    const seconds = (this.#time - counter.time) / 1000
    const increase = this.#increase(rule, instance, counter, lo, hi)
    if (increase < 0) return
    const { multiply, divide } = rule.factor
    const rate = (increase * multiply) / divide / seconds
    this.#sample(rule, instance, rule.unit === 'bit/s' ? Math.round(rate) : rate, seconds)
  }

  #increase(rule: PlacedRule, instance: string, counter: Counter, lo: number, hi: number): number {
    let perSecond = 0
    if (rule.wireBits > 0 && counter.fell(lo, hi)) {
      const speed = this.store.get(SLOTS.SPEED, instance) as Speed | undefined
      if (speed) perSecond = (speed.value / rule.wireBits) * OVER_SPEED
    }
    const increase = counter.take(this.#time, lo, hi, rule.bits, perSecond)
    if (increase === NO_INCREASE.STALE) this.counts.stale++
    else if (increase === NO_INCREASE.RESET) this.counts.resets++
    return increase
  }

  #timestamp(rule: PlacedRule, instance: string, instant: number): boolean {
    if (!isPlausibleBoot(instant, this.#time)) return false
    const seconds = Math.max(0, (this.#time - instant) / 1000)
    if (rule.metric === 'uptime' && this.#boot(instance).bootedAt(instant, this.#time)) this.#rebooted(instance)
    this.#sample(rule, instance, Math.floor(seconds))
    return true
  }

  #duration(rule: PlacedRule, instance: string, seconds: number): boolean {
    if (!(seconds >= 0)) return false
    if (rule.metric !== 'uptime') {
      this.#sample(rule, instance, seconds)
      return true
    }
    if (this.#boot(instance).upFor(seconds, this.#time)) this.#rebooted(instance)
    this.#sample(rule, instance, Math.floor(seconds))
    return true
  }

  #boot(instance: string): Boot {
    return (this.store.get(SLOTS.BOOT, instance) as Boot | undefined) ?? this.store.add(SLOTS.BOOT, instance, new Boot())
  }

  /** Of the device: then all its counters began anew, and rates from before to after would be nonsense. */
  #rebooted(instance: string): void {
    if (instance === DEVICE) {
      this.store.clear((slot) => this.#counterSlots.has(slot))
      this.#losses.length = 0
      this.#samples = this.#samples?.filter(({ interval }) => interval === undefined)
    }
    this.#push({ metric: 'reboot', unit: METRICS.reboot.unit, instance, value: 1 })
  }

  #settleLosses(): void {
    for (const { state, rule, instance } of this.#losses) {
      state.touched = false
      if (state.settle()) this.#sample(rule, instance, state.ratio, state.seconds)
    }
    this.#losses.length = 0
  }

  #settleShares(): void {
    for (const { state, rule, instance } of this.#shares) {
      state.touched = false
      const share = state.settle()
      if (!Number.isNaN(share)) this.#sample(rule, instance, share)
    }
    this.#shares.length = 0
  }

  #sample({ metric, unit }: PlacedRule, instance: string, value: number, interval?: number): void {
    this.#push(interval === undefined ? { metric, unit, instance, value } : { metric, unit, instance, value, interval })
  }

  #push(sample: Sample): void {
    if (this.#samples) this.#samples.push(sample)
    else this.#samples = [sample]
  }
}

const counterSlots = new WeakMap<readonly PlacedRule[], ReadonlySet<number>>()

/** The same for all targets of the same rules. */
function counterSlotsOf(rules: readonly PlacedRule[]): ReadonlySet<number> {
  const slots = counterSlots.get(rules) ?? new Set(rules.filter(({ kind }) => kind === 'counter').map(({ slot }) => slot))
  counterSlots.set(rules, slots)
  return slots
}

function scaled({ factor: { multiply, divide }, complement }: PlacedRule, number: number): number {
  return ((complement ? divide / multiply - number : number) * multiply) / divide
}

const instantOf = (reading: Reading) => (reading.kind === READING.TEXT ? instantOfText(reading.text) : Number.NaN)
const durationOf = (reading: Reading) => (reading.kind === READING.TEXT ? durationOfText(reading.text) : Number.NaN)
