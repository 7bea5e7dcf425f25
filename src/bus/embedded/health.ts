import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BusHealth } from '../bus.ts'
import { decodeHead } from './head.ts'
import { META, pastPrefix } from './keys.ts'
import { readTotalBytes, type Store } from './store.ts'
import { FORMAT } from './store-files.ts'
import { readTopicNames } from './topics.ts'
import { type Verified, verifyBatches } from './verify.ts'

/** File systems over a network (statfs(2) f_type): LMDB's locks and shared memory do not work across machines. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
])
const LOW_DISK_BYTES = 100 << 20
/** As many stored bytes are checked for damage: seconds of work, and all of most stores. */
const VERIFY_BYTES = 4 * 2 ** 30

/** Facts for `doctor`, and what a person should look at; stored batches are checked for damage. */
export async function storeHealth(store: Store, maxBytes: number): Promise<BusHealth> {
  const { directory } = store
  const { bavail, bsize, type } = statfsSync(directory)
  const network = NETWORK_FILE_SYSTEMS.get(type)
  const free = bavail * bsize
  const stats = store.root.getStats() as { mapSize: number; maxReaders: number }
  const verified = await verifyBatches(store, VERIFY_BYTES)
  const facts: Array<[string, string]> = [
    ['path', directory],
    ['format', String(FORMAT)],
    ['LMDB', await lmdbVersion()],
    ['file', bytes(statSync(join(directory, 'data.mdb')).size)],
    ['records', String(countRecords(store))],
    ['stored', bytes(readTotalBytes(store.meta)) + (maxBytes < Number.POSITIVE_INFINITY ? ` of ${bytes(maxBytes)}` : '')],
    ['checked', verified.complete ? 'all' : bytes(verified.bytes)],
    ['topics', String(readTopicNames(store.meta).length)],
    ['free on disk', bytes(free)],
    ['map', bytes(stats.mapSize)],
    ['readers', `${countReaders(store)} of ${stats.maxReaders}`],
  ]
  const warnings: string[] = []
  if (network) warnings.push(`${directory} is on ${network}: the embedded bus works on local disks only`)
  if (free < LOW_DISK_BYTES) warnings.push(`only ${bytes(free)} free on the disk of ${directory}`)
  if (verified.first) warnings.push(damageText(verified.offsets, verified.first))
  return { facts, warnings }
}

function damageText(offsets: number, { topic, partition, from, why }: NonNullable<Verified['first']>): string {
  const many = offsets === 1 ? '1 offset is' : `${offsets} offsets are`
  return `${many} damaged and cannot be read, the first ${topic}/${partition}@${from} (${why})`
}

/** Records held, of all topics: from the heads, so a few bytes a partition are read. */
function countRecords({ meta }: Store): number {
  const prefix = Buffer.from(META.head)
  const heads = meta.doublesRange({ start: prefix, end: pastPrefix(prefix) })
  return heads.reduce((sum, { value }) => sum + decodeHead(value).records, 0)
}

/** Reader slots in use by any process. */
function countReaders({ root }: Store): number {
  const list = root.readerList() as string | string[]
  const text = Array.isArray(list) ? list.join('') : list
  // A heading, then a line a reader: process, thread, snapshot.
  return text.split('\n').filter((line) => /^\s*\d+\s/.test(line)).length
}

async function lmdbVersion(): Promise<string> {
  const { version } = (await import('lmdb')) as unknown as {
    version: { versionString?: string; major: number; minor: number; patch: number }
  }
  return `${version.major}.${version.minor}.${version.patch}`
}

/** Whole units: an operator compares magnitudes. */
function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let value = count
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
