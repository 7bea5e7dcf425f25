/** What the heap orders by. */
export interface Started {
  readonly start: number
}

/**
 * A binary heap by `start` in a plain array, step for step as java.util.PriorityQueue: partial matches that start with one row are taken in
 * the order in which that heap happens to hold them, and Flink's results depend on it.
 */
export function pushStart<T extends Started>(heap: T[], entry: T): void {
  let i = heap.length
  heap.push(entry)
  while (i > 0) {
    const up = (i - 1) >> 1
    const parent = heap[up] as T
    if (entry.start >= parent.start) break
    heap[i] = parent
    i = up
  }
  heap[i] = entry
}

/** Takes the first entry out. */
export function popStart<T extends Started>(heap: T[]): T | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (last && heap.length > 0) sink(heap, 0, last)
  return first
}

/** Takes out what `gone` says; what stays is put in order anew, as PriorityQueue.removeAll does, but only where something went. */
export function removeStarts<T extends Started>(heap: T[], gone: (entry: T) => boolean): boolean {
  let kept = 0
  for (const entry of heap) if (!gone(entry)) heap[kept++] = entry
  if (kept === heap.length) return false
  heap.length = kept
  for (let i = (kept >> 1) - 1; i >= 0; i--) sink(heap, i, heap[i] as T)
  return true
}

function sink<T extends Started>(heap: T[], from: number, entry: T): void {
  const size = heap.length
  const half = size >> 1
  let i = from
  while (i < half) {
    let child = 2 * i + 1
    const right = child + 1
    if (right < size && (heap[child] as T).start > (heap[right] as T).start) child = right
    const below = heap[child] as T
    if (entry.start <= below.start) break
    heap[i] = below
    i = child
  }
  heap[i] = entry
}
