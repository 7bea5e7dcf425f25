import { writeFile } from 'node:fs/promises'
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
    await writeFile(file, text, { flag: options.overwrite ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(file, error)
    throw new ShitopsError('SHITOPS_E_CONFIRM', `${file} is there already, and its settings would be lost`, {
      suggestions: ['--yes to write it anew', '--dry-run to see what would be written'],
    })
  }
  return { file, written: true, text }
}

function cannotWrite(file: string, cause: unknown): ShitopsError {
  return new ShitopsError(
    isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
    `${file} cannot be written: ${messageOf(cause)}`,
    { cause },
  )
}
