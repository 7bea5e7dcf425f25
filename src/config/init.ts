import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from '../base/errors.ts'
import { makeDirectory } from '../base/make-directory.ts'
import { configTemplate } from './template.ts'

export interface InitResult {
  file: string
  /** False with dryRun. */
  written: boolean
  text: string
}

/**
 * Write a commented configuration file; folders that are missing are made.
 * @param options overwrite: a file that is there already; dryRun: only say what would be written
 * @throws SHITOPS_E_CONFIRM when the file is there, SHITOPS_E_NOT_ALLOWED or SHITOPS_E_FILE when it cannot be written
 */
export async function initConfig(file: string, options: { overwrite: boolean; dryRun: boolean }): Promise<InitResult> {
  const text = configTemplate()
  if (options.dryRun) return { file, written: false, text }
  try {
    makeDirectory(dirname(file))
    await (options.overwrite ? replaceFile(file, text) : newFile(file, text))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(file, error)
    throw new ShitopsError('SHITOPS_E_CONFIRM', `${file} is there already, and its settings would be lost`, {
      suggestions: ['--yes to write it anew', '--dry-run to see what would be written'],
    })
  }
  return { file, written: true, text }
}

/** Half a file (a full disk) would be in the way of the next try. */
async function newFile(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await rm(file, { force: true }).catch(() => {})
    throw error
  })
}

/** In one step: where it fails, the settings that were there are still there. */
async function replaceFile(file: string, text: string): Promise<void> {
  // A link stays a link, and the file as open or closed to others as it was.
  const target = await realpath(file).catch(() => file)
  const mode = await stat(target).then(
    ({ mode }) => mode & 0o777,
    () => 0o666,
  )
  const fresh = `${target}.${process.pid}.new`
  try {
    await writeFile(fresh, text, { flag: 'wx', mode })
    await rename(fresh, target)
  } finally {
    await rm(fresh, { force: true }).catch(() => {})
  }
}

function cannotWrite(file: string, cause: unknown): ShitopsError {
  return new ShitopsError(
    isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
    `${file} cannot be written: ${messageOf(cause)}`,
    { cause },
  )
}
