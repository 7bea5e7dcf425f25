/** Bins of durations: bin 0 is less than a second, then 1.4 % each, to 31 years. A duration is kept in two bytes, and sorting is counting. */
export const BINS = 1536

const PER_E = (BINS - 2) / Math.log(1e9)

/** @param seconds negative and NaN count as 0 */
export function binOf(seconds: number): number {
  if (!(seconds >= 1)) return 0
  return Math.min(BINS - 1, 1 + Math.floor(Math.log(seconds) * PER_E))
}

/** The middle of a bin, in seconds. */
export const secondsOf = (bin: number): number => MIDDLES[bin] as number

const MIDDLES = Float64Array.from({ length: BINS }, (_, bin) => (bin === 0 ? 0 : Math.exp((bin - 0.5) / PER_E)))
