import { QuantileSketch, type QuantileState } from '../sketch/quantile-sketch.ts'

/** Figures of an activity; durations in ms. */
export interface ActivityStats {
  steps: number
  weight: number
  /** Cases that begin or end with it; of the ends only those of cases that are over. */
  starts: number
  ends: number
  /** Steps beyond the first of their case, and those that follow upon the same activity at once. */
  repeats: number
  selfLoops: number
  /** From the step before, of any activity, to this one. */
  sojourn: QuantileSketch
  /** Of that, until it was started, and from then on without suspensions; where the log says when it was started. */
  waiting: QuantileSketch
  service: QuantileSketch
  /** From the last time in the same case to this one: time that rework took. */
  rework: QuantileSketch
}

export interface FlowStats {
  weight: number
  time: QuantileSketch
}

export interface VariantStats {
  weight: number
  time: QuantileSketch
}

export interface HandoverStats {
  weight: number
  time: QuantileSketch
}

export const newActivity = (): ActivityStats => {
  const counts = { steps: 0, weight: 0, starts: 0, ends: 0, repeats: 0, selfLoops: 0 }
  const sketches = {
    sojourn: new QuantileSketch(),
    waiting: new QuantileSketch(),
    service: new QuantileSketch(),
    rework: new QuantileSketch(),
  }
  return { ...counts, ...sketches }
}

/** A weight and a sketch: flows, variants and hand-overs are counted so. */
export const newTimed = (): { weight: number; time: QuantileSketch } => ({ weight: 0, time: new QuantileSketch() })

/** Sketches of an object as their states, at the top level. */
export type Saved<T> = { [K in keyof T]: T[K] extends QuantileSketch ? QuantileState : T[K] }

export function saveStats<T extends object>(stats: T): Saved<T> {
  return Object.fromEntries(
    Object.entries(stats).map(([name, value]: [string, unknown]) => [name, value instanceof QuantileSketch ? value.save() : value]),
  ) as Saved<T>
}

export function loadStats<T extends object>(saved: Saved<T>): T {
  return Object.fromEntries(Object.entries(saved).map(([name, value]) => [name, isSketch(value) ? QuantileSketch.load(value) : value])) as T
}

const isSketch = (value: unknown): value is QuantileState => typeof value === 'object' && value !== null && 'buckets' in value

/** Multiplies a weight and all sketches of an object. */
export function scaleStats(stats: { weight: number }, factor: number): void {
  stats.weight *= factor
  for (const value of Object.values(stats) as unknown[]) if (value instanceof QuantileSketch) value.scale(factor)
}
