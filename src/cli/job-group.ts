import { hasCode, ShitopsError } from '../base/errors.ts'
import type { Bus } from '../bus/bus.ts'
import { readCommits } from '../query/run/job-state.ts'

/**
 * Refuses to reset the group of a job: a job keeps its place beside what it remembers, and goes on there whatever its group says.
 * @throws SHITOPS_E_USAGE
 */
export async function refuseJob(bus: Bus, group: string): Promise<void> {
  if (!(await jobsOf(bus)).has(group)) return
  throw new ShitopsError(
    'SHITOPS_E_USAGE',
    `${group} is a job, which goes on where its own state says (job_state), whatever its group says`,
    {
      suggestions: ['shitops analyze jobs', 'to begin anew: the command that runs it, with --reset --yes'],
    },
  )
}

/** None where the bus has none, or where this user may not know of them: then that is no reason to refuse. */
async function jobsOf(bus: Bus): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readCommits(bus)).keys())
  } catch (error) {
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN') || hasCode(error, 'SHITOPS_E_BUS_AUTH')) return new Set()
    throw error
  }
}
