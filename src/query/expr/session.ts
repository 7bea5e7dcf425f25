/** What expressions take from the session of a script: all of it is constant while a job runs, so that a replay gives the same rows. */
export interface Session {
  /** `table.local-time-zone`: the zone of TIMESTAMP_LTZ in text and in casts. */
  readonly timeZone: string
  /** NOW, CURRENT_TIMESTAMP …: ms since the epoch, constant for a batch, read per row when streaming. */
  readonly now: () => number
  /** RAND, RAND_INTEGER without a seed, UUID: in [0, 1). */
  readonly random: () => number
  /** CURRENT_DATABASE(), CURRENT_CATALOG. */
  readonly database: string
  /** CURRENT_WATERMARK of the step that the code is for, ms; not finite before the first. Absent where a step has none. */
  readonly watermark?: () => number
}
