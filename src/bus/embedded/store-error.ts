import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Store } from './store.ts'
import { corrupt } from './store-files.ts'

/** LMDB's "map full" and errno values that mean there is no room: ENOSPC, EFBIG, EDQUOT (Linux 122, macOS 69). */
const NO_ROOM = new Set([-30792, 28, 27, 122, 69])
/** MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_PANIC */
const DAMAGE = new Set([-30796, -30797, -30793, -30795])

/** What a failed transaction means to the user. lmdb-js tells the reason of a failed commit through a promise on the error. */
export async function storeError(store: Store, error: unknown): Promise<unknown> {
  if (error instanceof ShitopsError) return error
  const reason = await reasonOf(error)
  const code = Number((reason as { code?: unknown }).code)
  const message = messageOf(reason)
  if (NO_ROOM.has(code) || /no space left|MAP_FULL|quota exceeded|too large/i.test(message))
    return fullError(store.directory, 'the disk is full', reason)
  if (DAMAGE.has(code) || /MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|PANIC)/.test(message)) return corrupt(store.directory, message)
  return reason
}

export function fullError(directory: string, why: string, cause?: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_FULL', `the bus in ${directory} takes no more records: ${why}; what is there can be read`, {
    suggestions: ['make room on the disk, and go on', 'or keep less: set retention.ms or retention.bytes'],
    cause,
  })
}

async function reasonOf(error: unknown): Promise<unknown> {
  const reason = (error as { commitError?: Promise<unknown> }).commitError
  if (!reason) return error
  try {
    await reason
    return error
  } catch (why) {
    return why
  }
}
