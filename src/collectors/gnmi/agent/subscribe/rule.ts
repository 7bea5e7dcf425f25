import type { Sampled } from '../sampler.ts'
import type { Leaf, LeafPath, LeafValue } from '../tree/leaf.ts'
import type { Pattern } from '../tree/pattern.ts'
import type { Outbox } from './outbox.ts'

/** How a rule decides what to send; times in ticks. */
export interface RuleOptions {
  pattern: Pattern
  sources: readonly Sampled[]
  /** Only leaves of this kind. */
  kind?: Leaf['kind']
  /** Send a sample this often. */
  sampleEvery?: number
  /** A sample has only what is not as it was sent last. */
  suppressRedundant?: boolean
  /** Look for changes this often. */
  changesEvery?: number
  /** Send everything at least this often, changed or not. */
  heartbeatEvery?: number
}

interface Sent {
  path: LeafPath
  value: LeafValue
}

/** One subscription of a stream, or one half of it where TARGET_DEFINED treats its leaves differently. Pure but for the outbox. */
export class Rule {
  readonly sources: readonly Sampled[]
  readonly #options: RuleOptions
  /** By leaf: what was sent last, for changes and deletes. */
  readonly #sent = new Map<string, Sent>()
  #nextSample = Number.POSITIVE_INFINITY
  #nextLook = Number.POSITIVE_INFINITY
  #nextHeartbeat = Number.POSITIVE_INFINITY

  constructor(options: RuleOptions) {
    this.#options = options
    this.sources = options.sources
  }

  /** The tick at which it has something to do. */
  get nextTick(): number {
    return Math.ceil(Math.min(this.#nextSample, this.#nextLook, this.#nextHeartbeat))
  }

  /**
   * The state as it is, and the beginning of its time.
   * @param now in ticks, with a fraction
   * @param quiet updates_only: know the state, and do not send it
   */
  start(now: number, outbox: Outbox, { quiet = false } = {}): void {
    const { sampleEvery = Number.POSITIVE_INFINITY, changesEvery = Number.POSITIVE_INFINITY, heartbeatEvery } = this.#options
    this.#nextSample = now + sampleEvery
    this.#nextLook = now + changesEvery
    this.#nextHeartbeat = now + (heartbeatEvery ?? Number.POSITIVE_INFINITY)
    this.#go(outbox, () => !quiet)
  }

  /** What is due at the tick. */
  run(tick: number, outbox: Outbox): void {
    const [heartbeat, sample, look] = [this.#nextHeartbeat <= tick, this.#nextSample <= tick, this.#nextLook <= tick]
    if (!heartbeat && !sample && !look) return
    const { sampleEvery = 0, changesEvery = 0, heartbeatEvery = 0, suppressRedundant } = this.#options
    if (heartbeat) this.#nextHeartbeat = after(this.#nextHeartbeat, heartbeatEvery, tick)
    if (sample) this.#nextSample = after(this.#nextSample, sampleEvery, tick)
    if (look) this.#nextLook = after(this.#nextLook, changesEvery, tick)
    this.#go(outbox, (leaf) => heartbeat || (sample && !suppressRedundant) || this.#isNew(leaf))
  }

  #isNew({ path, value }: Leaf): boolean {
    return this.#sent.get(path.text)?.value !== value
  }

  #go(outbox: Outbox, wanted: (leaf: Leaf) => boolean): void {
    const { pattern, kind } = this.#options
    const gone = new Map(this.#sent)
    let time = 0
    for (const { reading } of this.sources) {
      time = Math.max(time, reading?.time ?? 0)
      for (const leaf of reading?.leaves ?? []) {
        if ((kind && leaf.kind !== kind) || !pattern.matches(leaf.path)) continue
        gone.delete(leaf.path.text)
        if (wanted(leaf)) outbox.update(leaf, reading?.time ?? 0)
        this.#sent.set(leaf.path.text, leaf)
      }
    }
    if (gone.size > 0) this.#tellGone(gone, time, outbox)
  }

  /** A list entry that has no leaf any more is one delete, where the subscription is about the whole entry. */
  #tellGone(gone: ReadonlyMap<string, Sent>, time: number, outbox: Outbox): void {
    for (const text of gone.keys()) this.#sent.delete(text)
    const left = new Set([...this.#sent.values()].flatMap(({ path }) => path.entry?.text ?? []))
    const deletes = new Map<string, { path: LeafPath; leaves: LeafPath[] }>()
    for (const { path } of gone.values()) {
      const whole = path.entry && !left.has(path.entry.text) && this.#options.pattern.matches(path.entry)
      const at = whole && path.entry ? path.entry : path
      const one = deletes.get(at.text) ?? { path: at, leaves: [] }
      deletes.set(at.text, one)
      one.leaves.push(path)
    }
    for (const { path, leaves } of deletes.values()) outbox.remove(path, leaves, time)
  }
}

/** The next time of a rhythm; beats that were missed are not made up for. */
function after(last: number, every: number, tick: number): number {
  const next = last + every
  return next > tick ? next : tick + every
}
