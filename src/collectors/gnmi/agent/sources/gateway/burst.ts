/** What became of a few probes sent one after another. */
export interface Burst {
  sent: number
  received: number
  /** Microseconds there and back, on average; absent when none came back. */
  averageDelay?: number
}

/** Probes in one burst. */
export const PROBES = 5
/** ms to wait for an answer. */
export const PATIENCE = 1_000
/** ms between two probes. */
export const PAUSE = 200
