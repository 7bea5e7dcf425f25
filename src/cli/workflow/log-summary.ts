import { createHash } from 'node:crypto'
import type { LogEvent } from '../../collectors/workflow/formats/index.ts'
import { IdSet } from '../../collectors/workflow/import/id-set.ts'

/** Kept of those that a log has too many of. */
const MAX_ACTIVITIES = 10_000
const MAX_SAMPLES = 5

export interface LogFacts {
  events: number
  cases: number
  /** Distinct; counted up to 10,000. */
  activities: number
  processes: string[]
  /** RFC 3339; null where there is no event. */
  first: string | null
  last: string | null
  lifecycle: Record<string, number>
  /** Which column or attribute plays which part. */
  mapping: Record<string, string[]>
  bad: number
  /** The first few of the bad ones, with their places. */
  problems: string[]
}

/** What stands in the logs that are read, in bounded memory. */
export class LogSummary {
  #events = 0
  readonly #cases = new IdSet()
  readonly #activities = new Map<string, number>()
  readonly #processes = new Set<string>()
  readonly #lifecycle: Record<string, number> = {}
  readonly #mapping = new Map<string, Set<string>>()
  readonly #problems: string[] = []
  #first: string | null = null
  #last: string | null = null
  #lastCase = ''
  /** Why the rest of a file could not be read. */
  readonly broken: string[] = []
  bad = 0
  bytes = 0

  events(events: readonly LogEvent[]): void {
    for (const { event } of events) {
      this.#events++
      const { event_time, activity, lifecycle, process = '', case_id } = event
      if (this.#first === null || event_time < this.#first) this.#first = event_time
      if (this.#last === null || event_time > this.#last) this.#last = event_time
      this.#lifecycle[lifecycle] = (this.#lifecycle[lifecycle] ?? 0) + 1
      if (this.#activities.size < MAX_ACTIVITIES || this.#activities.has(activity)) {
        this.#activities.set(activity, (this.#activities.get(activity) ?? 0) + 1)
      }
      if (this.#processes.size < 100) this.#processes.add(process)
      const key = `${process}\0${case_id}`
      if (key !== this.#lastCase) this.#cases.add(createHash('sha256').update(key).digest('hex').slice(0, 32))
      this.#lastCase = key
    }
  }

  problem(text: string, fatal: boolean): void {
    this.bad++
    if (this.#problems.length < MAX_SAMPLES) this.#problems.push(text)
    if (fatal) this.broken.push(text)
  }

  mapping(role: string, name: string): void {
    const names = this.#mapping.get(role) ?? new Set()
    this.#mapping.set(role, names.add(name))
  }

  read(bytes: number): void {
    this.bytes += bytes
  }

  /** The most frequent first. */
  get activities(): ReadonlyArray<readonly [string, number]> {
    return [...this.#activities].sort(([, a], [, b]) => b - a)
  }

  get count(): number {
    return this.#events
  }

  /** ms since the epoch of the latest event. */
  get lastTime(): number | undefined {
    return this.#last === null ? undefined : Date.parse(this.#last)
  }

  get firstTime(): number | undefined {
    return this.#first === null ? undefined : Date.parse(this.#first)
  }

  toJSON(): LogFacts {
    return {
      events: this.#events,
      cases: this.#cases.size,
      activities: this.#activities.size,
      processes: [...this.#processes].sort(),
      first: this.#first,
      last: this.#last,
      lifecycle: this.#lifecycle,
      mapping: Object.fromEntries([...this.#mapping].map(([role, names]) => [role, [...names]])),
      bad: this.bad,
      problems: this.#problems,
    }
  }
}
