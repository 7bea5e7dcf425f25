import type { Clock } from '../../base/clock.ts'
import type { DashCode } from '../../tui/dash.ts'
import { colorLevel } from '../color.ts'
import type { OwnServer } from '../dash/own-server.ts'

/** Where somebody sits. */
export interface DemoTerminal {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  env: NodeJS.ProcessEnv
  /** Where exports go. */
  cwd: string
}

export interface WatchOptions {
  terminal: DemoTerminal
  web: OwnServer
  /** For the status line. */
  source: string
  /** Times in UTC, not in the zone of whoever sits there. */
  utc: boolean
  clock: Clock
  /** Tells office time. */
  officeClock: Clock
  signal: AbortSignal
  /** The office, until it closes or the signal that it is given aborts. */
  run(signal: AbortSignal): Promise<unknown>
}

/**
 * Shows the dashboard while the office is open. Whoever quits it closes the office; an office that closes takes the dashboard with it.
 * @returns what `dash` ended with
 */
export async function watchOffice({ terminal, web, source, utc, clock, officeClock, signal, run }: WatchOptions): Promise<DashCode> {
  const { stdin, stdout, env, cwd } = terminal
  // Ink draws nothing but its last frame where this says so, and here somebody sits at a terminal.
  env.CI = 'false'
  if (utc) env.TZ = 'UTC'
  const [{ dash }, { colorsOf }] = await Promise.all([import('../../tui/dash.ts'), import('../../tui/draw/paint.ts')])
  const [left, closed] = [new AbortController(), new AbortController()]
  const running = run(AbortSignal.any([signal, left.signal])).finally(() => closed.abort())
  // Seen where it is waited for.
  running.catch(() => {})
  try {
    const { code } = await dash({
      ...{ url: web.url, token: web.token, source, link: linkOf(web), clock, eventNow: () => officeClock.now() },
      ...(utc && { zone: 'UTC' }),
      ...{ stdin, stdout, directory: cwd, colors: colorLevel(stdout) > 0 ? colorsOf(env) : 0 },
      signal: AbortSignal.any([signal, closed.signal]),
    })
    return code
  } finally {
    left.abort()
    // What made the office fail is more than what the dashboard made of it.
    await running
  }
}

/** Behind the #, which no browser sends: the token is in no log and in no other process's list of arguments. */
export const linkOf = ({ url, token }: OwnServer): string => `${url}/#token=${token}`
