import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** Time that a processor spent, in any unit, since the machine started; only differences mean something. */
export interface CpuTimes {
  user: number
  nice: number
  kernel: number
  idle: number
  /** Waiting for I/O; only Linux knows it. */
  wait?: number
  /** Interrupts, and time that a hypervisor kept. */
  other: number
}

/** One entry a processor, in order. */
export async function readCpuTimes(platform: NodeJS.Platform = process.platform): Promise<CpuTimes[]> {
  if (platform === 'linux') {
    const times = parseProcStat(await readFile('/proc/stat', 'utf8'))
    if (times.length > 0) return times
  }
  return cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ user, nice, kernel: sys, idle, other: irq }))
}

/** Lines `cpu0 user nice system idle iowait irq softirq steal …` of /proc/stat (proc(5)); `user` has the guests' time in it. */
export function parseProcStat(text: string): CpuTimes[] {
  return [...text.matchAll(/^cpu\d+ (.*)$/gm)].map(([, fields = '']) => {
    const [user = 0, nice = 0, kernel = 0, idle = 0, wait = 0, ...more] = fields.trim().split(/\s+/).map(Number)
    const [irq = 0, softirq = 0, steal = 0] = more
    return { user, nice, kernel, idle, wait, other: irq + softirq + steal }
  })
}
