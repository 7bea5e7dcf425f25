import type { Alert } from '../../events/event-types.ts'
import type { AlertBook } from '../alert-book.ts'
import type { Inhibition } from './inhibition.ts'
import type { Outbox } from './outbox.ts'

/** Which alerts are hidden by which, as `alert_inhibitions` has it: whoever shows an alert can say why nobody was told of it. */
export class Hidden {
  readonly #outbox: Outbox
  /** What was written, by fingerprint: the book gets to know of it only when it is read again. */
  readonly #written = new Map<string, string>()

  constructor(book: AlertBook, outbox: Outbox) {
    this.#outbox = outbox
    for (const { fingerprint, active_at, inhibited_by } of book.inhibitions())
      this.#written.set(fingerprint, textOf(active_at, inhibited_by))
  }

  /** @param firing all alerts that fire @returns by what each is hidden; of one that is not there by nothing */
  note(firing: readonly Alert[], inhibition: Inhibition, now: number): Map<string, readonly string[]> {
    const hidden = new Map<string, readonly string[]>()
    for (const alert of firing) {
      const by = inhibition.inhibiting(alert)
      if (by.length === 0) continue
      hidden.set(alert.fingerprint, by)
      const text = textOf(alert.active_at, by)
      if (this.#written.get(alert.fingerprint) === text) continue
      this.#written.set(alert.fingerprint, text)
      this.#outbox.hidden(alert, by, now)
    }
    for (const fingerprint of this.#written.keys()) {
      if (hidden.has(fingerprint)) continue
      this.#written.delete(fingerprint)
      this.#outbox.shown(fingerprint, now)
    }
    return hidden
  }
}

const textOf = (activeAt: string, by: readonly string[]): string => JSON.stringify([activeAt, by])
