import { realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, RootDatabase } from 'lmdb'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { loadFastChecksum } from './checksum.ts'
import { META } from './keys.ts'
import { MetaPages } from './last-commit.ts'
import { DamagedEntry, MetaTable } from './meta-table.ts'
import { Notifier } from './notifier.ts'
import { reopen } from './remap.ts'
import { checkStoreFiles, corrupt, FORMAT, isUnmarked, markStore, notAllowed } from './store-files.ts'

/** Address space for the data file; LMDB enlarges it when a store outgrows it. Not memory and not disk. */
const MAP_BYTES = 64 * 2 ** 30
/** Reader slots: one for each process (and a few) that has the store open. */
const MAX_READERS = 512

const OPENED_AGAIN = 3

const TABLES = ['log', 'meta'] as const satisfies readonly string[]

export type Table = Database<Buffer, Buffer>

/** What LMDB has open: another one after the map was made anew (remap.ts), so it is not to be kept from one turn to the next. */
interface Tables {
  root: RootDatabase<Buffer, Buffer>
  /** topicId, partition, base offset -> packed batch */
  log: Table
  /** everything else (keys.ts) */
  meta: MetaTable
}

/** One open LMDB environment: at most one for each directory in a process, shared by its buses. */
export interface Store extends Tables {
  readonly directory: string
  readonly readOnly: boolean
  readonly notifier: Notifier
  /** Of the data file. */
  readonly inode: number
  readonly pages: MetaPages
  /** A transaction is under way. */
  committing: boolean
  /** Bytes of batches looked at since the map was made; remap.ts. */
  looked: number
  remapping: boolean
  closed: boolean
  /** Opens the tables again, after `root` was closed. */
  open(): void
}

interface Shared {
  store: Store
  users: number
}

/** Stores open in this process, by real path: LMDB corrupts itself when one process opens a path twice with different options. */
const open = new Map<string, Shared>()

/**
 * Open the store in a directory, or share the one this process has open. Creates it unless read-only, or unless it must be there.
 * Rejects as {@link checkStoreFiles} does, and with SHITOPS_E_BUS_UNAVAILABLE where LMDB cannot open it.
 */
export async function openStore(directory: string, readOnly: boolean, mustExist = readOnly): Promise<Store> {
  const [{ open: openEnvironment }] = await Promise.all([import('lmdb'), loadFastChecksum()])
  checkStoreFiles(directory, mustExist)
  const path = realpathSync(directory)
  const shared = open.get(path)
  if (shared) {
    if (shared.store.readOnly && !readOnly) {
      throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `${directory} is open read-only in this process already`, {
        suggestions: ['close the read-only bus before opening it for writing'],
      })
    }
    shared.users++
    return shared.store
  }
  let seen = lastCommitIn(path)
  const store = openTables(path, readOnly, openEnvironment)
  open.set(path, { store, users: 1 })
  // What was committed in between may be hidden by this very opening (last-commit.ts) until somebody commits again. Where somebody always does, it is not.
  for (let tries = 0; tries < OPENED_AGAIN && seen !== undefined && store.pages.lastCommit() > seen; tries++) {
    seen = store.pages.lastCommit()
    await reopen(store)
  }
  return store
}

