import { spawn } from 'node:child_process'
import { closeSync, createReadStream, openSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a client did until it had written all it was sent. */
export interface Measured {
  /** User and system time of all its threads, its start included. */
  cpuSeconds: number
  /** From its start to its last write. */
  wallSeconds: number
  /** Events with values that it wrote. */
  updates: number
  /** Its peak, bytes. */
  rss: number
}

export interface Client {
  command: string
  args: readonly string[]
  env?: Record<string, string>
  /** Where the events go: the client opens the file itself, or it is given as its stdout. */
  output: { file: string; by: 'client' | 'stdout' }
}

/** How often the output is looked at; it is whole when it did not grow in between. ms */
const LOOK = 250
/** Kernel ticks per second in /proc/PID/stat: USER_HZ, 100 on every Linux of today. */
const TICKS = 100
/** What stands once in every event that has an update, in ours and in gnmic's. */
const MARK = Buffer.from('"values":')

/** Why clients cannot be measured here, or null. */
export function missingForMeasuring(): string | null {
  return process.platform === 'linux' ? null : 'CPU time of a child is read from /proc, which only Linux has'
}

/**
 * Runs a client until it has written `updates` events, then tells it to stop. Rejects when it ends before, or writes nothing more for `patience` ms.
 * One process is looked at: a client must do its work itself.
 */
export async function measureClient(client: Client, updates: number, patience = 30_000): Promise<Measured> {
  const { file, by } = client.output
  const sink = openSync(file, 'w')
  const startedAt = performance.now()
  const child = spawn(client.command, client.args, {
    env: { ...process.env, ...client.env },
    stdio: ['ignore', by === 'stdout' ? sink : 'ignore', 'pipe'],
  })
  closeSync(sink)
  let said = ''
  child.stderr?.on('data', (data) => {
    said = `${said}${data}`.slice(-2_000)
  })
  const failed = new Promise<never>((_, reject) => child.on('error', reject))
  failed.catch(() => {})
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()))
  try {
    let size = 0
    let grewAt = performance.now()
    for (;;) {
      await Promise.race([sleep(LOOK), failed])
      const now = statSync(file).size
      if (now > size) {
        size = now
        grewAt = performance.now()
        continue
      }
      const usage = child.exitCode === null && child.signalCode === null ? usageOf(child.pid ?? 0) : undefined
      const written = size > 0 ? await countUpdates(file) : 0
      if (usage && written >= updates) return { ...usage, wallSeconds: (grewAt - startedAt) / 1_000, updates: written }
      if (!usage || performance.now() - grewAt > patience) {
        throw new Error(`${client.command} ${usage ? 'stopped writing' : 'ended'} after ${written} of ${updates} updates: ${said}`)
      }
    }
  } finally {
    child.kill('SIGTERM')
    const forced = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await gone
    clearTimeout(forced)
  }
}

/** proc(5): fields 14 and 15 of stat, after the name in parentheses; VmHWM of status. */
function usageOf(pid: number): { cpuSeconds: number; rss: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    // A process that has ended, and waits to be collected, has no memory any more.
    if (!peak) return undefined
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS, rss: Number(peak) * 1_024 }
  } catch {
    return undefined
  }
}

/** Events with values in a file of JSON, whatever their lines and spaces. */
export async function countUpdates(file: string): Promise<number> {
  let count = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk])
    let at = bytes.indexOf(MARK)
    for (; at >= 0; at = bytes.indexOf(MARK, at + MARK.length)) count++
    rest = bytes.subarray(Math.max(0, bytes.length - MARK.length + 1))
  }
  return count
}
