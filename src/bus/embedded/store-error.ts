import { messageOf, ShitopsError } from '../../base/errors.ts'
import { DamagedEntry } from './meta-table.ts'
import type { Store } from './store.ts'
import { corrupt } from './store-files.ts'

/** LMDB's "map full" and errno values that mean there is no room: ENOSPC, EFBIG, EDQUOT (Linux 122, macOS 69). */
const NO_ROOM = new Set([-30792, 28, 27, 122, 69])
/** MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_PANIC */
const DAMAGE = new Set([-30796, -30797, -30793, -30795])

/** What a failed commit means to the user. lmdb-js tells the reason through a promise on the error. */
export async function commitError(store: Store, error: unknown): Promise<unknown> {
  return storeError(store, await reasonOf(error))
}

/** What an error of LMDB means to the user; any other is returned as it is. */
export function storeError(store: Store, error: unknown): unknown {
  if (error instanceof ShitopsError) return error
  const code = Number((error as { code?: unknown }).code)
  const message = messageOf(error)
  if (NO_ROOM.has(code) || /MDB_MAP_FULL/.test(message)) return fullError(store.directory, 'the disk is full', error)
  if (error instanceof DamagedEntry || DAMAGE.has(code) || /MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|PANIC)/.test(message)) {
    return corrupt(store.directory, message)
  }
  return error
}

/** Do something with the store, and tell its errors as the user should see them. */
export function guarded<T>(store: Store, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storeError(store, error)
  }
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
