import { type BatchHeader, batchHeaders, CONTROL, damaged, isAbortMarker, TRANSACTIONAL } from './batch-decoder.ts'
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
  try {
    for (const header of batchHeaders(records, place)) {
      if (header.nextOffset <= header.baseOffset) throw damaged(place, `the batch at offset ${header.baseOffset} ends before it begins`)
      nextOffset = header.nextOffset
      for (let first = waiting[0]; first && first.firstOffset < header.nextOffset; first = waiting[0]) {
        dead.add(first.producerId)
        waiting.shift()
      }
      if (header.attributes & CONTROL) {
        if (isAbortMarker(records, header)) dead.delete(header.producerId)
      } else if (!(header.attributes & TRANSACTIONAL && dead.has(header.producerId))) visible.push(header)
    }
  } catch (error) {
    // What comes before is good; the next answer begins with what is not, and is refused.
    if (nextOffset === null) throw error
  }
  // Brokers cut an answer off where it is full, but never its first batch (KIP-74): asking again would bring the same.
  if (nextOffset === null && records.length > 0) throw damaged(place, `no whole batch in ${records.length} bytes`)
  return { visible, nextOffset }
}
