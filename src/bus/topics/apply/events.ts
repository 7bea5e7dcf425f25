import type { Step } from '../steps.ts'

/** How far the moves of an apply are. */
export interface MoveProgress {
  /** Bytes that have arrived, and that are to arrive, over all moves of this apply. */
  moved: number
  total: number
  /** Partitions under way now, and those that wait for their turn. */
  moving: number
  waiting: number
  /** Over the last seconds; null in the first. */
  bytesPerSecond: number | null
  /** null where nothing moves fast enough to tell. */
  leftMs: number | null
}

export interface ApplyEvents {
  onStep(step: Step): void
  onProgress(progress: MoveProgress): void
  /** Nothing has arrived for a while; ms. */
  onStall(forMs: number): void
}

export interface Failure {
  topic: string
  message: string
}
