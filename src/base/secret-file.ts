import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from './errors.ts'

/** Permission bits that let anybody but the owner in. */
const OTHERS = 0o077

/**
 * The text of a file that holds secrets; refused unless its owner alone may read and write it (mode 0600 or less).
 * @throws SHITOPS_E_SECRET_MODE when others may open it, SHITOPS_E_FILE when it cannot be read
 */
export async function readSecretFile(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw new ShitopsError('SHITOPS_E_FILE', `${path} is a folder, and should be a file that holds secrets`)
    refuseOthers(path, stat.mode)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Modes mean nothing on Windows, where access lists rule. */
function refuseOthers(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  throw new ShitopsError('SHITOPS_E_SECRET_MODE', `${path} holds secrets, but others than its owner may open it (mode ${shown})`, {
    suggestions: [`chmod 600 ${path}`],
  })
}

/**
 * Write a file that holds secrets, mode 0600 from its first byte, in one step: a reader sees the old text or the new one.
 * Folders that are missing are made for the owner alone.
 */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // A link stays a link: what it points to is replaced.
  const target = await realpath(path).catch(() => path)
  const fresh = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`)
  const file = await open(fresh, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
    await file.close()
    await rename(fresh, target)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(fresh, { force: true })
    throw error
  }
}

/**
 * Make a file that holds secrets, mode 0600, unless it is there: the file appears whole, and of two processes that come at once only one
 * makes it. Folders that are missing are made for the owner alone.
 * @returns whether it was made here
 * @throws SHITOPS_E_NOT_ALLOWED, SHITOPS_E_FILE where it is not there and cannot be made
 */
export async function createSecretFile(path: string, text: string): Promise<boolean> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(fresh, 'wx', 0o600)
    await file.writeFile(text)
    await file.close()
    await link(fresh, path)
    return true
  } catch (error) {
    // In a folder that is read-only it may be there all the same.
    if (existsSync(path)) return false
    throw new ShitopsError(
      isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${path} cannot be made: ${messageOf(error)}`,
      {
        suggestions: [
          `look at ${dirname(path)}: is it yours, and is there room on the disk?`,
          'XDG_CONFIG_HOME=DIR puts such files elsewhere',
        ],
        cause: error,
      },
    )
  } finally {
    await rm(fresh, { force: true }).catch(() => {})
  }
}
