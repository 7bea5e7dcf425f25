import type { OutRecord } from '../bus/bus.ts'
import type { StreamEvent } from './stream-event.ts'

/** A record that a job writes, and where. */
export interface Output extends OutRecord {
  topic: string
}

/** What runs over the stream: a state machine whose only clock is event time. The same events give the same outputs. */
export interface Job {
  /** The topics it reads. */
  readonly topics: readonly string[]
  /** @param event not earlier than the ones before */
  process(event: StreamEvent): Output[]
  /** Nothing earlier than `time` (ms since the epoch) will come any more. */
  advance(time: number): Output[]
  /** All that it remembers, as JSON. */
  state(): unknown
}
