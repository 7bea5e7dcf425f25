import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from './errors.ts'
import { nearest } from './nearest.ts'

/**
 * A file that a person has named and that cannot be opened: why, and the one beside it that was meant, perhaps.
 * @param typed how a file is given, for what to type next: `--file FILE`
 */
export function unreadable(path: string, cause: unknown, typed: (path: string) => string): ShitopsError {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
    return new ShitopsError(
      isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${path} cannot be read: ${messageOf(cause)}`,
      {
        suggestions: [`${typed('FILE')} with a file that you may read`],
        cause,
      },
    )
  }
  const like = nearest(basename(path), namesIn(dirname(path)))
  return new ShitopsError('SHITOPS_E_FILE', `there is no file ${path}`, {
    suggestions: [like === undefined ? `${typed('FILE')}, its path as seen from ${process.cwd()}` : typed(join(dirname(path), like))],
    cause,
  })
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
