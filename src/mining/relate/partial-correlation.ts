export interface Observation {
  x: number
  y: number
  /** Groups whose own levels are taken out: hour of day, weekday. */
  groups: readonly [number, number]
  /** A number whose linear part is taken out: people present. */
  covariate: number
}

export interface Correlation {
  r: number
  low: number
  high: number
  n: number
  /** As many independent observations as these are worth: neighbouring hours are alike. */
  effective_n: number
}

const ROUNDS = 200
const CONVERGED = 1e-10

/**
 * Partial rank correlation of x and y (Spearman's, so that a few very long hours do not decide), what goes with the groups and the covariate taken out
 * of both. The interval is Fisher's, with the degrees of freedom that the controls cost and Bartlett's correction for autocorrelation.
 *
 * @param observations in order of time
 * @param z of the normal distribution for the level wanted
 * @returns undefined when there is too little to tell: nothing varies, or fewer than 10 degrees of freedom are left
 */
export function partialCorrelation(observations: readonly Observation[], z: number): Correlation | undefined {
  const n = observations.length
  const groups = [0, 1].map((i) => indexed(observations.map((each) => each.groups[i as 0 | 1])))
  const [x, y, covariate] = (['x', 'y', 'covariate'] as const).map((name) => {
    return withoutGroups(ranks(observations.map((each) => each[name])), groups)
  }) as [number[], number[], number[]]
  const spread = dot(covariate, covariate)
  const hasCovariate = spread > CONVERGED * n
  const [a, b] = [x, y].map((values) => {
    if (!hasCovariate) return values
    const slope = dot(values, covariate) / spread
    return values.map((value, i) => value - slope * (covariate[i] as number))
  }) as [number[], number[]]
  const [aa, bb] = [dot(a, a), dot(b, b)]
  if (aa <= CONVERGED * n || bb <= CONVERGED * n) return undefined
  const controls = groups.reduce((sum, { size }) => sum + size - 1, 0) + (hasCovariate ? 1 : 0)
  const both = Math.max(0, autocorrelation(a) * autocorrelation(b))
  const effective = n * ((1 - both) / (1 + both))
  const freedom = effective - controls - 3
  if (freedom < 10) return undefined
  const r = Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(aa * bb)))
  const middle = Math.atanh(Math.max(-0.999999, Math.min(0.999999, r)))
  const half = z / Math.sqrt(freedom)
  return { r, low: Math.tanh(middle - half), high: Math.tanh(middle + half), n, effective_n: Math.round(effective) }
}

interface Groups {
  /** Group of each observation, from 0. */
  of: number[]
  size: number
}

function indexed(values: readonly number[]): Groups {
  const ids = new Map<number, number>()
  const of = values.map((value) => {
    const id = ids.get(value) ?? ids.size
    ids.set(value, id)
    return id
  })
  return { of, size: ids.size }
}

/** The mean of each group is made 0, of one grouping after the other, until both are: two-way fixed effects. */
function withoutGroups(values: readonly number[], groupings: readonly Groups[]): number[] {
  const rest = [...values]
  for (let round = 0; round < ROUNDS; round++) {
    let largest = 0
    for (const { of, size } of groupings) {
      const [sums, counts] = [new Float64Array(size), new Float64Array(size)]
      for (const [i, group] of of.entries()) {
        sums[group] = (sums[group] as number) + (rest[i] as number)
        counts[group] = (counts[group] as number) + 1
      }
      for (const [i, group] of of.entries()) {
        const mean = (sums[group] as number) / (counts[group] as number)
        rest[i] = (rest[i] as number) - mean
        largest = Math.max(largest, Math.abs(mean))
      }
    }
    if (largest < CONVERGED) break
  }
  return rest
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number))
  const out = new Array<number>(values.length)
  for (let i = 0; i < order.length; ) {
    let end = i + 1
    while (end < order.length && values[order[end] as number] === values[order[i] as number]) end++
    for (const index of order.slice(i, end)) out[index] = (i + 1 + end) / 2
    i = end
  }
  return out
}

/** Of the first order. */
const autocorrelation = (values: readonly number[]): number => dot(values.slice(1), values.slice(0, -1)) / dot(values, values)

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
