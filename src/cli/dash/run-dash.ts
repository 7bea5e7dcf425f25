import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Bus } from '../../bus/bus.ts'
import type { DashResult } from '../../tui/dash.ts'
import { colorsOf } from '../../tui/draw/paint.ts'
import { ownServer } from './own-server.ts'
import { dashToken } from './token.ts'

export interface DashFlags {
  url?: string | undefined
  'token-file'?: string | undefined
  utc?: boolean
  /** As typed: what commands must say too. */
  bus?: string | undefined
}

export interface DashContext {
  /** Called once the flags are known to be good, and only without a URL. */
  open(): Promise<Bus>
  /** What people call that bus. */
  busName: string
  /** Smallest team that the server of this process tells numbers of. */
  minCount: number | undefined
  /** Folder of the tokens of `shitops serve`. */
  directory: string
  env: NodeJS.ProcessEnv
  author: string
  clock: Clock
  signal: AbortSignal
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  colored: boolean
  cwd: string
}

/**
 * The dashboard on a server or on this bus, until it is quit.
 * @throws SHITOPS_E_DASH_TERMINAL, SHITOPS_E_DASH_TOKEN, SHITOPS_E_SERVE_AUTH, SHITOPS_E_USAGE, and those of the bus
 */
export async function runDash(flags: DashFlags, context: DashContext): Promise<DashResult> {
  const { env, clock, signal, stdin, stdout, colored, cwd } = context
  if (!stdin.isTTY || !stdout.isTTY || env.TERM === 'dumb') {
    throw new ShitopsError('SHITOPS_E_DASH_TERMINAL', 'the dashboard needs a terminal, and its input or output is none', {
      suggestions: ['shitops tail alerts --output ndjson', 'shitops alert list', 'shitops serve (a page in the browser)'],
    })
  }
  const there = await placeOf(flags, context)
  // Ink draws nothing but its last frame where this says so, and here somebody sits at a terminal.
  env.CI = 'false'
  // All times of this process: the dashboard shows them, and nothing else here does.
  if (flags.utc) env.TZ = 'UTC'
  const { dash } = await import('../../tui/dash.ts')
  try {
    return await dash({
      ...there,
      ...{ clock, signal, stdin, stdout, directory: cwd },
      colors: colored ? colorsOf(env) : 0,
      ...(flags.utc && { zone: 'UTC' }),
    })
  } finally {
    await there.close?.()
  }
}

async function placeOf({ url: text, 'token-file': file, bus: namedBus }: DashFlags, context: DashContext) {
  const { open, busName, directory, env, author, clock, minCount } = context
  if (text === undefined) {
    if (file !== undefined)
      throw new ShitopsError('SHITOPS_E_USAGE', '--token-file belongs to --url', { suggestions: ['--url ws://HOST:PORT'] })
    return { ...(await ownServer(await open(), { author, clock, minCount, namedBus })), source: busName }
  }
  const url = serverUrl(text)
  return { url: url.origin, token: await dashToken(file, env, { url, directory }), source: url.host, close: undefined }
}

/** @throws SHITOPS_E_USAGE; what else stood in the address is not shown: it may be a secret */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^(?:ws|http)s?:$/.test(url.protocol)) {
    throw new ShitopsError('SHITOPS_E_USAGE', '--url is no address of a server', { suggestions: ['--url ws://127.0.0.1:7468'] })
  }
  if (url.username !== '' || url.password !== '' || /token/i.test(url.search + url.hash)) {
    throw new ShitopsError('SHITOPS_E_USAGE', 'a token does not belong into --url, where every process on this machine can read it', {
      suggestions: ['--token-file FILE'],
    })
  }
  return new URL(url.href.replace(/^ws/, 'http'))
}
