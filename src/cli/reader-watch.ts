import { fstatSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'

/** Bits of `flags` in /proc/PID/fdinfo/FD: open(2). */
const ACCESS_MODE = 0o3
const WRITE_ONLY = 0o1
const EVERY_MS = 1_000

/**
 * Calls `onGone` once the reader of a pipe on descriptor `fd` has left, which otherwise shows only at the next write: `tail | head -1` would
 * wait for a record that nobody wants. Node cannot poll a pipe for its reader, so /proc is asked, once a second; where that shows no
 * reader to begin with (another system, another user, another container) nothing is concluded. Await it before the first write, then
 * call what it gives to stop watching.
 */
export async function watchReader(fd: number, onGone: () => void): Promise<() => void> {
  if (process.platform !== 'linux' || !isPipe(fd)) return () => {}
  const pipe = await readlink(`/proc/self/fd/${fd}`)
  let holder = await findReader(pipe)
  if (holder === undefined) return () => {}
  let stopped = false
  const look = async () => {
    if (holder === undefined || !(await stillHolds(holder, pipe))) holder = await findReader(pipe)
    if (holder !== undefined || stopped) return
    clearInterval(timer)
    onGone()
  }
  const timer = setInterval(() => void look().catch(() => {}), EVERY_MS)
  timer.unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO()
  } catch {
    return false
  }
}

/** A process that has become somebody else's (sudo) cannot be looked into, and counts as still there. */
async function stillHolds(link: string, pipe: string): Promise<boolean> {
  return readlink(link).then(
    (target) => target === pipe,
    (error: NodeJS.ErrnoException) => error.code === 'EACCES' || error.code === 'EPERM',
  )
}

async function findReader(pipe: string): Promise<string | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  // A reader was started with us, so it is most likely among the newest.
  for (const pid of pids.sort((a, b) => Number(b) - Number(a))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = `/proc/${pid}/fd/${fd}`
      if ((await readlink(link).catch(() => '')) === pipe && (await reads(pid, fd))) return link
    }
  }
  return undefined
}

async function reads(pid: string, fd: string): Promise<boolean> {
  const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(() => '')
  const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '1', 8)
  return (flags & ACCESS_MODE) !== WRITE_ONLY
}
