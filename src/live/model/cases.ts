import type { WorkflowEvent } from '../../events/workflow_events.ts'

/** One case as its events tell it. */
export interface CaseView {
  readonly id: string
  readonly process: string | undefined
  activity: string
  lifecycle: WorkflowEvent['lifecycle']
  since: number
  due: number | undefined
  amount: number | undefined
  currency: string | undefined
}

/** Cases that are remembered: beyond that the one that was longest without an event is forgotten. */
const MOST = 5_000
const BUCKET = 60_000
const MOST_BUCKETS = 240

/** After these a case waits for somebody or is being worked on; after the others it may be over. */
const OPEN: ReadonlySet<WorkflowEvent['lifecycle']> = new Set(['scheduled', 'assigned', 'reassigned', 'started', 'suspended', 'resumed'])

/** What the finance workflow does: steps done over time, cases that wait, and for what. */
export class Cases {
  readonly #cases = new Map<string, CaseView>()
  /** Steps completed in each minute of event time. */
  readonly #done = new Map<number, number>()
  completed = 0
  newest = 0

  add(event: WorkflowEvent): void {
    const at = Date.parse(event.event_time)
    if (event.lifecycle !== 'due') this.newest = Math.max(this.newest, at)
    const known = this.#cases.get(event.case_id)
    const due = [event.due_at, event.case_due_at, event.lifecycle === 'due' ? event.event_time : undefined].find((each) => each != null)
    const view: CaseView = known ?? {
      id: event.case_id,
      process: event.process,
      activity: event.activity,
      lifecycle: event.lifecycle,
      since: at,
      due: undefined,
      amount: undefined,
      currency: undefined,
    }
    if (due != null) view.due = Date.parse(due)
    if (event.amount != null) view.amount = event.amount
    if (event.currency != null) view.currency = event.currency
    if (event.lifecycle !== 'due') {
      view.activity = event.activity
      view.lifecycle = event.lifecycle
      view.since = at
      if (event.lifecycle === 'completed') this.#count(at)
    }
    // To the end, so that the first is the one longest without an event.
    this.#cases.delete(view.id)
    this.#cases.set(view.id, view)
    if (this.#cases.size > MOST) this.#cases.delete(this.#cases.keys().next().value ?? '')
  }

  /** As it is now, for somebody who looks at a standstill. */
  copy(): Cases {
    const copy = new Cases()
    for (const [id, view] of this.#cases) copy.#cases.set(id, { ...view })
    for (const [minute, steps] of this.#done) copy.#done.set(minute, steps)
    copy.completed = this.completed
    copy.newest = this.newest
    return copy
  }

  #count(at: number): void {
    this.completed++
    const bucket = Math.floor(at / BUCKET) * BUCKET
    this.#done.set(bucket, (this.#done.get(bucket) ?? 0) + 1)
    if (this.#done.size > MOST_BUCKETS) this.#done.delete(Math.min(...this.#done.keys()))
  }

  /** Cases that wait or are worked on, by the step that they are at, the most first. */
  open(): Array<{ activity: string; cases: number; longest: number; overdue: number }> {
    const rows = new Map<string, { activity: string; cases: number; longest: number; overdue: number }>()
    for (const { activity, lifecycle, since, due } of this.#cases.values()) {
      if (!OPEN.has(lifecycle)) continue
      const row = rows.get(activity) ?? { activity, cases: 0, longest: 0, overdue: 0 }
      row.cases++
      row.longest = Math.max(row.longest, this.newest - since)
      if (due !== undefined && due < this.newest) row.overdue++
      rows.set(activity, row)
    }
    return [...rows.values()].sort((a, b) => b.cases - a.cases)
  }

  /** Cases whose deadline is the nearest, those that are open. */
  nearestDue(count: number): CaseView[] {
    return [...this.#cases.values()]
      .filter(({ due, lifecycle }) => due !== undefined && OPEN.has(lifecycle))
      .sort((a, b) => (a.due ?? 0) - (b.due ?? 0))
      .slice(0, count)
  }

  /** Steps completed a minute, oldest first; a minute without any is 0. */
  done(): Array<{ at: number; value: number }> {
    const [first, last] = [Math.min(...this.#done.keys()), Math.floor(this.newest / BUCKET) * BUCKET]
    const points: Array<{ at: number; value: number }> = []
    for (let at = first; at < last && points.length < MOST_BUCKETS; at += BUCKET) points.push({ at, value: this.#done.get(at) ?? 0 })
    return points
  }
}