/** Undefined where there is no store yet. */
function lastCommitIn(directory: string): number | undefined {
  if ((statSync(join(directory, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined
  const pages = new MetaPages(directory)
  try {
    return pages.lastCommit()
  } finally {
    pages.close()
  }
}

/** Let go of a store; the last user closes it. */
export async function closeStore(store: Store): Promise<void> {
  const shared = open.get(store.directory)
  if (!shared || --shared.users > 0) return
  open.delete(store.directory)
  store.closed = true
  store.notifier.close()
  store.pages.close()
  await store.root.close()
}

/** Forget the snapshot that LMDB keeps for the rest of this turn of the event loop, so that the next read sees the latest commit. */
export function refresh(store: Store): void {
  store.root.resetReadTxn()
}

type OpenEnvironment = typeof import('lmdb').open

function openTables(directory: string, readOnly: boolean, openEnvironment: OpenEnvironment): Store {
  if (isUnmarked(directory)) refuseForeign(directory, openEnvironment)
  const tables = openAll(directory, readOnly, openEnvironment)
  try {
    const store: Store = {
      ...{ ...tables, directory, readOnly, notifier: new Notifier(directory), inode: statSync(join(directory, 'data.mdb')).ino },
      pages: new MetaPages(directory),
      ...{ committing: false, looked: 0, remapping: false, closed: false },
      open() {
        Object.assign(store, openAll(directory, readOnly, openEnvironment))
      },
    }
    checkFormat(store)
    return store
  } catch (error) {
    void tables.root.close()
    throw error instanceof ShitopsError ? error : openError(directory, error)
  }
}

function openAll(directory: string, readOnly: boolean, openEnvironment: OpenEnvironment): Tables {
  const root = openRoot(directory, readOnly, openEnvironment)
  try {
    // Slots of processes that were killed keep old pages from being reused.
    if (!readOnly) root.readerCheck()
    const log = root.openDB({ name: TABLES[0], encoding: 'binary', keyEncoding: 'binary' }) as Table | undefined
    const meta = root.openDB({ name: TABLES[1], encoding: 'binary', keyEncoding: 'binary' }) as Table | undefined
    if (!log || !meta) throw corrupt(directory, 'its tables are missing')
    return { root, log, meta: new MetaTable(meta) }
  } catch (error) {
    void root.close()
    throw error instanceof ShitopsError ? error : openError(directory, error)
  }
}

function openRoot(directory: string, readOnly: boolean, openEnvironment: OpenEnvironment): RootDatabase<Buffer, Buffer> {
  try {
    // An option that lmdb-js has but does not type: what is on the bus is nobody else's business.
    const forThisUser = { permissionsMode: 0o600 }
    return openEnvironment<Buffer, Buffer>({
      ...forThisUser,
      path: directory,
      noSubdir: false,
      readOnly,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxDbs: 4,
      maxReaders: MAX_READERS,
      mapSize: MAP_BYTES,
      // Each commit is on disk before it is visible: plain LMDB, which several processes may share and a power cut cannot
      // harm. lmdb-js's overlapping sync shows commits before they are safe, and its bookkeeping is per process.
      overlappingSync: false,
      // The writer groups operations itself; and lmdb-js's grouping makes a promise that nobody can catch when a commit fails.
      eventTurnBatching: false,
    })
  } catch (error) {
    throw openError(directory, error)
  }
}

/** Without our marker a data file must be empty, or hold our tables alone (its creation was cut short): look before writing. */
function refuseForeign(directory: string, openEnvironment: OpenEnvironment): void {
  if (statSync(join(directory, 'data.mdb')).size === 0) return
  const root = openRoot(directory, true, openEnvironment)
  const names = Array.from(root.getKeys({ start: Buffer.from([0]) }), (key) => key.toString().replace(/\0$/, ''))
  void root.close()
  if (!names.every((name) => TABLES.some((table) => table === name))) throw corrupt(directory, 'it is an LMDB file, but not one of ours')
}

/** Write the format into a new store, or refuse one that is newer or not ours. */
function checkFormat({ directory, readOnly, root, meta }: Tables & Pick<Store, 'directory' | 'readOnly'>): void {
  const key = Buffer.from(META.format)
  const found = meta.json<{ format: number }>(key)
  if (found) {
    const { format } = found
    if (format > FORMAT) {
      throw new ShitopsError(
        'SHITOPS_E_BUS_UNSUPPORTED',
        `${directory} was written by a newer shitops (format ${format}; this one reads up to ${FORMAT})`,
        {
          suggestions: ['npm install -g shitops@latest'],
        },
      )
    }
  } else {
    if (readOnly) throw corrupt(directory, 'it was never set up')
    root.transactionSync(() => {
      if (!meta.json(key)) meta.putJson(key, { format: FORMAT })
    })
  }
  if (!readOnly) markStore(directory)
}

function openError(directory: string, error: unknown): ShitopsError {
  const message = messageOf(error)
  if (error instanceof DamagedEntry || /MDB_(INVALID|CORRUPTED|VERSION_MISMATCH|PAGE_NOTFOUND|PANIC)/.test(message))
    return corrupt(directory, message)
  if (/No space left/i.test(message)) {
    return new ShitopsError('SHITOPS_E_BUS_FULL', `the bus in ${directory} cannot be opened: the disk is full`, {
      suggestions: ['make room on the disk'],
      cause: error,
    })
  }
  if (isNotAllowed(error) || /Permission denied|Operation not permitted|Read-only file system/.test(message)) {
    return notAllowed(directory, error)
  }
  return new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `the bus in ${directory} cannot be opened: ${message}`, {
    suggestions: ['check that you may read and write the directory', '--bus embedded:DIR'],
    cause: error,
  })
}

/** The topic epoch (keys.ts): 0 before the first topic. */
export function topicEpoch(meta: MetaTable): number {
  return meta.number(Buffer.from(META.topicEpoch), 0)
}

/** Bytes of all stored batches. */
export function readTotalBytes(meta: MetaTable): number {
  return meta.number(Buffer.from(META.totalBytes), 0)
}
