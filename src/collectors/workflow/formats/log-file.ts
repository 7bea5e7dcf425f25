import type { OpenLog } from './bytes.ts'
import { ArchiveError } from './bytes.ts'
import { Decoder } from './encoding.ts'
import type { Mapper, RawEvent } from './mapper.ts'
import type { LogEvent, ReadOptions } from './options.ts'
import type { Place } from './place.ts'
import type { TimeReader } from './time.ts'

/** A log under way: what the reader of each format is given. */
export interface LogFile {
  /** As it was given. */
  path: string
  log: OpenLog
  encoding: string
  options: ReadOptions
  time: TimeReader
  /** Process of events that name none; a reader may come to know better. */
  process: string
  mapper(options: {
    names: ConstructorParameters<typeof Mapper>[0]['names']
    process?: string
    readTime?(text: string): number | undefined
  }): Mapper
  note(code: string, message: string): void
}

/** Reads one format: events in batches as they come; what is bad is told, never thrown. */
export type FormatReader = (file: LogFile) => AsyncGenerator<LogEvent[]>

/** The text of the file in pieces. Damage at the end of an archive is told with {@link ReadOptions.onProblem}, and the text ends there. */
export async function* textOf(file: LogFile, line: () => number | null): AsyncGenerator<string> {
  const decoder = new Decoder(file.encoding)
  try {
    for await (const chunk of file.log.chunks()) yield decoder.write(chunk)
    yield decoder.end()
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    file.options.onProblem?.({ place: { file: file.path, line: line() }, message: error.message, fatal: true })
  }
  if (decoder.damaged) file.note('bad_bytes', `bytes that are not ${file.encoding} became U+FFFD (--encoding NAME reads them otherwise)`)
}

/** Maps what was read and gathers the events of a batch. */
export class Batch {
  readonly #file: LogFile
  readonly #mapper: (raw: RawEvent) => Mapper
  #events: LogEvent[] = []

  /** @param mapper asked at each event, so that it can be made when the first one is there */
  constructor(file: LogFile, mapper: (raw: RawEvent) => Mapper) {
    this.#file = file
    this.#mapper = mapper
  }

  add(raw: RawEvent, line: number | null, at?: string): void {
    const place: Place = { file: this.#file.path, line, ...(at !== undefined && { at }) }
    const mapper = this.#mapper(raw)
    const event = mapper.map(raw)
    if (typeof event === 'string') {
      this.#file.options.onProblem?.({ place, message: event, fields: { ...raw.event, ...prefixed(raw.trace), ...raw.given } })
      return
    }
    if (mapper.start !== undefined) this.#events.push({ event: { ...event, event_time: mapper.start, lifecycle: 'started' }, place })
    this.#events.push({ event, place })
  }

  take(): LogEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}

const prefixed = (trace: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(trace).map(([name, value]) => [`case:${name}`, value]))
