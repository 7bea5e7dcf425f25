import { EXIT, type ExitCode, ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import { GnmiConnection } from '../../collectors/gnmi/client/connection.ts'
import { type ErrorReport, reportOf } from '../error-report.ts'
import type { ConnectionTarget } from './targets.ts'

/** What became of one target: a result, or why there is none. */
export type Outcome<Result> = { name: string; result: Result; error?: never } | { name: string; error: Error; result?: never }

/** Targets that are asked at the same time. Answers wait in memory for their turn, and each may be large. */
const AT_ONCE = 32

/**
 * Asks every target, many at a time, and gives what became of each in the order of the targets: one that fails, or hangs until its time is up,
 * keeps nothing from the others. Ends early when the signal aborts.
 */
export async function* eachTarget<Result>(
  targets: readonly ConnectionTarget[],
  ask: (connection: GnmiConnection) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Outcome<Result>> {
  const running: Array<Promise<Outcome<Result>>> = []
  let next = 0
  while (!signal.aborted) {
    while (running.length < AT_ONCE && next < targets.length) running.push(outcomeOf(targets[next++] as ConnectionTarget, ask, signal))
    const first = running.shift()
    if (!first) return
    const outcome = await first
    if (!signal.aborted) yield outcome
  }
  await Promise.all(running)
}

/** One target, whatever becomes of it. Never rejects. */
export async function outcomeOf<Result>(
  { name, connection: options }: ConnectionTarget,
  ask: (connection: GnmiConnection) => Promise<Result>,
  signal: AbortSignal,
): Promise<Outcome<Result>> {
  let connection: GnmiConnection | undefined
  const close = () => connection?.close()
  try {
    connection = new GnmiConnection(options)
    signal.addEventListener('abort', close, { once: true })
    return { name, result: await ask(connection) }
  } catch (error) {
    return { name, error: error as Error }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** From what may pass by itself to what never will: a script that tries again on 75 must not do so when another target refuses. */
const SEVERITY: readonly ExitCode[] = [EXIT.tryLater, EXIT.unavailable, EXIT.notAllowed, EXIT.runtime]

const severityOf = ({ exit }: ErrorReport) => SEVERITY.indexOf(exit as ExitCode)

/**
 * The failures of a command with several targets as one report, with the code of the worst; undefined where there are none.
 * @param asked how many targets there were
 */
export function worstOf(reports: readonly ErrorReport[], asked: number): ErrorReport | undefined {
  const [worst] = [...reports].sort((a, b) => severityOf(b) - severityOf(a))
  if (!worst || asked === 1) return worst
  return { ...worst, message: `${reports.length} of ${plural(asked, 'target')} failed; the worst: ${worst.message}` }
}

/** An error of one target as everywhere else; one that is no {@link ShitopsError} is a bug, and says of which target. */
export function targetReport({ name, error }: { name: string; error: Error }): ErrorReport {
  const report = reportOf(error)
  return error.name === ShitopsError.name ? report : { ...report, message: `${name}: ${report.message}` }
}
