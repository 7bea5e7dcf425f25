import type { WorkflowEvent } from '../../events/event-types.ts'
import { CaseEnd } from './case-end.ts'
import { CaseState } from './case-state.ts'
import type { Predictor } from './predictor.ts'
import { deadlineOf, type Step, stepOf } from './step.ts'

/** Steps of a running case that are kept to learn from when it is over; it is predicted after more of them all the same. */
const KEPT_STEPS = 200
/** Cases that are over are known for a while, should one go on. */
const REMEMBERED = 10_000

export interface RunningCase {
  readonly id: string
  readonly state: CaseState
  readonly steps: Step[]
  /** ms since 1970, where an event told one. */
  deadline: number | undefined
}

export interface RunningOptions {
  /** Running cases at most; the one that was longest unheard of makes room, unlearnt. */
  readonly most?: number
  /** A case of which nothing was heard for so long is over; learnt where absent. */
  readonly idleMs?: number | undefined
}

/** The cases that go on, event by event; those that are over teach the predictor. Bounded; the same events give the same, with a restart or without. */
export class RunningCases {
  readonly #predictor: Predictor
  readonly #most: number
  readonly end: CaseEnd
  #cases = new Map<string, RunningCase>()
  /** Ids of cases that ended by an activity, and that activity. */
  readonly #ended = new Map<string, string>()
  #now = Number.NEGATIVE_INFINITY
  counts = { ended: 0, idle: 0, resumed: 0, dropped: 0 }

  constructor(predictor: Predictor, { most = 100_000, idleMs }: RunningOptions = {}) {
    this.#predictor = predictor
    this.#most = most
    this.end = new CaseEnd(idleMs)
  }

  get size(): number {
    return this.#cases.size
  }

  /** Time of the latest event, ms since 1970. */
  get now(): number {
    return this.#now
  }

  values(): IterableIterator<RunningCase> {
    return this.#cases.values()
  }

  /** Learns a case that is known to be over. */
  learn(steps: readonly Step[], name: string): void {
    this.end.learn(steps)
    if (steps.length > 1) this.#predictor.learn(steps, name)
  }

  /** Takes an event; gives its case, undefined when it is over by it or when the event is no step. */
  take(event: WorkflowEvent): RunningCase | undefined {
    const deadline = deadlineOf(event)
    const step = stepOf(event)
    if (!step) {
      const known = this.#cases.get(event.case_id)
      if (known) known.deadline = deadline ?? known.deadline
      return undefined
    }
    if (step.time > this.#now) this.#now = step.time
    const found = this.#find(event.case_id)
    found.deadline = deadline ?? found.deadline
    found.state.take(step)
    if (found.steps.length < KEPT_STEPS) found.steps.push(step)
    this.#endIdle()
    if (!this.end.endsWith(step.activity)) return this.#cases.has(found.id) ? found : undefined
    this.#cases.delete(found.id)
    this.counts.ended++
    this.#ended.set(found.id, step.activity)
    if (this.#ended.size > REMEMBERED) this.#ended.delete(this.#ended.keys().next().value as string)
    this.learn(found.steps, found.id)
    return undefined
  }

  /** The case as the one heard of last. */
  #find(id: string): RunningCase {
    let found = this.#cases.get(id)
    if (found) this.#cases.delete(id)
    else {
      found = { id, state: new CaseState(), steps: [], deadline: undefined }
      const thought = this.#ended.get(id)
      if (thought !== undefined) {
        this.end.wasWrong(thought)
        this.#ended.delete(id)
        this.counts.resumed++
      }
      if (this.#cases.size >= this.#most) {
        this.#cases.delete(this.#cases.keys().next().value as string)
        this.counts.dropped++
      }
    }
    this.#cases.set(id, found)
    return found
  }

  /** Those at the front of the map were longest unheard of. */
  #endIdle(): void {
    for (const [id, { state, steps }] of this.#cases) {
      if (this.#now - state.last <= this.end.idleMs) return
      this.#cases.delete(id)
      this.counts.idle++
      this.learn(steps, id)
    }
  }

  save(): unknown {
    const cases = [...this.#cases.values()].map(({ id, state, steps, deadline }) => {
      return [id, state.save(), steps.map(packed), deadline ?? null]
    })
    return { cases, ended: [...this.#ended], now: Number.isFinite(this.#now) ? this.#now : null, counts: this.counts, end: this.end.save() }
  }

  load(saved: unknown): void {
    const { cases, ended, now, counts, end } = saved as {
      cases: Array<[string, unknown, PackedStep[], number | null]>
      ended: Array<[string, string]>
      now: number | null
      counts: RunningCases['counts']
      end: unknown
    }
    this.#cases = new Map(
      cases.map(([id, state, steps, deadline]) => {
        return [id, { id, state: CaseState.load(state), steps: steps.map(unpacked), deadline: deadline ?? undefined }]
      }),
    )
    for (const [id, activity] of ended) this.#ended.set(id, activity)
    this.#now = now ?? Number.NEGATIVE_INFINITY
    this.counts = { ...counts }
    this.end.load(end)
  }
}

type PackedStep = [string, number, string, string, number | null]

const packed = ({ activity, time, person, team, amount }: Step): PackedStep => {
  return [activity, time, person, team, Number.isNaN(amount) ? null : amount]
}

const unpacked = ([activity, time, person, team, amount]: PackedStep): Step => {
  return { activity, time, person, team, amount: amount ?? Number.NaN }
}
