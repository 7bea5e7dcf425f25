import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface CliResult {
  stdout: string
  stderr: string
  /** Exit code, or 128 + the signal's number as a shell reports it. */
  code: number
}

export interface CliOptions {
  /** Added to a cleaned environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>
  cwd?: string
  /** What stdin gives; without it stdin is empty and at its end. */
  input?: string | Buffer
  /** Kills the command with SIGKILL; default 100 s. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** The entry of the built CLI: `npm test` builds before it tests; by hand: `node scripts/build.mjs`. */
export const CLI = resolve('bin/run.js')

/** Whatever would make a test depend on the machine it runs on. */
const UNWANTED = /^(SHITOPS_|XDG_|NODE_OPTIONS$|NODE_TEST|NO_COLOR$|FORCE_COLOR$|CI$|COLUMNS$|LINES$|TERM$|DEBUG$|HOME$)/

/** The environment of a spawned command: ours without what changes behaviour, and a home of its own. */
export function cliEnv(home: string, extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !UNWANTED.test(name))
  const own = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    TERM: 'dumb',
    TZ: 'UTC',
  }
  return Object.fromEntries(Object.entries({ ...Object.fromEntries(kept), ...own, ...extra }).filter(([, value]) => value !== undefined))
}

/**
 * Run the built CLI to its end, in a home of its own that is removed afterwards (give `env.HOME` and the like to keep one between runs).
 *
 * @example const { stdout, code } = await runCli(['topic', 'list', '--json'], { env: { SHITOPS_BUS: `embedded:${dir}` } })
 */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const home = await mkdtemp(join(tmpdir(), 'shitops-cli-'))
  try {
    return await run(args, { ...options, cwd: options.cwd ?? home }, cliEnv(home, options.env))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

function run(args: readonly string[], options: CliOptions, env: NodeJS.ProcessEnv): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    env,
    timeout: options.timeoutMs ?? 100_000,
    killSignal: 'SIGKILL',
    ...(options.signal && { signal: options.signal }),
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A command that does not read its input to the end closes the pipe early.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code, signal) => {
      done({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code: code ?? 128 + numberOf(signal) })
    })
  })
}

const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 }
const numberOf = (signal: NodeJS.Signals | null) => (signal && SIGNALS[signal]) || 0
