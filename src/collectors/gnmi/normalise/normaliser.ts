import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import { KIND } from '../wire/value.ts'
import { NO_PATH, type WirePath } from '../wire/wire-path.ts'
import type { CompiledMappings } from './compiled-mappings.ts'
import { JsonWalk } from './json-walk.ts'
import type { PlacedRule, Verdict } from './matcher.ts'
import { MetricStates } from './metric-states.ts'
import { Reading } from './reading.ts'
import type { Sample } from './sample.ts'

export interface NormaliserOptions {
  /** Most leaves whose last reading is kept; the stalest go first. Default 20,000: 1,400 interfaces with all their counters. */
  capacity?: number
}

/** What was met, since the beginning. */
export interface NormaliserCounts {
  /** Values of leaves that a rule is about, of which it can make nothing. */
  unreadable: number
  /** Readings of counters that were not newer than the one before. */
  stale: number
  /** Counters that began anew. */
  resets: number
  /** Readings forgotten for want of room. */
  evicted: number
}

const NO_SAMPLES: readonly Sample[] = []
const BRACE = 0x7b
const BRACKET = 0x5b

/**
 * Turns the notifications of one target into samples, by the rules of the mappings: gauges as they are, counters as rates since the reading
 * before. Pure: it knows no time but the one it is given. Updates that no rule is about cost a look-up.
 */
export class Normaliser {
  readonly #mappings: CompiledMappings
  readonly #states: MetricStates
  readonly #reading = new Reading()
  /** Made for the first tree: most devices are asked for leaves. */
  #walker: JsonWalk | undefined

  constructor(mappings: CompiledMappings, { capacity = 20_000 }: NormaliserOptions = {}) {
    this.#mappings = mappings
    this.#states = new MetricStates(mappings.rules, capacity)
  }

  get counts(): NormaliserCounts {
    return { ...this.#states.counts, evicted: this.#states.store.evicted }
  }

  /** Values that gave no sample so far; as in {@link counts}, for those who look after each notification. */
  get unreadable(): number {
    return this.#states.counts.unreadable
  }

  /** The last leaf that counted as unreadable, for a log that samples. */
  get lastUnreadable(): string {
    return this.#states.lastUnreadable
  }

  /**
   * The samples of a response; of a sync, an error or an empty one there are none. Never throws on what a device sent.
   * @param timeMs of the notification, ms since the epoch; one that is older than the last gives gauges but no rates
   */
  samples(response: SubscribeResponse, timeMs: number): readonly Sample[] {
    if (response.kind !== 'notification') return NO_SAMPLES
    const { prefix, deletes, deleteCount, updates, updateCount } = response
    this.#states.begin(timeMs)
    for (let i = 0; i < deleteCount; i++) this.#forget(prefix, deletes[i] as WirePath)
    for (let i = 0; i < updateCount; i++) (updates[i] as UpdateSlot).path.latest = i
    for (let i = 0; i < updateCount; i++) {
      const update = updates[i] as UpdateSlot
      // Of one path the last value counts (gNMI 2.1). Trees are walked all the same: each may have other leaves.
      if (update.path.latest !== i && !isTree(update)) continue
      const verdict = this.#mappings.verdict(prefix, update.path)
      if (verdict !== null) this.#update(prefix, update, verdict)
    }
    return this.#states.end()
  }

  /** Forgets every reading, as for another device at the same address. A new stream of the same device needs no reset. */
  reset(): void {
    this.#states.store.clear()
  }

  #update(prefix: WirePath, update: UpdateSlot, verdict: Verdict): void {
    const { node, open } = verdict
    if (isTree(update)) {
      if (node.below.length === 0 && open === undefined) return
      const whole = this.#walk().walk(update.bytes, prefix, update.path, verdict)
      if (!whole) this.#states.unreadable(`${prefix.text}${update.path.text}: not JSON`)
      return
    }
    const { here } = node
    if (here.length === 0) return
    this.#reading.ofSlot(update)
    for (let i = 0; i < here.length; i++) {
      const rule = here[i] as PlacedRule
      this.#states.take(rule, rule.instance.of(prefix.elems, update.path.elems), this.#reading)
    }
  }

  #walk(): JsonWalk {
    this.#walker ??= new JsonWalk((node, elems, bytes, start, end) => {
      this.#reading.ofJson(bytes, start, end)
      for (const rule of node.here) this.#states.take(rule, rule.instance.of(elems, NO_PATH.elems), this.#reading)
    })
    return this.#walker
  }

  /** What was deleted is another thing when it comes back. That the device booted is not forgotten. */
  #forget(prefix: WirePath, path: WirePath): void {
    const { store } = this.#states
    if (store.size === 0) return
    const elems = [...prefix.elems, ...path.elems]
    for (const { slot, instance } of this.#mappings.rulesUnder(prefix, path)) {
      const { text, whole } = instance.known(elems)
      if (whole) store.drop(slot, text)
      else store.dropAll(slot, text)
    }
  }
}

/** Whether a value is a JSON object or array; white space before it is legal. */
function isTree({ kind, source, start, end }: UpdateSlot): boolean {
  if (kind !== KIND.JSON && kind !== KIND.JSON_IETF) return false
  let at = start
  while (at < end && (source[at] as number) <= 0x20) at++
  return source[at] === BRACE || source[at] === BRACKET
}
