/** What is remembered of a leaf, or of several that belong together. */
export interface Stored {
  /** When it last changed, ms since the epoch. */
  time: number
}

/** Of what is evicted, this part at once: to find the stalest costs a look at everything. */
const EVICTED_AT_ONCE = 0.25

/**
 * The state of one target, by what it is of (a slot: a rule, or several that belong together) and by instance. Bounded: when it is full, the
 * stalest quarter goes.
 */
export class StateStore {
  /** Entries that were evicted so far. */
  evicted = 0
  readonly #capacity: number
  readonly #slots: Array<Map<string, Stored> | undefined> = []
  #size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  get(slot: number, instance: string): Stored | undefined {
    return this.#slots[slot]?.get(instance)
  }

  add<T extends Stored>(slot: number, instance: string, state: T): T {
    if (this.#size >= this.#capacity) this.#evict()
    let instances = this.#slots[slot]
    if (!instances) {
      instances = new Map()
      this.#slots[slot] = instances
    }
    instances.set(instance, state)
    this.#size++
    return state
  }

  drop(slot: number, instance: string): void {
    if (this.#slots[slot]?.delete(instance)) this.#size--
  }

  /** Everything of a slot whose instance begins so. */
  dropAll(slot: number, beginning: string): void {
    for (const instance of this.#slots[slot]?.keys() ?? []) if (instance.startsWith(beginning)) this.drop(slot, instance)
  }

  /** Everything, of all slots or of those that are chosen. */
  clear(chosen: (slot: number) => boolean = () => true): void {
    for (const [slot, instances] of this.#slots.entries()) {
      if (!instances || !chosen(slot)) continue
      this.#size -= instances.size
      this.#slots[slot] = undefined
    }
  }

  #evict(): void {
    const times = new Float64Array(this.#size)
    let n = 0
    // What was never read in time order has no time, and goes first.
    for (const instances of this.#slots)
      for (const { time } of instances?.values() ?? []) times[n++] = Number.isNaN(time) ? -Infinity : time
    times.sort()
    let surplus = Math.ceil(this.#size * EVICTED_AT_ONCE)
    const limit = times[surplus - 1] as number
    for (const instances of this.#slots) {
      for (const [instance, { time }] of instances ?? []) {
        if (surplus === 0) return
        if (time > limit) continue
        instances?.delete(instance)
        this.#size--
        this.evicted++
        surplus--
      }
    }
  }
}
