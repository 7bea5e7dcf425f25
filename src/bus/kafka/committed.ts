import { type BatchHeader, batchHeaders, CONTROL, isAbortMarker, TRANSACTIONAL } from './batch-decoder.ts'
import type { FetchedPartition } from './fetch-call.ts'

/**
 * The batches of an answer that a reader may see: no transaction markers, and none of the transactions that the broker lists as aborted
 * (for read_uncommitted it lists none). A transaction is over at its marker, so the same producer's next one is seen again.
 */
export function visibleBatches(
  { aborted, records }: FetchedPartition,
  place: string,
): { visible: BatchHeader[]; nextOffset: number | null } {
  // The broker lists transactions as they ended; one that began earlier may come later.
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  const dead = new Set<bigint>()
  const visible: BatchHeader[] = []
  let nextOffset: number | null = null
  for (const header of batchHeaders(records, place)) {
    nextOffset = header.nextOffset
    for (let first = waiting[0]; first && first.firstOffset < header.nextOffset; first = waiting[0]) {
      dead.add(first.producerId)
      waiting.shift()
    }
    if (header.attributes & CONTROL) {
      if (isAbortMarker(records, header)) dead.delete(header.producerId)
    } else if (!(header.attributes & TRANSACTIONAL && dead.has(header.producerId))) visible.push(header)
  }
  return { visible, nextOffset }
}
