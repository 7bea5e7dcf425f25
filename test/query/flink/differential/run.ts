import type { FlinkGateway } from '../../../../src/query/flink/gateway.ts'
import { severalAtOnce } from '../several-at-once.ts'
import { type Comparison, compare } from './compare.ts'
import { countsJson, differenceText } from './report.ts'
import { readSubjects, type Subject } from './subjects.ts'

export interface DifferentialOptions {
  /** How many queries; which ones moves on with the seed. */
  readonly cases: number
  readonly seed: number
  /** Inputs for each query. */
  readonly seeds: number
  /** Only queries with this in their id. */
  readonly only: string
}

/** @returns how many queries differ, or could not be asked */
export async function differential(gateway: FlinkGateway, { cases, seed, seeds, only }: DifferentialOptions): Promise<number> {
  const started = performance.now()
  const { subjects, left } = await readSubjects()
  const chosen = sample(
    subjects.filter(({ id }) => id.includes(only)),
    cases,
    seed,
  )
  console.log(
    `differential: ${chosen.length} of ${subjects.length} queries, seeds ${seed} to ${seed + seeds - 1}; ${left.length} cases are no subjects`,
  )
  const numbers = Array.from({ length: seeds }, (_, i) => seed + i)
  let failures = 0
  const comparisons = await severalAtOnce(chosen, async (subject): Promise<Comparison | undefined> => {
    try {
      const comparison = await compare(gateway, subject, numbers)
      for (const difference of comparison.differences) console.error(differenceText(difference))
      failures += comparison.differences.length
      return comparison
    } catch (error) {
      console.error(`FAILED ${subject.id}: ${error instanceof Error ? error.stack : error}`)
      failures++
      return undefined
    }
  })
  const done = comparisons.filter((comparison) => comparison !== undefined)
  console.log(countsJson(done, (performance.now() - started) / 1_000))
  return failures
}

/** Evenly from all files; another part with each seed. */
function sample(subjects: readonly Subject[], count: number, seed: number): readonly Subject[] {
  if (count >= subjects.length) return subjects
  const step = subjects.length / count
  const shift = seed % Math.max(1, Math.floor(step))
  return Array.from({ length: count }, (_, i) => subjects[Math.floor(i * step) + shift] as Subject)
}
