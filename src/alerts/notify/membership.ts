import type { Alert } from '../../events/event-types.ts'
import type { AlertBook } from '../alert-book.ts'
import type { DispatchPlan } from './dispatch.ts'
import type { Member } from './group.ts'
import type { GroupTable } from './group-table.ts'
import type { Outbox } from './outbox.ts'
import { type Route, routesOf } from './routing.ts'

/** Which alerts belong in which groups, and which of them are muted. */
export class Membership {
  readonly #routes: readonly Route[]
  readonly #book: AlertBook
  readonly #table: GroupTable
  readonly #outbox: Outbox

  constructor({ routes }: DispatchPlan, book: AlertBook, table: GroupTable, outbox: Outbox) {
    this.#routes = routes
    this.#book = book
    this.#table = table
    this.#outbox = outbox
  }

  /**
   * An alert that fires becomes a member of the groups of its routes, and of their escalations when it is time.
   * @param hiddenBy fingerprints of the alerts that hide it
   */
  firing(alert: Alert, hiddenBy: readonly string[], now: number): void {
    const muted = this.#muteOf(alert, hiddenBy, now)
    for (const route of routesOf(this.#routes, alert.labels)) {
      // That it is muted is noted, and logged, when everybody has it.
      for (const target of this.#table.targetsOf(route.receiver)) this.#table.enter({ target, route, muted: null }, alert, now)
      const since = this.#table.sinceOf(alert, route)
      if (muted !== null || since === undefined || this.#book.ackOf(alert)) continue
      for (const [step, { after, receiver }] of route.escalation.entries()) {
        if (now < since + after) continue
        const entered = this.#table.targetsOf(receiver).map((target) => this.#table.enter({ target, route, step, muted }, alert, now))
        if (entered.some(Boolean)) this.#outbox.log(alert, 'escalated', now, { receiver })
      }
    }
    this.#mark(alert, muted, hiddenBy, now)
  }

  /** One that is over before anybody was told of it: it is told as such, unless it is history. */
  ended(alert: Alert, now: number): void {
    const ended = Date.parse(alert.resolved_at ?? alert.event_time)
    if (!alert.fired_at) return
    for (const route of routesOf(this.#routes, alert.labels)) {
      for (const target of this.#table.targetsOf(route.receiver)) {
        if (ended < (this.#table.watchedSince(target.id) ?? now) || !target.sendResolved || this.#table.knows(target.id, alert)) continue
        this.#table.enter({ target, route, muted: this.#isSilenced(alert, now) ? 'silenced' : null }, alert, now)
      }
    }
  }

  /** When an alert is escalated, unless somebody acknowledges it. */
  escalationsOf(alert: Alert): number[] {
    if (alert.status !== 'firing' || this.#book.ackOf(alert)) return []
    return routesOf(this.#routes, alert.labels).flatMap((route) => {
      const since = route.escalation.length > 0 ? this.#table.sinceOf(alert, route) : undefined
      return since === undefined ? [] : route.escalation.map(({ after }) => since + after)
    })
  }

  #muteOf(alert: Alert, hiddenBy: readonly string[], now: number): Member['muted'] {
    if (this.#isSilenced(alert, now)) return 'silenced'
    return hiddenBy.length > 0 ? 'inhibited' : null
  }

  #isSilenced(alert: Alert, now: number): boolean {
    return (this.#book.present(alert, now).silenced_by ?? []).length > 0
  }

  /** That an alert is muted, or no more, is noted once; it counts as seen from when it may be told. */
  #mark(alert: Alert, muted: Member['muted'], hiddenBy: readonly string[], now: number): void {
    let before: Member['muted'] | undefined
    for (const group of this.#table.groupsOf(alert.fingerprint)) {
      const member = group.members.get(alert.fingerprint)
      if (!member || member.activeAt !== alert.active_at || member.muted === muted) continue
      before ??= member.muted
      if (muted === null && member.told === null) member.since = now
      member.muted = muted
      this.#outbox.changed(group)
    }
    if (before === undefined) return
    if (muted !== null) this.#outbox.log(alert, muted, now, muted === 'inhibited' ? { inhibited_by: [...hiddenBy] } : {})
    else this.#outbox.log(alert, before === 'silenced' ? 'unsilenced' : 'uninhibited', now)
  }
}
