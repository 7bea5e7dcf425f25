import { ShitopsError } from '../../../base/errors.ts'

/** Minutes that the zone is ahead of UTC at an instant. */
type OffsetAt = (ms: number) => number

/** A zone that turns local times into instants. */
export class Zone {
  readonly name: string
  readonly #offsetAt: OffsetAt

  /** @throws SHITOPS_E_USAGE for a name that is neither an IANA zone nor an offset */
  constructor(name: string) {
    this.name = name
    this.#offsetAt = offsetOf(name)
  }

  /**
   * The instant of a local time given as if it were UTC. A time that comes twice when the clocks go back is the first of the two; one that the
   * clocks skip is read with the offset before the step.
   */
  toInstant(local: number): number {
    const before = this.#offsetAt(local - 86_400_000)
    const first = local - before * 60_000
    if (this.#offsetAt(first) === before) return first
    const second = local - this.#offsetAt(first) * 60_000
    return this.#offsetAt(second) === this.#offsetAt(first) ? second : first
  }
}

function offsetOf(name: string): OffsetAt {
  const fixed = /^(?:utc|z)$|^(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})$/i.exec(name)
  if (fixed) {
    const minutes = fixed[1] === undefined ? 0 : (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -1 : 1)
    return () => minutes
  }
  return hourly(formatOf(name))
}

function formatOf(name: string): Intl.DateTimeFormat {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', era: 'short', ...parts })
  } catch (cause) {
    throw new ShitopsError('SHITOPS_E_USAGE', `"${name}" is not a time zone`, {
      cause,
      suggestions: ['--zone Europe/Berlin', '--zone +01:00', '--zone UTC'],
    })
  }
}

/** Offsets change on the quarter of an hour at the finest, and asking Intl takes microseconds: what it said is kept. */
const STEP_MS = 900_000
const KEPT = 50_000

function hourly(format: Intl.DateTimeFormat): OffsetAt {
  const known = new Map<number, number>()
  return (ms) => {
    const step = Math.floor(ms / STEP_MS)
    let minutes = known.get(step)
    if (minutes === undefined) {
      if (known.size >= KEPT) known.clear()
      minutes = asked(format, step * STEP_MS)
      known.set(step, minutes)
    }
    return minutes
  }
}

function asked(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(ms)) part[type] = value
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year)
  const wall = new Date(0)
  wall.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
  wall.setUTCHours(Number(part.hour), Number(part.minute))
  return Math.round((wall.getTime() - ms) / 60_000)
}
