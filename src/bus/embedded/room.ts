import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Store } from './store.ts'

/** Left free for what must work on a full disk: commits of offsets, heartbeats, and retention, which makes room. */
const RESERVE_BYTES = 1 << 20
/** What a transaction of such small things may need: LMDB writes every page anew that it touches. */
const SMALL_BYTES = 128 << 10
/** With this much free, ask the file system only now and then. */
const PLENTY_BYTES = 256 << 20
const ASK_EVERY_MS = 50
/** Of the free pages inside the data file, the share taken to be usable: a large batch needs them in one run. */
const USABLE = 0.5

/**
 * Whether there is room for so many more bytes. LMDB would find out in the middle of a commit, which lmdb-js reports on stderr;
 * asking first keeps a full disk an ordinary refusal.
 */
export class Room {
  readonly #store: Store
  #free = 0
  #asked = Number.NEGATIVE_INFINITY

  constructor(store: Store) {
    this.#store = store
  }

  /** @param bytes of records to add; 0 for a transaction of small things */
  has(bytes: number): boolean {
    const now = performance.now()
    if (this.#free > PLENTY_BYTES + bytes && now - this.#asked < ASK_EVERY_MS) return true
    this.#free = freeBeside(join(this.#store.directory, 'data.mdb'))
    this.#asked = now
    const needed = bytes > 0 ? bytes + RESERVE_BYTES : SMALL_BYTES
    return this.#free >= needed || this.#free + freeInside(this.#store) * USABLE >= needed
  }
}

/** Bytes free where a file lies. A store that was removed while it is open would take records that nobody will ever see. */
function freeBeside(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `${path} cannot be reached any more: ${messageOf(error)}`, {
      suggestions: ['was the directory removed or unmounted? restore it, and start again'],
      cause: error,
    })
  }
}

/** Bytes of the data file that belong to no table: pages that LMDB will use again. */
function freeInside({ root, log, meta }: Store): number {
  const pages = (stats: TableStats) => stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages
  const { lastPageNumber, pageSize, root: main, free } = root.getStats() as EnvironmentStats
  const used = [main, free, log.getStats() as TableStats, meta.table.getStats() as TableStats].reduce((sum, stats) => sum + pages(stats), 2)
  return Math.max(0, lastPageNumber + 1 - used) * pageSize
}

/** What lmdb-js's getStats() answers, which it does not type. */
interface TableStats {
  treeBranchPageCount: number
  treeLeafPageCount: number
  overflowPages: number
}

interface EnvironmentStats extends TableStats {
  lastPageNumber: number
  pageSize: number
  root: TableStats
  free: TableStats
}
