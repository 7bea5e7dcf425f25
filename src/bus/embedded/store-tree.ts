import { fstatSync, readSync } from 'node:fs'
import { isIntact } from './meta-table.ts'

/**
 * The structure of an LMDB data file (data format 2, liblmdb/mdb.c), read with plain reads before LMDB maps it: LMDB trusts
 * its pages, so garbage in one of them, or a page past the end of the file, would kill the process.
 *
 * page: u64 number, u64 txn, u16, u16 flags, u16 end of the node table, u16 start of the nodes; then the node table (u16 each);
 *       all places in a page count from the end of this header
 * node: u32 low, u16 flags, u16 key bytes, key, data. branch: low and flags are the child's page. leaf: low is the data's size
 * db:   u32, u16 flags, u16 depth, u64 branch, u64 leaf, u64 overflow pages, u64 entries, u64 root
 */
const PAGE_HEADER = 24
const NODE_HEADER = 8
const P_BRANCH = 0x01
const P_LEAF = 0x02
const F_BIGDATA = 0x01
const F_SUBDATA = 0x02
const DB_BYTES = 48
const DB_ENTRIES = 32
const DB_ROOT = 40
/** What stands in a leaf for a value with pages of its own: u64 first page, u64 txn, u64 pages. */
const OVERFLOW_BYTES = 24
const NO_PAGE = 0xffff_ffff_ffff_ffffn

/** Tree pages read at most: a check of all of a very large store would take longer than opening may. */
const MAX_TREE_BYTES = 64 << 20

/** One of the two headers of a data file. */
export interface DataHeader {
  pageSize: number
  txnId: number
  /** The free list, and the main table, which holds all others. */
  tables: readonly TreeTable[]
}

interface TreeTable {
  name: string
  root: bigint
  entries: bigint
  /** Whether its keys are ordered by their bytes: those of the free list are native integers. */
  ordered: boolean
}

const META_BYTES = 144
const MAGIC = 0xbeefc0de
const DATA_VERSION = 2

/** The header in the page at `pageAt`; undefined where there is none. */
export function readDataHeader(file: number, pageAt: number): DataHeader | undefined {
  const bytes = Buffer.alloc(META_BYTES)
  if (readSync(file, bytes, 0, META_BYTES, pageAt + PAGE_HEADER) < META_BYTES) return undefined
  const pageSize = bytes.readUInt32LE(24)
  if (bytes.readUInt32LE(0) !== MAGIC || (bytes.readUInt32LE(4) & 0xffff) !== DATA_VERSION) return undefined
  if (pageSize < 256 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return undefined
  return {
    pageSize,
    txnId: Number(bytes.readBigUInt64LE(128)),
    tables: [readTable(bytes, 24, 'free list', false), readTable(bytes, 24 + DB_BYTES, 'main', true)],
  }
}

function readTable(bytes: Buffer, at: number, name: string, ordered: boolean): TreeTable {
  return { name, root: bytes.readBigUInt64LE(at + DB_ROOT), entries: bytes.readBigUInt64LE(at + DB_ENTRIES), ordered }
}

/** What is wrong with the pages that a header leads to, or undefined when nothing is. */
export function damageOfTree(file: number, header: DataHeader): string | undefined {
  const walk: Walk = { file, header, size: fstatSync(file).size, left: MAX_TREE_BYTES, seen: new Set(), tables: [...header.tables] }
  for (let table = walk.tables.pop(); table; table = walk.tables.pop()) {
    const damage = damageOfTable(walk, table)
    if (damage !== undefined) return damage
  }
  return undefined
}

interface Walk {
  file: number
  header: DataHeader
  size: number
  /** Bytes that may still be read. */
  left: number
  seen: Set<bigint>
  /** Tables found and not yet walked. */
  tables: TreeTable[]
}

function damageOfTable(walk: Walk, table: TreeTable): string | undefined {
  const waiting = table.root === NO_PAGE ? [] : [table.root]
  let entries = 0n
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (walk.left <= 0) return undefined
    const found = checkPage(walk, table, page)
    if (typeof found === 'string') return `page ${page} ${found}`
    entries += BigInt(found.entries)
    waiting.push(...found.children)
  }
  return entries === table.entries ? undefined : `table ${table.name} has ${entries} entries instead of ${table.entries}`
}

