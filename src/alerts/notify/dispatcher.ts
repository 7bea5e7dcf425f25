import type { AlertNotification } from '../../events/event-types.ts'
import type { AlertBook } from '../alert-book.ts'
import type { Delivery, DispatchPlan, Outcome, Output } from './dispatch.ts'
import type { Group } from './group.ts'
import { alertmanagerKey, GroupTable } from './group-table.ts'
import { Hidden } from './hidden.ts'
import { Inhibition } from './inhibition.ts'
import { Membership } from './membership.ts'
import { Outbox } from './outbox.ts'
import { Telling } from './telling.ts'
import type { Topology } from './topology.ts'

/**
 * Who is told what and when: Alertmanager's manners over the present state of alerts. Pure, driven by the times that it is handed, and level
 * triggered: what is to be told is the difference between how things stand ({@link AlertBook}) and what each receiver knows ({@link GroupTable}).
 * So it does not matter which records were seen, and a successor that gets the saved groups goes on as if nothing had been.
 *
 * The protocol: {@link step}, write what it gives, call the receivers of {@link deliveries}, hand in each {@link outcome}, write what that gives. A
 * notification is on the bus before it is given, so after a crash it is given again under the same key.
 */
export class Dispatcher {
  readonly #plan: DispatchPlan
  readonly #book: AlertBook
  readonly #topology: Topology
  readonly #outbox = new Outbox()
  readonly #table: GroupTable
  readonly #membership: Membership
  readonly #hidden: Hidden
  readonly #telling: Telling
  /** Keys of the notifications that are being given. */
  readonly #inFlight = new Set<string>()

  /** @param saved what {@link step} and {@link outcome} gave for `alert_notifications`, the last of each key */
  constructor(plan: DispatchPlan, book: AlertBook, topology: Topology, saved: Iterable<AlertNotification>, now: number) {
    this.#plan = plan
    this.#book = book
    this.#topology = topology
    this.#table = new GroupTable(plan, book, this.#outbox, saved, now)
    this.#membership = new Membership(plan, book, this.#table, this.#outbox)
    this.#hidden = new Hidden(book, this.#outbox)
    this.#telling = new Telling(book, this.#table, this.#outbox, plan.giveUpAfter)
  }

  /** Looks at how things stand at `now`: what to write. Call it after records were taken, and when {@link due} has come. */
  step(now: number): Output[] {
    const firing = [...this.#book.alerts()].filter(({ status }) => status === 'firing')
    const inhibition = new Inhibition(this.#plan.inhibit, firing, this.#topology)
    const hidden = this.#hidden.note(firing, inhibition, now)
    for (const alert of firing) this.#membership.firing(alert, hidden.get(alert.fingerprint) ?? [], now)
    for (const alert of this.#book.alerts()) if (alert.status === 'resolved') this.#membership.ended(alert, now)
    for (const group of this.#table.groups()) {
      this.#table.tidy(group)
      if (!group.pending && this.#table.tickOf(group) <= now) this.#telling.look(group, now)
    }
    this.#table.dropOrphans(now)
    return this.#written(now)
  }

  /** When {@link step} or {@link deliveries} has something to do, if nothing comes before; Infinity for never. */
  due(now: number): number {
    let due = Number.POSITIVE_INFINITY
    for (const group of this.#table.groups()) {
      if (group.pending) {
        if (!this.#inFlight.has(group.pending.key)) due = Math.min(due, group.pending.nextAttemptAt)
      } else if (this.#table.isLive(group)) due = Math.min(due, this.#table.tickOf(group))
    }
    for (const { startsAt, endsAt } of this.#book.silences()) for (const at of [startsAt, endsAt]) if (at > now) due = Math.min(due, at)
    for (const alert of this.#book.alerts()) for (const at of this.#membership.escalationsOf(alert)) if (at > now) due = Math.min(due, at)
    return due
  }

  /** The notifications to give now; each is in flight until its {@link outcome} is handed in. Only what was written may be given. */
  deliveries(now: number): Delivery[] {
    const ready: Delivery[] = []
    for (const group of this.#table.groups()) {
      const { pending, target, id } = group
      if (!pending || pending.nextAttemptAt > now || this.#inFlight.has(pending.key)) continue
      this.#inFlight.add(pending.key)
      ready.push({
        ...{ target, receiver: this.#table.target(target)?.receiver ?? target, groupId: id },
        ...{ groupKey: alertmanagerKey(group), groupLabels: group.labels },
        ...{ idempotencyKey: pending.key, reason: pending.reason, attempt: pending.attempts + 1 },
        ...{ alerts: pending.alerts, truncated: pending.truncated },
      })
    }
    return ready
  }

  /** What became of a delivery: what to write. */
  outcome({ target, groupId, idempotencyKey: key }: Delivery, outcome: Outcome, now: number): Output[] {
    this.#inFlight.delete(key)
    const group = this.#table.group(target, groupId)
    if (group?.pending?.key === key) this.#telling.outcome(group, outcome, now)
    return this.#written(now)
  }

  /** Groups now, for whoever shows them. */
  groups(): IterableIterator<Group> {
    return this.#table.groups()
  }

  #written(now: number): Output[] {
    return this.#outbox.take(now, (group) => this.#table.remove(group))
  }
}
