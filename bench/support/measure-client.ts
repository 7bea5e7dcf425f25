import { spawn } from 'node:child_process'
import { closeSync, createReadStream, openSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { usageOf } from './process-usage.ts'

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
