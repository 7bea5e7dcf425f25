import { Moments } from '../moments.ts'
import type { Expectation, Member } from './member.ts'

/** Rows to a step, steps to a shape, and steps that are remembered. */
const ROWS = 6
const LENGTH = 12
const HISTORY = 800

/**
 * The left matrix profile, coarse: how far the shape of the last 72 rows (12 means of 6) is from every shape in the 4,800 rows before. Distances
 * are of the values as they are: a known shape at a new level is new.
 */
export class ShapeNovelty implements Member {
  readonly #steps = new Float64Array(HISTORY)
  readonly #times = new Moments(HISTORY)
  #n = 0
  #sum = 0
  #rows = 0
  #similar: number | undefined

  step(value: number, time: number): number | undefined {
    this.#sum += value
    if (++this.#rows < ROWS) return undefined
    const at = this.#n++ % HISTORY
    this.#steps[at] = this.#sum / ROWS
    this.#times.put(at, time)
    this.#sum = 0
    this.#rows = 0
    return this.#n < 3 * LENGTH ? undefined : this.#distance()
  }

  expectation(): Expectation | undefined {
    return undefined
  }

  /** When the shape nearest to the last one ended, ms. */
  get similar(): number | undefined {
    return this.#similar
  }

  save(): unknown {
    const kept = Math.min(this.#n, HISTORY)
    return [Array.from(this.#steps.subarray(0, kept)), this.#times.save(kept), this.#n, this.#sum, this.#rows, this.#similar ?? null]
  }

  load(saved: unknown): void {
    const [steps, times, n, sum, rows, similar] = saved as [number[], unknown, number, number, number, number | null]
    this.#steps.set(steps)
    this.#times.load(times)
    this.#n = n
    this.#sum = sum
    this.#rows = rows
    this.#similar = similar ?? undefined
  }

  #distance(): number {
    const steps = this.#steps
    const last = this.#n - 1
    const first = Math.max(LENGTH - 1, this.#n - HISTORY + LENGTH)
    const query = new Float64Array(LENGTH)
    for (let i = 0; i < LENGTH; i++) query[i] = steps[(last - i) % HISTORY] as number
    let best = Number.POSITIVE_INFINITY
    let which = first
    for (let end = first; end <= last - LENGTH; end++) {
      let sum = 0
      let at = end % HISTORY
      for (let i = 0; i < LENGTH && sum < best; i++) {
        const off = (query[i] as number) - (steps[at] as number)
        sum += off * off
        at = at === 0 ? HISTORY - 1 : at - 1
      }
      if (sum >= best) continue
      best = sum
      which = end
    }
    this.#similar = this.#times.get(which % HISTORY)
    return Math.sqrt(best / LENGTH)
  }
}
