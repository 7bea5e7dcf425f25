import { ShitopsError } from '../../base/errors.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { namesOf, unitName } from '../../query/run/job-state.ts'
import { JOB_UNITS_SPEC } from '../../query/run/job-units.ts'
import { tablesOf, topicOfTable } from './durable-query.ts'

/** `SET 'shitops.job.split' = 'false'`: a query is one unit, whatever its plan. */
export const SPLIT_KEY = 'shitops.job.split'

/** A part of a job that one process runs: all of a query, or its share of the partitions. */
export interface JobPart {
  readonly name: string
  readonly partitions?: (partition: number) => boolean
  readonly siblings?: readonly string[]
}

/**
 * The parts of a job: as many as its topics have partitions where its plan is local to them, else one. They are the same however many processes
 * there are, and so is the result.
 *
 * @param local whether the plan may be split
 * @param known names of jobs that have state
 * @throws SHITOPS_E_JOB_PLAN where the job has state that was split otherwise
 */
export async function partsOf(bus: Bus, plan: Plan, job: string, local: boolean, known: Iterable<string>): Promise<JobPart[]> {
  const count = local ? await commonPartitions(bus, plan) : 1
  const names = Array.from({ length: count }, (_, i) => unitName(job, i, count))
  const other = namesOf(known, job).find((name) => !names.includes(name))
  if (other !== undefined) {
    const now = count === 1 ? 'in one part' : `in ${count} parts`
    throw new ShitopsError('SHITOPS_E_JOB_PLAN', `job ${job} has state as ${other}, and now would run ${now}`, {
      suggestions: ['start it afresh with --reset', 'give it another name with --job'],
    })
  }
  if (count === 1) return [{ name: job }]
  return names.map((name, i) => ({
    name,
    partitions: (partition) => partition % count === i,
    siblings: names.filter((each) => each !== name),
  }))
}

/** The number of partitions that all topics of a plan have, 1 where they differ: equal keys then lie apart. */
async function commonPartitions(bus: Bus, plan: Plan): Promise<number> {
  const topics = new Set(tablesOf(plan).map(topicOfTable))
  const counts = new Set<number>()
  for (const topic of topics) counts.add((await bus.offsets(topic)).length)
  const [count] = counts
  return counts.size === 1 && count !== undefined ? Math.min(count, JOB_UNITS_SPEC.partitions) : 1
}
