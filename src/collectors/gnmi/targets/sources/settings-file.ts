import { readFile } from 'node:fs/promises'
import { messageOf } from '../../../../base/errors.ts'
import type { Logger } from '../../../../base/log.ts'
import type { FileWatch } from './file-watch.ts'

export interface SettingsFileOptions<Settings> {
  file: string
  /** What the file said when it was first read, after `watch` had its mark. */
  text: string
  /** Settings from a text, or what is wrong with it, with the places, for people. */
  read(text: string): Settings | { problems: readonly string[] }
  /** Of this file. */
  watch: FileWatch
  signal: AbortSignal
  logger: Logger
}

/**
 * The settings of a file, each time that it says something new. While it is gone, cannot be read or is not valid a warning says why, and
 * what it said before goes on.
 */
export async function* settingsFile<Settings extends object>(
  options: SettingsFileOptions<Settings>,
): AsyncGenerator<Settings, void, undefined> {
  const { file, read, watch, signal, logger } = options
  let last: string | undefined = options.text
  for await (const _ of watch.changes(signal)) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT'
      logger.warn(`${file} ${gone ? 'is gone' : `cannot be read (${messageOf(error)})`}; the targets that it named stay`)
    })
    if (text === undefined || text === last) continue
    last = text
    const settings = read(text)
    if ('problems' in settings) {
      for (const problem of settings.problems) logger.warn(problem)
      logger.warn(`${file} is not valid; the targets that it named before stay`)
    } else {
      logger.info(`${file} has changed`)
      yield settings
    }
  }
}
