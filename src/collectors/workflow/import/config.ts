import type { Pace } from '../../../bus/ops/pacer.ts'
import type { LogEvent } from '../formats/options.ts'
import type { Problem } from '../formats/place.ts'
import type { IdSet } from './id-set.ts'
import type { People } from './people.ts'
import type { Appends } from './writer.ts'

/** What was read of a file, in the order of the file. */
export interface ImportBatch {
  file: string
  events: readonly LogEvent[]
  problems: readonly Problem[]
}

export interface ImportConfig {
  /** Taking the next batch says that the last one is dealt with. */
  source: AsyncIterable<ImportBatch>
  people: People
  /** Ids that are on the bus; those that are written are added. */
  known: IdSet
  /** `time`: nothing is written before everything was read, then all in order of time. `file`: as it comes. */
  order: 'time' | 'file'
  /** By the events' own gaps, where it is a speed. */
  pace: Pace
  /** ms added to every time. */
  shift: number
  /** Writes a batch so that it becomes visible as a whole; `bus.append` a topic where absent. */
  write?(appends: Appends): Promise<void>
}
