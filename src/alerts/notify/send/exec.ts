import { spawn } from 'node:child_process'
import type { Outcome } from '../dispatch.ts'
import type { Sender } from './sender.ts'

export interface ExecOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[]
  /** ms */
  readonly timeout: number
}

/** As sysexits(3): the program asks to be called again. */
const TEMPFAIL = 75

/** What a program gets of our environment: no secret of ours. */
const KEPT = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SystemRoot']

/**
 * Runs a program with the webhook body on its stdin, and SHITOPS_IDEMPOTENCY_KEY and SHITOPS_STATUS in its environment. Exit 0 is taken, 75 and a
 * program that takes too long may pass, anything else is a refusal.
 */
export function execSender({ command, timeout }: ExecOptions): Sender {
  return {
    send: (body, signal) =>
      new Promise<Outcome>((resolve) => {
        const [program = '', ...args] = command
        const env: NodeJS.ProcessEnv = { SHITOPS_IDEMPOTENCY_KEY: body.idempotencyKey, SHITOPS_STATUS: body.status }
        for (const name of KEPT) if (process.env[name] !== undefined) env[name] = process.env[name]
        const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'], timeout, killSignal: 'SIGKILL', signal })
        child.once('error', (error: NodeJS.ErrnoException) => {
          const passing = error.name === 'AbortError'
          resolve(
            passing
              ? { kind: 'later', why: 'stopped' }
              : { kind: 'refused', why: `the program cannot be run (${error.code ?? error.name})` },
          )
        })
        child.once('exit', (code) => {
          if (code === 0) resolve({ kind: 'taken' })
          else if (code === null) resolve({ kind: 'later', why: `the program did not end within ${timeout} ms` })
          else resolve({ kind: code === TEMPFAIL ? 'later' : 'refused', why: `the program ended with ${code}` })
        })
        // A program that does not read its input is free not to.
        child.stdin.on('error', () => {})
        child.stdin.end(JSON.stringify(body))
      }),
  }
}
