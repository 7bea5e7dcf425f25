/** A device, and what its records say about it. */
export interface GnmiTarget {
  name: string
  /** HOST:PORT; several targets may share one, told apart by `prefix.target`. */
  address: string
  /** What the device is: `switch`, `laptop`. */
  role?: string
  /** For a laptop: whose, as an alias. */
  person?: string
  team?: string
}

/** What the collector subscribes to, and where. */
export interface GnmiConfig {
  targets: readonly GnmiTarget[]
  /** Paths as text, `/interfaces/interface[name=*]/state/counters`. */
  paths: readonly string[]
  /** ms of the target's time between two samples */
  sampleInterval: number
}
