import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from './store.ts'

/** Bytes of batches that a process looks at before it lets go of the pages that they lie on. */
const MOST_MAPPED = 64 << 20

/**
 * Batches were looked at. Every page of the data file that a process has touched counts as memory of that process (RssFile) until somebody
 * else needs it, which on a machine with memory to spare is never: a process that reads all of a store would seem to be as large as the
 * store. LMDB has no way to let go of pages but to give the map back, so that is done now and then.
 */
export function looked(store: Store, bytes: number): void {
  store.looked += bytes
  if (store.looked < MOST_MAPPED || store.remapping) return
  store.remapping = true
  setImmediate(() => {
    store.remapping = false
    // The writer sees to it between two commits.
    if (!store.committing) void remap(store)
  })
}

/**
 * Makes the map anew, if it is time. Called at the beginning of a turn of the event loop in which nothing is under way: all that LMDB waits
 * for has ended then, so that the store is closed and open again before anybody else has a turn.
 */
export async function remap(store: Store): Promise<void> {
  if (store.looked >= MOST_MAPPED) await reopen(store)
}

/** Closes and opens the store, with everything that {@link remap} says of the moment for it. */
export async function reopen(store: Store): Promise<void> {
  if (store.closed || !isSame(store)) return
  store.looked = 0
  await store.root.close()
  try {
    store.open()
  } catch {
    // No file descriptor, no address space: until there is one again whoever asks is told that the store is closed.
    store.looked = MOST_MAPPED
  }
}

/** A data file that was removed, or put in place of the one that is open, is not opened in its stead. */
function isSame({ directory, inode }: Store): boolean {
  try {
    return statSync(join(directory, 'data.mdb')).ino === inode
  } catch {
    return false
  }
}
