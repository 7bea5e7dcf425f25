import type { WorkflowEvent } from '../../events/event-types.ts'

/** Ids remembered: a source that sends again after a broken connection repeats its last lines, not its first. */
const REMEMBERED = 10_000

/** Tells a line that was sent twice by its id. Pure; bounded. */
export class Repeats {
  readonly #seen = new Set<string>()

  /** Whether this event came before; one without an id never did. */
  isRepeat({ event_id }: WorkflowEvent): boolean {
    if (event_id === undefined) return false
    if (this.#seen.has(event_id)) return true
    this.#seen.add(event_id)
    const [oldest] = this.#seen
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest)
    return false
  }
}
