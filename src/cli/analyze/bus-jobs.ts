import type { Bus } from '../../bus/bus.ts'
import { isThere } from '../../bus/ops/topics-there.ts'
import { type Commit, JOB_STATE_SPEC, type JobTotals, readCommits } from '../../query/run/job-state.ts'
import { formatTable } from '../table.ts'

/** A job of this bus, or a part of one: what it has done since it first ran. */
export interface BusJobRow extends JobTotals {
  job: string
  /** Records that it has not read yet; null where that is not known. */
  lag: number | null
}

/** The jobs that have state on a bus, printed as a table and given back for --json. */
export async function listBusJobs(bus: Bus, { print }: { readonly print: (line: string) => void }): Promise<{ jobs: BusJobRow[] }> {
  const commits = (await isThere(bus, JOB_STATE_SPEC.name)) ? await readCommits(bus) : new Map<string, never>()
  const jobs: BusJobRow[] = []
  for (const [job, commit] of [...commits].sort(([a], [b]) => (a < b ? -1 : 1)))
    jobs.push({ job, lag: await lagOf(bus, job, inputsOf(commit)), ...commit.totals })
  const counts = (['lag', 'records', 'outputs', 'late', 'bad', 'jumps'] as const).map((name) => ({
    name,
    value: (row: BusJobRow) => (row[name] === null ? '?' : String(row[name])),
    right: true,
  }))
  const columns = [{ name: 'job', value: ({ job }: BusJobRow) => job }, ...counts]
  print(jobs.length === 0 ? 'no jobs' : formatTable(jobs, columns, { header: true }))
  return { jobs }
}

async function lagOf(bus: Bus, job: string, inputs: readonly string[]): Promise<number | null> {
  try {
    const { offsets } = await bus.describeGroup(job)
    // A part of a job reads its own partitions alone.
    const own = offsets.filter(({ committed }) => committed !== null)
    // Kafka leaves out topics that this user may not see: a sum without them would be no lag.
    if (own.length === 0 || inputs.some((input) => !own.some(({ topic }) => topic === input))) return null
    return own.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0)
  } catch {
    // A topic of it is gone, or the group, or it may not be seen.
    return null
  }
}

/** The topics that it has read. */
function inputsOf({ positions, journal }: Commit): string[] {
  const placed = Object.keys(positions).map((place) => place.slice(0, place.lastIndexOf('/')))
  return [...new Set([...placed, ...journal.flatMap((entry) => ('from' in entry ? entry.topic : []))])]
}
