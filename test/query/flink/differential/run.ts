import type { FlinkGateway } from '../../../../src/query/flink/gateway.ts'
import { missingForUdf } from '../../../support/flink/udf.ts'
import { severalAtOnce } from '../several-at-once.ts'
import { type Comparison, compare } from './compare.ts'
import { insightSubjects } from './insights.ts'
import { ownFunctionSubjects } from './own-functions.ts'
import { countsJson, countsTable, differenceText } from './report.ts'
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

/** Inputs that an insight may say nothing about, before that is a failure. */
const MOST_SEEDS = 8

/** @returns how many queries differ, or could not be asked */
export async function differential(gateway: FlinkGateway, { cases, seed, seeds, only }: DifferentialOptions): Promise<number> {
  const started = performance.now()
  const { subjects: recorded, left } = await readSubjects()
  const own = [...(await insightSubjects()), ...(await ownFunctions())].filter(({ id }) => id.includes(only))
  const sampled = sample(
    recorded.filter(({ id }) => id.includes(only)),
    cases,
    seed,
  )
  // The insights first, and always: they are what people run on Flink.
  const chosen = [...own, ...sampled]
  console.log(
    `differential: ${own.length} insights and own functions, ${sampled.length} of ${recorded.length} queries, seeds ${seed} to ${seed + seeds - 1}; ${left.length} cases are no subjects`,
  )
  const numbers = Array.from({ length: seeds }, (_, i) => seed + i)
  // Of an insight, what makes it fire and what must not.
  const pairs = Array.from({ length: Math.max(2, seeds) }, (_, i) => seed + i)
  let failures = 0
  const comparisons = await severalAtOnce(chosen, async (subject): Promise<Comparison | undefined> => {
    try {
      const comparison = await compare(gateway, subject, subject.generate ? pairs : numbers)
      for (let more = seed + pairs.length; subject.mustAnswer && comparison.rows === 0 && more < seed + MOST_SEEDS; more++) {
        const further = await compare(gateway, subject, [more])
        comparison.rows += further.rows
        comparison.outcomes.push(...further.outcomes)
        comparison.differences.push(...further.differences)
      }
      for (const difference of comparison.differences) console.error(differenceText(difference))
      failures += comparison.differences.length
      if (subject.mustAnswer && comparison.rows === 0) {
        console.error(`FAILED ${subject.id}: no input made it say anything`)
        failures++
      }
      return comparison
    } catch (error) {
      console.error(`FAILED ${subject.id}: ${error instanceof Error ? error.stack : error}`)
      failures++
      return undefined
    }
  })
  const done = comparisons.filter((comparison) => comparison !== undefined)
  console.log(countsTable(done, left))
  console.log(countsJson(done, (performance.now() - started) / 1_000))
  return failures
}

async function ownFunctions(): Promise<readonly Subject[]> {
  const missing = missingForUdf()
  if (missing === null) return ownFunctionSubjects()
  if (process.env.SHITOPS_REQUIRE_FLINK === '1') throw new Error(`deploy/flink-udf must be built here, but ${missing}`)
  console.log(`differential: own functions skipped, ${missing}`)
  return []
}

/** Evenly from all files; another part with each seed. */
function sample(subjects: readonly Subject[], count: number, seed: number): readonly Subject[] {
  if (count >= subjects.length) return subjects
  const step = subjects.length / count
  const shift = seed % Math.max(1, Math.floor(step))
  return Array.from({ length: count }, (_, i) => subjects[Math.floor(i * step) + shift] as Subject)
}
