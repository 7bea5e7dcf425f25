import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = /^shitops-import-(\d+)-/
const DAY_MS = 86_400_000

/** A folder for nobody else (0700); those that killed imports left behind go. */
export async function makeSortFolder(parent = tmpdir(), now = Date.now()): Promise<string> {
  await removeAbandoned(parent, now)
  return mkdtemp(join(parent, `shitops-import-${process.pid}-`))
}

/** Their process is gone, and for a day nothing was written: in another container the number may be somebody else's. */
async function removeAbandoned(parent: string, now: number): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0)
    if (pid === 0 || isAlive(pid)) continue
    const path = join(parent, name)
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory() && found.mtimeMs < now - DAY_MS) await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code !== 'ESRCH'
  }
}
