import { readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface Usage {
  /** User and system time of all its threads, its start included. */
  cpuSeconds: number
  /** Its peak, bytes. */
  rss: number
  /** At the moment, bytes. */
  rssNow: number
  /** Of those what is its own; the rest are pages of files, such as a store's, that the system takes back when it needs them. */
  anonymous: number
}

/** Kernel ticks per second in /proc/PID/stat: USER_HZ, 100 on every Linux of today. */
const TICKS = 100

/** proc(5): fields 14 and 15 of stat, after the name in parentheses; VmHWM and VmRSS of status. Undefined for a process that has ended. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024
    const rss = bytes('VmHWM')
    // A process that has ended, and waits to be collected, has no memory any more.
    if (rss === 0) return undefined
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS, rss, rssNow: bytes('VmRSS'), anonymous: bytes('RssAnon') }
  } catch {
    return undefined
  }
}
