import { NearestPoints } from '../nearest.ts'
import type { Expectation, Member } from './member.ts'

const DAY = 86_400_000
const PARTS = 6
const CAPACITY = 256
const LEAST = 30

/** How far a value is from any that came at this time of the day, in four-hour parts: usual by day, new by night. */
export class ClockNovelty implements Member {
  readonly #parts = Array.from({ length: PARTS }, () => new NearestPoints(1, CAPACITY))
  readonly #seen = new Array<number>(PARTS).fill(0)
  readonly #point = new Float64Array(1)
  readonly #shift: number
  #part = 0

  /** @param shift ms that local time is ahead of UTC */
  constructor(shift = 0) {
    this.#shift = shift
  }

  step(value: number, time: number): number | undefined {
    const ofDay = (((time + this.#shift) % DAY) + DAY) % DAY
    this.#part = Math.floor((ofDay / DAY) * PARTS)
    this.#point[0] = value
    const distance = (this.#parts[this.#part] as NearestPoints).step(this.#point, time)
    const seen = (this.#seen[this.#part] as number) + 1
    this.#seen[this.#part] = seen
    return seen <= LEAST || distance === Number.POSITIVE_INFINITY ? 0 : distance
  }

  expectation(): Expectation | undefined {
    const { nearest } = this.#parts[this.#part] as NearestPoints
    return Number.isFinite(nearest.distance) ? { centre: nearest.first, unit: 1, similar: nearest.mark } : undefined
  }

  save(): unknown {
    return [this.#parts.map((part) => part.save()), [...this.#seen]]
  }

  load(saved: unknown): void {
    const [parts, seen] = saved as [unknown[], number[]]
    for (const [i, part] of this.#parts.entries()) {
      part.load(parts[i])
      this.#seen[i] = seen[i] as number
    }
  }
}
