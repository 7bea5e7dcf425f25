import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { makeDirectory } from '../../base/make-directory.ts'
import { type DataHeader, damageOfTree, readDataHeader } from './store-tree.ts'

/** Layout version of the store. A newer one is refused; an older one would be migrated here. */
export const FORMAT = 1
const MARKER = 'shitops-bus.json'
const DATA = 'data.mdb'
const OURS = new Set([MARKER, `${MARKER}.new`, DATA, 'lock.mdb'])

/** Room for the files of a new store. LMDB writes its lock file through memory: where there is no room, that kills the process. */
const NEW_BYTES = 256 << 10

/**
 * A writer may be at work: how often to look again when pages changed under the check. A store that is written all the time is
 * in use, and so not damaged.
 */
const LOOKS = 5

/**
 * Look at a store's directory before LMDB maps it: LMDB makes a new environment over a missing or empty file, and reading a
 * mapped file past its end kills the process. Creates the directory for a new store unless the store must be there already.
 * Rejects with SHITOPS_E_BUS_CORRUPT for a damaged store, SHITOPS_E_BUS_URL for a directory that is something else,
 * SHITOPS_E_BUS_UNAVAILABLE where there is nothing to read, SHITOPS_E_NOT_ALLOWED for a directory of somebody else's, SHITOPS_E_BUS_FULL for a new
 * store on a disk without room for it.
 */
export function checkStoreFiles(directory: string, mustExist: boolean): void {
  const found = listDirectory(directory)
  const marked = found?.includes(MARKER) ?? false
  if (marked) checkMarker(directory)
  const size = found?.includes(DATA) ? statSync(join(directory, DATA)).size : -1
  if (mustExist && !marked) throw size > 0 ? unmarked(directory) : absent(directory)
  if (size > 0) {
    checkData(directory)
    return
  }
  if (marked) throw corrupt(directory, size < 0 ? `${DATA} is gone` : `${DATA} is empty`)
  const foreign = found?.find((name) => !OURS.has(name))
  if (foreign !== undefined) {
    throw new ShitopsError('SHITOPS_E_BUS_URL', `${directory} holds other files ("${foreign}") and no bus; nothing was written there`, {
      suggestions: [`--bus embedded:${join(directory, 'bus')}`],
    })
  }
  try {
    makeDirectory(directory, 0o700)
  } catch (error) {
    throw new ShitopsError(unusable(error), `${directory} cannot be created: ${messageOf(error)}`, {
      suggestions: ['--bus embedded:DIR with a directory you may write to'],
      cause: error,
    })
  }
  const { bavail, bsize, blocks } = statfsSync(directory)
  // Some file systems do not count.
  if (blocks === 0 || bavail * bsize >= NEW_BYTES) return
  throw new ShitopsError('SHITOPS_E_BUS_FULL', `no bus can be made in ${directory}: the disk is full`, {
    suggestions: ['make room on the disk', '--bus embedded:DIR on another disk'],
  })
}

const unusable = (error: unknown) => (isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_BUS_UNAVAILABLE')

function absent(directory: string): ShitopsError {
  const bus = `--bus ${quoted(`embedded:${directory}`)}`
  return new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `there is no bus in ${directory}`, {
    suggestions: [`shitops topic create --all ${bus}`, `shitops demo ${bus}`],
  })
}

function unmarked(directory: string): ShitopsError {
  return new ShitopsError(
    'SHITOPS_E_BUS_UNAVAILABLE',
    `${directory} holds ${DATA}, but its ${MARKER} is missing: the file was lost, or the bus was never finished`,
    { suggestions: [`shitops topic create --all --bus ${quoted(`embedded:${directory}`)}, which writes it again and keeps what is there`] },
  )
}

/** As a shell takes it for one word. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** Whether there is nothing at all in a directory, or not even a directory: a bus may be created there. */
export function isVacant(directory: string): boolean {
  return (listDirectory(directory)?.length ?? 0) === 0
}

/** Whether there is a data file that no shitops has finished setting up: one whose creation was cut short, or another program's. */
export function isUnmarked(directory: string): boolean {
  return existsSync(join(directory, DATA)) && !existsSync(join(directory, MARKER))
}

/** Say that the store in `directory` is complete, and of which format: from now on a missing data file is damage, not a new store. */
export function markStore(directory: string): void {
  const path = join(directory, MARKER)
  if (existsSync(path)) return
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, `${JSON.stringify({ what: 'shitops embedded bus', format: FORMAT })}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
}

function listDirectory(directory: string): string[] | undefined {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const file = (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    throw new ShitopsError(
      file ? 'SHITOPS_E_BUS_URL' : unusable(error),
      file ? `${directory} is a file; the embedded bus needs a directory` : `${directory} cannot be read: ${messageOf(error)}`,
      { suggestions: ['--bus embedded:./data'], cause: error },
    )
  }
}

function checkMarker(directory: string): void {
  let format: unknown
  try {
    format = (JSON.parse(readFileSync(join(directory, MARKER), 'utf8')) as { format?: unknown }).format
  } catch (error) {
    if (isNotAllowed(error)) throw notAllowed(directory, error)
    throw corrupt(directory, `${MARKER} cannot be read: ${messageOf(error)}`)
  }
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) throw corrupt(directory, `${MARKER} names no format`)
  if (format > FORMAT) {
    throw new ShitopsError(
      'SHITOPS_E_BUS_UNSUPPORTED',
      `${directory} was written by a newer shitops (format ${format}; this one reads up to ${FORMAT})`,
      { suggestions: ['npm install -g shitops@latest'] },
    )
  }
}

function checkData(directory: string): void {
  const file = openData(directory)
  try {
    for (let look = 0; look < LOOKS; look++) {
      const header = newestHeader(directory, file)
      const damage = damageOfTree(file, header)
      if (damage === undefined) return
      // Another process that commits while we look uses pages of older snapshots again: then this was no damage.
      if (newestHeader(directory, file).txnId === header.txnId) throw corrupt(directory, `${DATA}: ${damage}`)
    }
  } finally {
    closeSync(file)
  }
}

function openData(directory: string): number {
  try {
    return openSync(join(directory, DATA), 'r')
  } catch (error) {
    throw isNotAllowed(error) ? notAllowed(directory, error) : error
  }
}

/** The system refuses this user a file of the store. */
export function notAllowed(directory: string, cause: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_NOT_ALLOWED', `the bus in ${directory} cannot be opened: ${messageOf(cause)}`, {
    suggestions: ['run it as the user whose bus it is', '--bus embedded:DIR with a directory of your own'],
    cause,
  })
}

function newestHeader(directory: string, file: number): DataHeader {
  const first = readDataHeader(file, 0)
  if (!first) throw corrupt(directory, `${DATA} does not start as an LMDB data file`)
  const second = readDataHeader(file, first.pageSize)
  if (!second || second.pageSize !== first.pageSize) throw corrupt(directory, `the second header of ${DATA} is damaged`)
  return second.txnId > first.txnId ? second : first
}

export function corrupt(directory: string, what: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_CORRUPT', `the bus in ${directory} is damaged: ${what}; nothing was changed`, {
    suggestions: [`restore ${directory} from a backup`, `or keep it for inspection and start anew: mv ${directory} ${directory}.damaged`],
  })
}
