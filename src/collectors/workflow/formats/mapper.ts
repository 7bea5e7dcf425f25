import type { WorkflowEvent } from '../../../events/event-types.ts'
import { toEventTime } from '../../../events/index.ts'
import { type Attributes, put, type Scalar } from './attributes.ts'
import { lifecycleOf } from './lifecycle.ts'
import type { Role } from './roles.ts'
import type { TimeReader } from './time.ts'

/** An event as a format's reader found it. */
export interface RawEvent {
  /** Attributes of the event itself. */
  event: Attributes
  /** Attributes of its case: the same object for all events of a case that come together. */
  trace: Attributes
  /** What plays a part without being an attribute: the type of an OCEL event, a classifier's answer. */
  given?: Partial<Record<Role, string>>
  objects?: NonNullable<WorkflowEvent['objects']>
}

/** Where each part is looked for, best first: in the event, or `trace.` for the case. */
export type RoleNames = Partial<Record<Role, readonly Source[]>>
export interface Source {
  in: 'event' | 'trace'
  name: string
}

export interface MapperOptions {
  names: RoleNames
  time: TimeReader
  process: string
  /** Reads a time of the format; the reader's ISO where absent. */
  readTime?(text: string): number | undefined
  onMapping?: ((role: Role, name: string) => void) | undefined
  /** Something was not understood and kept as an attribute. */
  onUnused?(what: Checked, value: string): void
}

/** Attributes to `workflow_events`. */
export class Mapper {
  readonly #options: MapperOptions
  /** Sources that were told to play a part. */
  readonly #told = new Set<Source>()
  /** Names of the event's attributes that play a part in this event. */
  readonly #used = new Set<string>()
  readonly #usedOfTrace = new Set<string>()
  /** When the work of the event mapped last began, where it says so besides its end. */
  start: string | undefined
  #lastTrace: Attributes | undefined
  #lastCase: Attributes | undefined

  constructor(options: MapperOptions) {
    this.#options = options
  }

  /** The event, or what keeps it from being one. */
  map(raw: RawEvent): WorkflowEvent | string {
    const used = this.#used
    used.clear()
    this.#usedOfTrace.clear()
    const caseId = this.#text(raw, 'case')
    if (caseId === undefined) return this.#missing('case')
    const activity = this.#text(raw, 'activity')
    if (activity === undefined) return this.#missing('activity')
    const timeText = this.#text(raw, 'time')
    if (timeText === undefined) return this.#missing('time')
    const time = this.#time(timeText)
    if (time === undefined) return `${this.#namesOf('time')}: ${shownTime(timeText)} is not a time that can be read`
    const event: WorkflowEvent = {
      event_time: toEventTime(time),
      case_id: caseId,
      activity,
      lifecycle: this.#lifecycle(raw),
      process: this.#text(raw, 'process') ?? this.#options.process,
    }
    this.#optional(raw, event)
    const start = this.#checked(raw, 'start', (text) => this.#time(text))
    this.start = start === undefined || event.lifecycle !== 'completed' ? undefined : toEventTime(start)
    const attributes = rest(raw.event, used)
    const ofCase = this.#caseAttributes(raw.trace)
    if (ofCase) event.case_attributes = ofCase
    if (attributes) event.attributes = attributes
    if (raw.objects && raw.objects.length > 0) event.objects = raw.objects
    return event
  }

