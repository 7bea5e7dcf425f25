import type { WorkflowEvent } from '../../../events/event-types.ts'
import type { Note, Place, Problem } from './place.ts'
import type { Role } from './roles.ts'

/** How a log is written down. */
export const FORMATS = ['xes', 'csv', 'ndjson', 'ocel-json', 'ocel-xml', 'ocel-sqlite'] as const
export type Format = (typeof FORMATS)[number]

export interface ReadOptions {
  /** Told by the content where absent. */
  format?: Format
  /** Where times without a zone were written: an IANA name or an offset such as +01:00. UTC where absent. */
  zone?: string
  /** Which column or attribute plays which part; what is absent is found by the usual names. */
  map?: Partial<Record<Role, string>>
  /** Process of events that do not name their own; the log's name, else the file's, where absent. */
  process?: string
  /** XES: the activity is what this classifier of the log says. */
  classifier?: string
  /** OCEL: the object type whose objects are the cases. */
  caseType?: string
  /** CSV: dates such as 03/04/2026 are day first (`dmy`) or month first (`mdy`). */
  dateOrder?: 'dmy' | 'mdy'
  /** CSV: what parts the fields; told by the content where absent. */
  delimiter?: string
  /** A WHATWG label such as `windows-1252`; told by the content where absent. */
  encoding?: string
  /** Bad input; the reader goes on with what it can. */
  onProblem?(problem: Problem): void
  onNote?(note: Note): void
  /** Which column or attribute turned out to play which part. */
  onMapping?(role: Role, name: string): void
  /** Bytes of the file that were read, for progress. */
  onBytes?(bytes: number): void
}

export interface LogEvent {
  event: WorkflowEvent
  place: Place
}
