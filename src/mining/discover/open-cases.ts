/** An activity that was started and is not yet completed; times in ms since the epoch. */
export interface Running {
  activity: number
  since: number
  /** Time for which it was suspended. */
  pausedMs: number
  /** Since when it is suspended. */
  suspended: number | null
}

/** What is remembered of a case that may go on. */
export interface OpenCase {
  /** Time of the last that was heard of it. */
  heard: number
  /** Time of its first and of its last step; 0 before there is one. */
  first: number
  last: number
  steps: number
  /** Activities in their order, one UTF-16 unit each; of a long case the first so many. */
  trace: string
  /** The last step. */
  activity: number
  person: number
  team: number
  running: Running[]
  /** Per activity, when it was last completed: what tells rework. */
  seen: Array<[activity: number, at: number]>
}

/** Activities of a case beyond these are not part of its variant. */
export const LONGEST_TRACE = 256
/** Activities that are started at one time in one case, and distinct ones that rework is told by. */
export const MOST_RUNNING = 64
export const MOST_SEEN = 256

export const newCase = (heard: number): OpenCase => {
  return { heard, first: 0, last: 0, steps: 0, trace: '', activity: -1, person: -1, team: -1, running: [], seen: [] }
}

/** The cases that may go on, at most so many: the one that nothing was heard of for longest has to make room. */
export class OpenCases {
  readonly #most: number
  #cases = new Map<string, OpenCase>()

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#cases.size
  }

  /** The case, and the one that had to go for it. */
  touch(id: string, time: number): { found: OpenCase; gone: OpenCase | undefined } {
    let found = this.#cases.get(id)
    if (found) {
      // Taken out and put in again, it is the last in the map's order.
      this.#cases.delete(id)
      this.#cases.set(id, found)
      found.heard = Math.max(found.heard, time)
      return { found, gone: undefined }
    }
    found = newCase(time)
    this.#cases.set(id, found)
    return { found, gone: this.#cases.size > this.#most ? this.#dropOldest() : undefined }
  }

  #dropOldest(): OpenCase | undefined {
    for (const [id, oldest] of this.#cases) {
      this.#cases.delete(id)
      return oldest
    }
    return undefined
  }

  /** Takes out every case that `test` holds for among those not heard of for longest, up to the first for which it does not. */
  *idle(test: (open: OpenCase) => boolean): Generator<OpenCase> {
    for (const [id, open] of this.#cases) {
      if (!test(open)) return
      this.#cases.delete(id)
      yield open
    }
  }

  values(): IterableIterator<OpenCase> {
    return this.#cases.values()
  }

  save(): Array<[string, OpenCase]> {
    return structuredClone([...this.#cases])
  }

  load(saved: Array<[string, OpenCase]>): void {
    this.#cases = new Map(structuredClone(saved))
  }
}
