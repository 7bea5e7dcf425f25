/**
 * Book-keeping over what was written and what came out: every record carries the name of its stream and its number there. A record is
 * acknowledged, refused (then whether it arrived is unknown), or still under way; and it was read so and so often in each topic.
 */

const UNDER_WAY = 0
const ACKNOWLEDGED = 1
const UNKNOWN = 2

export interface Counts {
  produced: number
  acknowledged: number
  /** Written without an answer: whether they arrived cannot be known. */
  unknown: number
  read: number
  /** Acknowledged, and not read; in a copy: read at the source, and not in the copy. */
  lost: number
  doubled: number
  /** Transactions of which a part was read. */
  torn: number
}

export class Stream {
  readonly name: string
  /** Records that were written together in one transaction; 1 where each is for itself. */
  readonly together: number
  readonly #states: number[] = []
  readonly #reads: number[] = []
  readonly #copies: number[] = []
  readonly #copied: boolean

  constructor(name: string, options: { together?: number; copied?: boolean } = {}) {
    this.name = name
    this.together = options.together ?? 1
    this.#copied = options.copied ?? false
  }

  get next(): number {
    return this.#states.length
  }

  /** Numbers for `count` records that are about to be written. */
  take(count: number): number[] {
    return Array.from({ length: count }, () => this.#states.push(UNDER_WAY) - 1)
  }

  acknowledge(numbers: readonly number[]): void {
    for (const number of numbers) this.#states[number] = ACKNOWLEDGED
  }

  refuse(numbers: readonly number[]): void {
    for (const number of numbers) this.#states[number] = UNKNOWN
  }

  seen(number: number, where: 'source' | 'copy'): void {
    const reads = where === 'source' ? this.#reads : this.#copies
    reads[number] = (reads[number] ?? 0) + 1
  }

  /** Numbers that were acknowledged. */
  acknowledged(): number[] {
    return this.#states.flatMap((state, number) => (state === ACKNOWLEDGED ? [number] : []))
  }

  /** Of the records from a number on. */
  count(from = 0): Counts {
    const counts: Counts = { produced: 0, acknowledged: 0, unknown: 0, read: 0, lost: 0, doubled: 0, torn: 0 }
    for (let i = from; i < this.#states.length; i++) {
      const [state, reads, copies] = [this.#states[i], this.#reads[i] ?? 0, this.#copies[i] ?? 0]
      counts.produced++
      if (state === ACKNOWLEDGED) counts.acknowledged++
      else counts.unknown++
      if (reads > 0) counts.read++
      if (state === ACKNOWLEDGED && reads === 0) counts.lost++
      if (this.#copied && reads > 0 && copies === 0) counts.lost++
      counts.doubled += Math.max(0, reads - 1) + Math.max(0, copies - 1)
    }
    for (let i = from - (from % this.together); this.together > 1 && i < this.#states.length; i += this.together) {
      const whole = Array.from({ length: this.together }, (_, k) => (this.#reads[i + k] ?? 0) > 0)
      if (whole.some((there) => there !== whole[0])) counts.torn++
    }
    return counts
  }
}

export function sum(all: readonly Counts[]): Counts {
  const total: Counts = { produced: 0, acknowledged: 0, unknown: 0, read: 0, lost: 0, doubled: 0, torn: 0 }
  for (const counts of all) for (const name of Object.keys(total) as Array<keyof Counts>) total[name] += counts[name]
  return total
}

/** A record's value: its stream, its number there, its key, the time it was made at, and letters that make it as long as a real event. */
export function valueFor(stream: string, number: number, at: number): string {
  return `{"stream":"${stream}","number":${number},"k":"${keyFor(stream, number)}","at":${at},"fill":"${FILL}"}`
}

export const keyFor = (stream: string, number: number): string => `${stream}-${number % 97}`
const FILL = 'x'.repeat(160)

export function readValue(value: Buffer | null): { stream: string; number: number; k: string; at: number } {
  return JSON.parse(String(value))
}

/** The longest time that each of several places waited for something to happen, and when what happened last had begun. */
export class Gaps {
  readonly #clock: () => number
  readonly #last = new Map<string, number>()
  readonly #begun = new Map<string, number>()
  #longest = 0
  #at = ''

  constructor(places: readonly string[], clock: () => number = Date.now) {
    this.#clock = clock
    for (const place of places) this.#begun.set(place, 0)
    this.reset()
  }

  reset(): void {
    this.#longest = 0
    for (const place of this.#begun.keys()) this.#last.set(place, this.#clock())
  }

  note(place: string, begun: number): void {
    const now = this.#clock()
    const gap = now - (this.#last.get(place) ?? now)
    if (gap > this.#longest) [this.#longest, this.#at] = [gap, place]
    this.#last.set(place, now)
    this.#begun.set(place, begun)
  }

  /** ms, and where; what is waited for now counts. */
  get longest(): { ms: number; at: string } {
    const now = this.#clock()
    let longest = { ms: this.#longest, at: this.#at }
    for (const [at, last] of this.#last) if (now - last > longest.ms) longest = { ms: now - last, at }
    return longest
  }

  /** Places where nothing that began after `since` has come to its end yet. */
  waiting(since: number): string[] {
    return [...this.#begun].filter(([, begun]) => begun <= since).map(([place]) => place)
  }
}
