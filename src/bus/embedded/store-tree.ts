import { fstatSync, readSync } from 'node:fs'

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
const DB_ROOT = 40
const NO_PAGE = 0xffff_ffff_ffff_ffffn

/** Tree pages read at most: a check of all of a very large store would take longer than opening may. */
const MAX_TREE_BYTES = 64 << 20

/** One of the two headers of a data file. */
export interface DataHeader {
  pageSize: number
  lastPage: number
  txnId: number
  /** Root pages of the free list and of the main table. */
  roots: readonly [freeList: bigint, main: bigint]
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
    lastPage: Number(bytes.readBigUInt64LE(120)),
    txnId: Number(bytes.readBigUInt64LE(128)),
    roots: [bytes.readBigUInt64LE(24 + DB_ROOT), bytes.readBigUInt64LE(24 + DB_BYTES + DB_ROOT)],
  }
}

/** What is wrong with the pages that a header leads to, or undefined when nothing is. */
export function damageOfTree(file: number, header: DataHeader): string | undefined {
  const walk: Walk = { file, header, size: fstatSync(file).size, left: MAX_TREE_BYTES, seen: new Set() }
  const [freeList, main] = header.roots
  return damageFrom(walk, freeList, false) ?? damageFrom(walk, main, true)
}

/** @param ordered whether keys are ordered by their bytes; those of the free list are native integers */
function damageFrom(walk: Walk, root: bigint, ordered: boolean): string | undefined {
  const waiting = root === NO_PAGE ? [] : [root]
  while (waiting.length > 0 && walk.left > 0) {
    const page = waiting.pop() ?? 0n
    const found = checkPage(walk, page, ordered)
    if (typeof found === 'string') return `page ${page} ${found}`
    for (const next of found) waiting.push(next)
  }
  return undefined
}

interface Walk {
  file: number
  header: DataHeader
  size: number
  left: number
  seen: Set<bigint>
}

/** The pages that a page leads to, or what is wrong with it. */
function checkPage(walk: Walk, number: bigint, ordered: boolean): bigint[] | string {
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
  const next: bigint[] = []
  let before: Buffer | undefined
  for (let slot = 0; slot < lower; slot += 2) {
    const node = page.readUInt16LE(PAGE_HEADER + slot) + PAGE_HEADER
    const wrong =
      node < upper + PAGE_HEADER || node + NODE_HEADER > pageSize ? 'is in disorder' : checkNode(walk, page, node, flags === P_BRANCH, next)
    if (wrong) return wrong
    const key = page.subarray(node + NODE_HEADER, node + NODE_HEADER + page.readUInt16LE(node + 6))
    if (ordered && before && Buffer.compare(before, key) >= 0) return 'is in disorder'
    before = key
  }
  return next
}

/** Check one node, and add to `next` the pages it leads to. */
function checkNode(walk: Walk, page: Buffer, at: number, branch: boolean, next: bigint[]): string | undefined {
  const low = page.readUInt32LE(at)
  const flags = page.readUInt16LE(at + 4)
  const data = at + NODE_HEADER + page.readUInt16LE(at + 6)
  if (branch) {
    if (data > page.length) return 'has a damaged key'
    next.push(BigInt(low) + BigInt(flags) * 2n ** 32n)
    return undefined
  }
  if (flags & F_BIGDATA) return data + 24 > page.length ? 'has a damaged entry' : checkOverflow(walk, page.readBigUInt64LE(data), low)
  if (data + low > page.length) return 'has a damaged entry'
  if (flags & F_SUBDATA) {
    if (low !== DB_BYTES) return 'has a damaged table'
    const root = page.readBigUInt64LE(data + DB_ROOT)
    if (root !== NO_PAGE) next.push(root)
  }
  return undefined
}

/** A value that has pages of its own must lie within the file; what is in it, its checksum tells. */
function checkOverflow({ header, size }: Walk, first: bigint, bytes: number): string | undefined {
  const end = Number(first) * header.pageSize + PAGE_HEADER + bytes
  return Number(first) < 2 || Number(first) > header.lastPage || end > size ? 'leads past the end of the file' : undefined
}

function readPage({ file, header }: Walk, number: bigint): Buffer | undefined {
  if (number < 2n || number > BigInt(header.lastPage)) return undefined
  const page = Buffer.allocUnsafe(header.pageSize)
  return readSync(file, page, 0, page.length, Number(number) * header.pageSize) === page.length ? page : undefined
}
