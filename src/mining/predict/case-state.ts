import type { Step } from './step.ts'

/** More different activities than this are not counted one by one. */
const MOST_ACTIVITIES = 64

/** How often an activity came in a case, and when last (ms since 1970). */
export interface Done {
  times: number
  last: number
}

/** What is known of a case after its steps so far: the same size however long it gets. */
export class CaseState {
  steps = 0
  first = Number.NaN
  last = Number.NaN
  /** Time of the step before the last one. */
  before = Number.NaN
  activity = ''
  previous = ''
  /** The third from the end. */
  third = ''
  firstActivity = ''
  firstPerson = ''
  person = ''
  team = ''
  amount = Number.NaN
  readonly done = new Map<string, Done>()

  /** Takes the next step. One that is earlier than the last counts as at the same time. */
  take({ activity, time, person, team, amount }: Step): void {
    const at = this.steps > 0 && time < this.last ? this.last : time
    if (this.steps === 0) {
      this.first = at
      this.last = at
      this.firstActivity = activity
      this.firstPerson = person
    }
    this.steps++
    this.before = this.last
    this.last = at
    this.third = this.previous
    this.previous = this.activity
    this.activity = activity
    this.person = person
    this.team = team
    if (!Number.isNaN(amount)) this.amount = amount
    const done = this.done.get(activity)
    if (done) {
      done.times++
      done.last = at
    } else if (this.done.size < MOST_ACTIVITIES) this.done.set(activity, { times: 1, last: at })
  }

  save(): unknown {
    const { steps, first, last, before, activity, previous, third, firstActivity, firstPerson, person, team } = this
    const amount = Number.isNaN(this.amount) ? null : this.amount
    const done = [...this.done].map(([name, { times, last: at }]) => [name, times, at])
    return [steps, first, last, before, activity, previous, third, firstActivity, firstPerson, person, team, amount, done]
  }

  static load(saved: unknown): CaseState {
    const state = new CaseState()
    const [steps, first, last, before, activity, previous, third, firstActivity, firstPerson, person, team, amount, done] = saved as [
      ...[number, number, number, number, string, string, string, string, string, string, string, number | null],
      Array<[string, number, number]>,
    ]
    Object.assign(state, { steps, first, last, before, activity, previous, third, firstActivity, firstPerson, person, team })
    state.amount = amount ?? Number.NaN
    for (const [name, times, at] of done) state.done.set(name, { times, last: at })
    return state
  }
}
