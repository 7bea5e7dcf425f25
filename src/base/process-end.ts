import { writeSync } from 'node:fs'
import { inspect } from 'node:util'

/**
 * Ending the process while a transaction of LMDB is under way hangs it for good: the thread that commits waits for its callback on the main thread,
 * and `process.exit` waits for that thread. So whoever holds such a thing says so here, and whoever ends the process asks here.
 */

/** An event of `process`, for bin/run.js, which knows nothing of this file: has an exit code. Unheard where nothing was ever held. */
export const END_EVENT = 'shitops.end'
/** A commit takes milliseconds, on a busy disk a second. */
const PATIENCE_MS = 5_000

let held = 0
let code: number | undefined
let uncaught: unknown
let guarded = false

/** Until the function that it gives is called, `process.exit` would hang. */
export function holdProcess(): () => void {
  guard()
  held++
  let released = false
  return () => {
    if (released) return
    released = true
    held--
    if (held === 0 && code !== undefined) process.exit(code)
  }
}

/** `process.exit`, as soon as it does not hang. */
export function endProcess(withCode: number): void {
  if (held === 0) process.exit(withCode)
  if (code === undefined) setTimeout(() => process.exit(withCode), PATIENCE_MS).unref()
  code ??= withCode
}

function guard(): void {
  if (guarded) return
  guarded = true
  process.on(END_EVENT, endProcess)
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error
  })
  process.on('exit', last)
}

/** Something else ends it, an uncaught error say: better killed (137) than hanging. Those who tidy up at the end do so first. */
function last(exitCode: number): void {
  if (held === 0) return
  const listeners = process.listeners('exit')
  for (const listener of listeners.slice(listeners.indexOf(last) + 1)) listener.call(process, exitCode)
  // Node shows it after this, which there will not be.
  if (uncaught !== undefined) writeSync(process.stderr.fd, `${inspect(uncaught)}\n`)
  process.kill(process.pid, 'SIGKILL')
}
