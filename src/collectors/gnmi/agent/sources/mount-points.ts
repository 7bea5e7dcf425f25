import { readFile, statfs } from 'node:fs/promises'
import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { measure, type Source, state } from './source.ts'
import { systemInformation } from './system-information.ts'

/** Bytes. */
export interface MountPoint {
  name: string
  size: number
  available: number
  utilized: number
}

const MEGABYTE = 1_000_000

/** /system/mount-points/mount-point[name]/state/{name,size,available,utilized}, in megabytes of 10^6 bytes; local file systems only. */
export class MountPointSource implements Source {
  readonly name = 'mount-points'
  readonly roots = ['/system/mount-points']
  readonly every = 60_000
  readonly slow = true
  readonly #paths: LeafPaths
  readonly #read: () => Promise<MountPoint[]>

  constructor(paths: LeafPaths, read: () => Promise<MountPoint[]> = readMountPoints) {
    this.#paths = paths
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    return (await this.#read()).flatMap(({ name, size, available, utilized }) => {
      const path = (leaf: string) => this.#paths.get(`/system/mount-points/mount-point[name=%]/state/${leaf}`, name)
      const megabytes = (bytes: number) => BigInt(Math.round(bytes / MEGABYTE))
      return [
        state(path('name'), name),
        state(path('size'), megabytes(size)),
        measure(path('available'), megabytes(available)),
        measure(path('utilized'), megabytes(utilized)),
      ]
    })
  }
}

async function readMountPoints(): Promise<MountPoint[]> {
  if (process.platform !== 'linux') {
    const all = await (await systemInformation()).fsSize()
    return all.filter(({ size }) => size > 0).map(({ mount, size, available, used }) => ({ name: mount, size, available, utilized: used }))
  }
  const names = localMounts(await readFile('/proc/self/mounts', 'utf8'))
  const all = await Promise.all(names.map(usage))
  return all.flatMap((one) => one ?? [])
}

/** Nothing for what cannot be looked at. */
async function usage(name: string): Promise<MountPoint | undefined> {
  const stats = await statfs(name).catch(() => undefined)
  if (!stats || stats.blocks === 0) return undefined
  const { bsize, blocks, bfree, bavail } = stats
  return { name, size: blocks * bsize, available: bavail * bsize, utilized: (blocks - bfree) * bsize }
}

/** The root and what is on a disk of this machine, each disk once: asking a server that is gone would never end. */
export function localMounts(mounts: string): string[] {
  const devices = new Set<string>()
  return mounts.split('\n').flatMap((line) => {
    const [device = '', mount = '', type = ''] = line.split(' ')
    const local = mount === '/' || (device.startsWith('/dev/') && !device.startsWith('/dev/loop') && type !== 'fuse') || type === 'zfs'
    if (!local || devices.has(device)) return []
    devices.add(device)
    return [unescaped(mount)]
  })
}

/** A blank in a name is `\040` (getmntent(3)). */
const unescaped = (text: string) => text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
