import { createHash } from 'node:crypto'

/** The same value written so often to the same place within so long, ms, and it is still not there: something takes it back each time. */
const MOST_TIMES = 3
const WITHIN = 10 * 60_000

/** Places that are remembered. */
const MOST_PLACES = 5_000

/** What was written lately: whoever sets again and again what somebody else sets back is in a loop, and the loop must end here. */
export class OwnWrites {
  readonly #times = new Map<string, number[]>()

  /** Whether writing it once more would be once too often. @param now ms */
  loops(device: number, target: string, value: unknown, now: number): boolean {
    const times = this.#recent(keyOf(device, target, value), now)
    return times.length >= MOST_TIMES
  }

  wrote(device: number, target: string, value: unknown, now: number): void {
    const key = keyOf(device, target, value)
    const times = [...this.#recent(key, now), now]
    this.#times.delete(key)
    this.#times.set(key, times)
    const [oldest] = this.#times.keys()
    if (this.#times.size > MOST_PLACES && oldest !== undefined) this.#times.delete(oldest)
  }

  #recent(key: string, now: number): number[] {
    return (this.#times.get(key) ?? []).filter((time) => time > now - WITHIN)
  }
}

const keyOf = (device: number, target: string, value: unknown) =>
  createHash('sha256')
    .update(JSON.stringify([device, target, value]))
    .digest('base64url')
