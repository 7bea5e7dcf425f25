import { ShitopsError } from '../../base/errors.ts'
import { FlinkGateway } from '../../query/flink/gateway.ts'
import type { FlinkSession } from '../../query/flink/session.ts'
import { formatTable } from '../table.ts'

interface Output {
  readonly print: (line: string) => void
}

/** The cluster's jobs, printed as a table and given back for --json. */
export async function listJobs(gateway: string, { print }: Output): Promise<unknown> {
  const jobs = await withSession(gateway, (session) => session.jobs())
  const columns = (['id', 'name', 'status', 'started'] as const).map((name) => ({ name, value: (job: (typeof jobs)[number]) => job[name] }))
  print(jobs.length === 0 ? 'no jobs' : formatTable(jobs, columns, { header: true }))
  return { jobs }
}

/** Stops a job; without --yes it says what it would do and is refused. */
export async function stopJob(
  job: string | undefined,
  flags: { gateway: string; stop: boolean; yes: boolean },
  { print }: Output,
): Promise<unknown> {
  if (job === undefined || !/^[0-9a-f]{32}$/.test(job)) {
    throw new ShitopsError(
      'SHITOPS_E_USAGE',
      `${job === undefined ? 'no job is named' : `${job} is no id of a job`}: 32 digits and letters a to f are one`,
      {
        suggestions: [`shitops analyze jobs --gateway ${flags.gateway}`],
      },
    )
  }
  if (!flags.yes) {
    throw new ShitopsError('SHITOPS_E_CONFIRM', `this would ${flags.stop ? 'stop' : 'cancel'} job ${job} of ${flags.gateway}`, {
      suggestions: ['--yes does it'],
    })
  }
  return withSession(flags.gateway, async (session) => {
    if (!flags.stop) {
      await session.cancelJob(job)
      print(`cancelled ${job}`)
      return { job, savepoint: null }
    }
    const savepoint = await session.stopWithSavepoint(job)
    print(`stopped ${job}, savepoint ${savepoint}`)
    return { job, savepoint }
  })
}

async function withSession<T>(gateway: string, use: (session: FlinkSession) => Promise<T>): Promise<T> {
  const session = await new FlinkGateway(gateway).openSession()
  try {
    return await use(session)
  } finally {
    await session.close().catch(() => {})
  }
}
