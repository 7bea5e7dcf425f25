import type { StreamEvent } from './stream-event.ts'

/**
 * Puts events of several partitions into the one order of event time (ties by topic, partition and offset), as a binary heap.
 * An event waits here until the watermark says that nothing earlier can come.
 */
export class EventOrder {
  readonly #heap: StreamEvent[] = []

  get waiting(): number {
    return this.#heap.length
  }

  push(event: StreamEvent): void {
    const heap = this.#heap
    let i = heap.push(event) - 1
    for (let parent = (i - 1) >> 1; i > 0 && before(event, at(heap, parent)); parent = (i - 1) >> 1) {
      heap[i] = at(heap, parent)
      i = parent
    }
    heap[i] = event
  }

  /** The next event not later than `watermark` (ms since the epoch), or undefined. */
  pop(watermark: number): StreamEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (!first || first.time > watermark) return undefined
    const last = heap.pop()
    if (last && heap.length > 0) this.#sink(last)
    return first
  }

  /** The first offset still waiting of a partition, or undefined when none waits. */
  firstWaiting(topic: string, partition: number): number | undefined {
    let first: number | undefined
    for (const event of this.#heap) {
      if (event.topic === topic && event.partition === partition && event.offset < (first ?? Number.POSITIVE_INFINITY)) first = event.offset
    }
    return first
  }

  #sink(event: StreamEvent): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(at(heap, child + 1), at(heap, child))) child++
      if (!before(at(heap, child), event)) break
      heap[i] = at(heap, child)
      i = child
    }
    heap[i] = event
  }
}

function at(heap: readonly StreamEvent[], i: number): StreamEvent {
  const event = heap[i]
  if (!event) throw new RangeError(`no event at ${i}`)
  return event
}

function before(a: StreamEvent, b: StreamEvent): boolean {
  if (a.time !== b.time) return a.time < b.time
  if (a.topic !== b.topic) return a.topic < b.topic
  return a.partition !== b.partition ? a.partition < b.partition : a.offset < b.offset
}
