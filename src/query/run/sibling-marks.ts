import type { Bus } from '../../bus/bus.ts'

/** What a job says of its watermark in the metadata of its offsets, for the jobs that read the other partitions. */
export function markText(mark: number, idle: boolean): string {
  return idle ? 'idle' : `mark ${mark}`
}

/** Up to where time has come in the partitions of a topic that others read: the smallest mark of those that are not idle; -Infinity where one is not known. */
export async function siblingMark(bus: Bus, siblings: readonly string[], topic: string): Promise<number> {
  let smallest = Number.POSITIVE_INFINITY
  for (const sibling of siblings) {
    const commits = await bus.fetchOffsets(sibling, [topic])
    if (commits.length === 0) return Number.NEGATIVE_INFINITY
    for (const { metadata = '' } of commits) {
      if (metadata === 'idle') continue
      const mark = metadata.startsWith('mark ') ? Number(metadata.slice(5)) : Number.NaN
      smallest = Math.min(smallest, Number.isNaN(mark) ? Number.NEGATIVE_INFINITY : mark)
    }
  }
  return smallest === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : smallest
}
