import type { Change } from './change.ts'

/**
 * The newest alerts and events of a channel, as many as fit: what a client that was away for a moment is told without asking the bus. Gauges are
 * not here: their newest values are all that counts.
 */
export class Journal {
  readonly #most: number
  #changes: Change[] = []
  /** Where the ring begins in the list; the list is cut when half of it is gone. */
  #start = 0
  #bytes = 0
  /** `topic/partition` → from this offset on everything is here. */
  readonly #floors = new Map<string, number>()
  /** From this change on everything is here. */
  #floorSeq = 0

  /** @param most bytes of text, about */
  constructor(most = 16 << 20) {
    this.#most = most
  }

  /** Everything of a partition from this offset on will be added. */
  begin(topic: string, partition: number, offset: number): void {
    this.#floors.set(`${topic}/${partition}`, offset)
  }

  add(change: Change): void {
    this.#changes.push(change)
    this.#bytes += change.json.length
    while (this.#bytes > this.#most && this.#start < this.#changes.length - 1) this.#evict()
  }

  #evict(): void {
    const gone = this.#changes[this.#start++]
    if (!gone) return
    this.#bytes -= gone.json.length
    this.#floorSeq = gone.seq
    // One without a record is no offset of the partition.
    if (gone.wire.offset >= 0) this.#floors.set(`${gone.wire.topic}/${gone.wire.partition}`, gone.wire.offset + 1)
    if (this.#start * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#start)
      this.#start = 0
    }
  }

  /** Bytes of text held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether everything of a partition from `offset` on is here. */
  covers(topic: string, partition: number, offset: number): boolean {
    const floor = this.#floors.get(`${topic}/${partition}`)
    return floor !== undefined && offset >= floor
  }

  /** What came after change `seq`; undefined when some of it is gone. */
  after(seq: number): Change[] | undefined {
    if (seq < this.#floorSeq) return undefined
    // Binary search: the sequence rises.
    let [low, high] = [this.#start, this.#changes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#changes[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return this.#changes.slice(low)
  }

  /** All that is held, oldest first. */
  all(): Change[] {
    return this.#changes.slice(this.#start)
  }
}
