import { during, type Incident } from './incidents.ts'
import { type Random, random } from './random.ts'
import type { Roster, Team } from './roster.ts'

/** One line of the finance system's event log, as NDJSON carries it. */
export interface FinanceEvent {
  /** Unique per line. */
  id: string
  case_id: string
  case_type: string
  activity: string
  lifecycle: 'start' | 'complete'
  team: Team
  /** Alias of who did it. */
  resource: string
  /** RFC 3339, UTC */
  time: string
  /** RFC 3339, UTC: when the case has to be done. */
  due: string
  amount?: number
  currency?: string
}

const MINUTE = 60_000

interface Kind {
  team: Team
  type: string
  activities: readonly string[]
  /** ms between two new cases, on average */
  every: number
  /** ms from the start of a case to its due time */
  due: number
}

const KINDS: readonly Kind[] = [
  {
    team: 'payables',
    type: 'invoice',
    activities: ['register invoice', 'match order', 'approve invoice', 'pay invoice'],
    every: 1.5 * MINUTE,
    due: 240 * MINUTE,
  },
  {
    team: 'receivables',
    type: 'approval',
    activities: ['request credit note', 'review request', 'approve request'],
    every: 2 * MINUTE,
    due: 120 * MINUTE,
  },
  {
    team: 'ledger',
    type: 'close_task',
    activities: ['prepare reconciliation', 'review reconciliation', 'sign off'],
    every: 1.2 * MINUTE,
    due: 90 * MINUTE,
  },
]

/** Month end: so many times more close tasks arrive while nobody signs off; afterwards all hands clear them. */
const FLOOD = 4
const RUSH = 6
/** A team that has so many open cases on a normal day is asked for no more. */
const NORMALLY_OPEN = 8

interface OpenCase {
  id: string
  resource: string
  opened: number
  step: number
  /** When the running activity will be complete. */
  doneAt: number
  amount: number
}

/** One team's work: cases arrive, each goes through its activities in order. */
export class TeamWork {
  readonly #kind: Kind
  readonly #people: readonly string[]
  readonly #incidents: readonly Incident[]
  readonly #openedAt: number
  readonly #dice: Random
  #open: OpenCase[] = []
  #next: number
  #cases = 0
  #lines = 0
  #rushing = false

  constructor(seed: number, kind: Kind, office: Roster, incidents: readonly Incident[], openedAt: number) {
    this.#kind = kind
    this.#people = office.desks.filter((desk) => desk.team === kind.team).map((desk) => desk.person)
    this.#incidents = incidents
    this.#openedAt = openedAt
    this.#dice = random(seed, `ledger/${kind.team}`)
    this.#next = this.#gap(0)
  }

  /** What happened in (last call, `time`], in order of time. */
  until(time: number): FinanceEvent[] {
    const events: FinanceEvent[] = []
    for (;;) {
      const first = this.#open.reduce<OpenCase | undefined>((a, b) => (a && a.doneAt <= b.doneAt ? a : b), undefined)
      if (first && first.doneAt <= time && first.doneAt <= this.#next) this.#complete(first, events)
      else if (this.#next <= time) this.#arrive(events)
      else return events
    }
  }

  #flooded(time: number): boolean {
    return during(this.#incidents, 'month-end-backlog', this.#kind.team, time) !== undefined
  }

  #arrive(events: FinanceEvent[]): void {
    const time = this.#next
    if (this.#flooded(time) || this.#open.length < NORMALLY_OPEN) {
      const id = `${this.#kind.type}-${String(++this.#cases).padStart(4, '0')}`
      const opened = { id, resource: this.#dice.pick(this.#people), opened: time, step: 0, doneAt: 0, amount: this.#dice.int(50, 25_000) }
      opened.doneAt = time + this.#work(opened, time)
      this.#open.push(opened)
      events.push(this.#line(opened, 'start', time))
    }
    this.#next = time + this.#gap(time)
  }

  #complete(item: OpenCase, events: FinanceEvent[]): void {
    const time = item.doneAt
    const last = item.step === this.#kind.activities.length - 1
    if (last && this.#flooded(time)) {
      item.doneAt = time + MINUTE
      return
    }
    events.push(this.#line(item, 'complete', time))
    if (last) {
      this.#open = this.#open.filter((other) => other !== item)
      return
    }
    item.step++
    item.doneAt = time + this.#work(item, time)
    events.push(this.#line(item, 'start', time))
  }

  #gap(time: number): number {
    const factor = this.#flooded(time) ? 1 / FLOOD : 1
    return Math.round(this.#kind.every * factor * this.#dice.between(0.6, 1.4))
  }

  #work(item: OpenCase, time: number): number {
    if (this.#open.length > NORMALLY_OPEN && !this.#flooded(time)) this.#rushing = true
    if (this.#open.length <= NORMALLY_OPEN / 2) this.#rushing = false
    const normal = (item.step === 0 ? 1.5 : 1) * MINUTE * this.#dice.between(0.5, 1.3)
    return Math.round(this.#rushing ? normal / RUSH : normal)
  }

  #line(item: OpenCase, lifecycle: 'start' | 'complete', time: number): FinanceEvent {
    const at = (ms: number) => new Date(this.#openedAt + ms).toISOString()
    return {
      id: `${this.#kind.team}-${++this.#lines}`,
      case_id: item.id,
      case_type: this.#kind.type,
      activity: this.#kind.activities[item.step] ?? '',
      lifecycle,
      team: this.#kind.team,
      resource: item.resource,
      time: at(time),
      due: at(item.opened + this.#kind.due),
      ...(this.#kind.type === 'invoice' && { amount: item.amount, currency: 'EUR' }),
    }
  }
}

/** The whole office's finance events, team by team. */
export class FinanceLog {
  readonly #teams: TeamWork[]

  constructor(seed: number, office: Roster, incidents: readonly Incident[], openedAt: number) {
    this.#teams = KINDS.map((kind) => new TeamWork(seed, kind, office, incidents, openedAt))
  }

  /** Lines of (last call, `time`], in order of time. */
  until(time: number): FinanceEvent[] {
    return this.#teams.flatMap((team) => team.until(time)).sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  }
}
