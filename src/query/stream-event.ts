/** Where a record lies on the bus. */
export interface RecordRef {
  topic: string
  partition: number
  offset: number
}

/** A record as the engine sees it: its place, its event time (ms since the epoch) and its parsed value. */
export interface StreamEvent extends RecordRef {
  time: number
  value: Readonly<Record<string, unknown>>
}
