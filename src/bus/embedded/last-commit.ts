import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from './store.ts'

/**
 * Where LMDB's two meta pages have the number of the transaction that wrote them, and the page size (`MDB_meta` behind a page header of 24 bytes,
 * mdb.c of lmdb-js 3.5.6). The greater one is the newest commit.
 */
const [TXN_ID, PAGE_SIZE] = [152, 48]

/** The data file, for a look at its meta pages past LMDB. */
export class MetaPages {
  readonly #file: number
  readonly #page: number
  readonly #bytes = Buffer.alloc(8)

  constructor(directory: string) {
    this.#file = openSync(join(directory, 'data.mdb'), 'r')
    this.#page = this.#read(PAGE_SIZE, 4).readUInt32LE(0)
  }

  /** The number of the newest commit of any process. */
  lastCommit(): number {
    return Math.max(Number(this.#read(TXN_ID, 8).readBigUInt64LE(0)), Number(this.#read(this.#page + TXN_ID, 8).readBigUInt64LE(0)))
  }

  close(): void {
    closeSync(this.#file)
  }

  #read(at: number, bytes: number): Buffer {
    readSync(this.#file, this.#bytes, 0, bytes, at)
    return this.#bytes
  }
}

/**
 * Inside of a write transaction: whether it stands on an older commit than the newest. What it wrote would take the place of that one, which has been
 * acknowledged. LMDB lets this happen: who opens an environment reads the meta pages, and a little later sets, without the writers' lock, what everybody
 * takes for the newest commit (`mti_txnid` in `mdb_env_open2`); a commit in between is forgotten. Opening it once more sets that right.
 */
export function isBehind({ root, pages }: Store): boolean {
  return root.getWriteTxnId() - 1 < pages.lastCommit()
}