/** What a page holds and leads to, or what is wrong with it. */
function checkPage(walk: Walk, table: TreeTable, number: bigint): { children: bigint[]; entries: number } | string {
  const { pageSize } = walk.header
  if (walk.seen.has(number)) return 'is used twice'
  walk.seen.add(number)
  walk.left -= pageSize
  const page = readPage(walk, number)
  if (!page) return 'is past the end of the file'
  if (page.readBigUInt64LE(0) !== number) return 'is another page'
  const flags = page.readUInt16LE(18) & (P_BRANCH | P_LEAF)
  if (flags !== P_BRANCH && flags !== P_LEAF) return 'is no page of a table'
  const lower = page.readUInt16LE(20)
  const upper = page.readUInt16LE(22)
  if (lower > upper || upper > pageSize - PAGE_HEADER || lower % 2 !== 0) return 'has a damaged header'
  const children: bigint[] = []
  let before: Buffer | undefined
  for (let slot = 0; slot < lower; slot += 2) {
    const at = page.readUInt16LE(PAGE_HEADER + slot) + PAGE_HEADER
    if (at < upper + PAGE_HEADER || at + NODE_HEADER > pageSize) return 'is in disorder'
    const data = at + NODE_HEADER + page.readUInt16LE(at + 6)
    if (data > pageSize) return 'has a damaged key'
    const key = page.subarray(at + NODE_HEADER, data)
    if (table.ordered && before && Buffer.compare(before, key) >= 0) return 'is in disorder'
    before = key
    const wrong = flags === P_BRANCH ? void children.push(childOf(page, at)) : checkEntry(walk, table, page, at, key)
    if (wrong) return wrong
  }
  return { children, entries: flags === P_LEAF ? lower / 2 : 0 }
}

function childOf(page: Buffer, at: number): bigint {
  return BigInt(page.readUInt32LE(at)) + BigInt(page.readUInt16LE(at + 4)) * 2n ** 32n
}

/** Check one entry of a leaf; a table in it is noted, to be walked as well. */
function checkEntry(walk: Walk, table: TreeTable, page: Buffer, at: number, key: Buffer): string | undefined {
  const bytes = page.readUInt32LE(at)
  const flags = page.readUInt16LE(at + 4)
  const data = at + NODE_HEADER + key.length
  if (flags & F_BIGDATA) {
    return data + OVERFLOW_BYTES > page.length ? 'has a damaged entry' : checkOverflow(walk, page.readBigUInt64LE(data), bytes)
  }
  if (data + bytes > page.length) return 'has a damaged entry'
  const value = page.subarray(data, data + bytes)
  if (flags & F_SUBDATA) {
    if (bytes !== DB_BYTES) return 'has a damaged table'
    walk.tables.push(readTable(value, 0, key.toString('latin1').replace(/\0$/, ''), true))
  } else if (table.name === 'meta' && !isIntact(key, value)) return 'has an entry with a wrong checksum'
  return undefined
}

/** A value that has pages of its own must lie within the file; what is in it, its checksum tells. */
function checkOverflow({ header, size }: Walk, first: bigint, bytes: number): string | undefined {
  const end = Number(first) * header.pageSize + PAGE_HEADER + bytes
  return first < 2n || end > size ? 'leads past the end of the file' : undefined
}

function readPage({ file, header, size }: Walk, number: bigint): Buffer | undefined {
  if (number < 2n || (Number(number) + 1) * header.pageSize > size) return undefined
  const page = Buffer.allocUnsafe(header.pageSize)
  return readSync(file, page, 0, page.length, Number(number) * header.pageSize) === page.length ? page : undefined
}