  #optional(raw: RawEvent, event: WorkflowEvent): void {
    const id = this.#text(raw, 'id')
    if (id !== undefined) event.event_id = id
    const person = this.#text(raw, 'resource')
    if (person !== undefined) event.person = person
    const team = this.#text(raw, 'team')
    if (team !== undefined) event.team = team
    const due = this.#checked(raw, 'due', (text) => this.#time(text))
    if (due !== undefined) event.due_at = toEventTime(due)
    const caseDue = this.#checked(raw, 'case_due', (text) => this.#time(text))
    if (caseDue !== undefined) event.case_due_at = toEventTime(caseDue)
    const amount = this.#checked(raw, 'amount', (text) => numberOf(text))
    if (amount !== undefined) event.amount = amount
    const currency = this.#checked(raw, 'currency', (text) => (/^[A-Z]{3}$/.test(text) ? text : undefined))
    if (currency !== undefined) event.currency = currency
    const priority = this.#checked(raw, 'priority', (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined))
    if (priority !== undefined) event.priority = priority
  }

  #lifecycle(raw: RawEvent): WorkflowEvent['lifecycle'] {
    return this.#checked(raw, 'lifecycle', lifecycleOf) ?? 'completed'
  }

  /** A value that must be of a kind; one that is not stays an attribute, and is told. */
  #checked<T>(raw: RawEvent, role: Checked, read: (text: string) => T | undefined) {
    const source = this.#find(raw, role)
    if (!source) return undefined
    const value = read(source.value)
    if (value === undefined) this.#options.onUnused?.(role, source.value)
    else this.#use(role, source)
    return value
  }

  #text(raw: RawEvent, role: Role): string | undefined {
    const found = this.#find(raw, role)
    if (found) this.#use(role, found)
    return found?.value
  }

  #find(raw: RawEvent, role: Role): Found | undefined {
    const given = raw.given?.[role]
    if (given !== undefined && given !== '') return { value: given, source: undefined }
    const sources = this.#options.names[role]
    if (!sources) return undefined
    for (const source of sources) {
      const of = raw[source.in]
      if (!Object.hasOwn(of, source.name)) continue
      const value = textOf(of[source.name] ?? null)
      if (value !== '') return { value, source }
    }
    return undefined
  }

  #use(role: Role, { source }: Found): void {
    if (!source) return
    ;(source.in === 'event' ? this.#used : this.#usedOfTrace).add(source.name)
    if (this.#told.has(source)) return
    this.#told.add(source)
    this.#options.onMapping?.(role, source.in === 'trace' ? `case:${source.name}` : source.name)
  }

  #time(text: string): number | undefined {
    return this.#options.readTime ? this.#options.readTime(text) : this.#options.time.iso(text)
  }

  #missing(role: Role): string {
    return `${this.#namesOf(role)} is missing: an event without ${role === 'activity' ? 'an' : 'a'} ${role} cannot be placed (--map ${role}=NAME names another)`
  }

  #namesOf(role: Role): string {
    const { in: where, name } = this.#options.names[role]?.[0] ?? { in: 'event', name: role }
    return where === 'trace' ? `${name} of the trace` : name
  }

  /** Made once a case where its events come together. */
  #caseAttributes(trace: Attributes): Attributes | undefined {
    if (trace !== this.#lastTrace) {
      this.#lastTrace = trace
      this.#lastCase = rest(trace, this.#usedOfTrace)
    }
    return this.#lastCase
  }
}

/** Parts whose values must be of a kind. */
type Checked = 'start' | 'lifecycle' | 'amount' | 'currency' | 'due' | 'case_due' | 'priority'

interface Found {
  value: string
  source: Source | undefined
}

/** What has no digit may be a name that came into the wrong column: it is not repeated. */
const shownTime = (text: string): string => (/\d/.test(text) ? `"${text.slice(0, 60)}"` : `a text of ${text.length} characters`)

function rest(from: Attributes, used: ReadonlySet<string>): Attributes | undefined {
  const attributes: Attributes = {}
  let any = false
  for (const name in from) {
    if (used.has(name)) continue
    put(attributes, name, from[name] ?? null)
    any = true
  }
  return any ? attributes : undefined
}

const textOf = (value: Scalar): string => (typeof value === 'string' ? value : value === null ? '' : String(value))

function numberOf(text: string): number | undefined {
  const number = Number(text)
  return text.trim() !== '' && Number.isFinite(number) ? number : undefined
}
