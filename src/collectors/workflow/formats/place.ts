/** Where in a file something stands. */
export interface Place {
  /** As it was given: a path, or `-`. */
  file: string
  /** From 1; null where the format has no lines (SQLite). */
  line: number | null
  /** Inside of the file, in its own words: `events[12]`, `event e7`. */
  at?: string
}

/** `claims.xes, line 12`, `claims.sqlite, event e7` */
export function placeText({ file, line, at }: Place): string {
  return [file, ...(line === null ? [] : [`line ${line}`]), ...(at === undefined ? [] : [at])].join(', ')
}

/** What could not be used of a log. */
export interface Problem {
  place: Place
  /** What is wrong, naming the field. */
  message: string
  /** What was there, as far as it was understood: names and values; absent where nothing was. */
  fields?: Readonly<Record<string, unknown>>
  /** The rest of the file cannot be read: the XML is not well-formed, the archive is cut off. */
  fatal?: true
}

/** Something to know about a log that is no fault of one event: times without a zone, a delimiter that was guessed. Said once a file. */
export interface Note {
  file: string
  /** For machines: `no_zone`, `ambiguous_dates`. */
  code: string
  message: string
}
