/**
 * Damages copies of a store at random places, opens them and reads all of them, in a process of its own: the worst that damage
 * could do is to kill the process. Arguments: directory to work in, how many times. Prints one JSON line.
 */

import { randomBytes } from 'node:crypto'
import { closeSync, cpSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { logKey } from '../../../src/bus/embedded/keys.ts'
import { readAll, TestLogger } from './support.ts'

const PAGE = 4_096
const SMALL = 300
const BIG = 20

type Damage = (path: string, size: number) => void

const DAMAGES: Record<string, Damage> = {
  cut: (path, size) => truncateSync(path, Math.floor(Math.random() * size)),
  garbage: (path, size) => overwrite(path, Math.floor(Math.random() * (size - 1_024)), randomBytes(1_024)),
  bit: (path, size) => overwrite(path, Math.floor(Math.random() * (size - 1)), randomBytes(1)),
  // A separator that lies beyond what is below it: a search from there finds what comes before.
  separator: (path) => {
    const keys = branchKeys(readFileSync(path))
    overwrite(path, (keys[Math.floor(Math.random() * keys.length)] ?? 0) + 9, Buffer.from([1 + Math.floor(Math.random() * 255)]))
  },
  zeros: (path, size) => overwrite(path, Math.floor((Math.random() * size) / PAGE) * PAGE, Buffer.alloc(PAGE)),
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}

/** Where the keys of batches lie in the pages that lead to others (src/bus/embedded/store-tree.ts says how they are laid out). */
function branchKeys(data: Buffer): number[] {
  const keys: number[] = []
  for (let page = 0; page < data.length; page += PAGE) {
    if (data.readBigUInt64LE(page) !== BigInt(page / PAGE) || (data.readUInt16LE(page + 18) & 3) !== 1) continue
    for (let slot = 24; slot < 24 + data.readUInt16LE(page + 20); slot += 2) {
      const node = page + 24 + data.readUInt16LE(page + slot)
      if (data.readUInt16LE(node + 6) === logKey(0, 0, 0).length) keys.push(node + 8)
    }
  }
  return keys
}

async function fill(url: string): Promise<void> {
  const bus = await openEmbeddedBus(url, {})
  await bus.createTopic({ name: 'small', partitions: 2 })
  await bus.createTopic({ name: 'big', partitions: 1 })
  for (let i = 0; i < SMALL; i++) await bus.append('small', [{ key: `k${i}`, value: `v${i}` }])
  for (let i = 0; i < BIG; i++) await bus.append('big', [{ key: null, value: Buffer.alloc(20_000, i) }])
  await bus.close()
}

/** What came of a damaged store: 'refused', 'reported', 'whole', or what must not be. */
async function judge(url: string): Promise<string> {
  const logger = new TestLogger()
  let bus: EmbeddedBus
  try {
    bus = await openEmbeddedBus(url, { logger })
  } catch (error) {
    return (error as { code?: string }).code === 'SHITOPS_E_BUS_CORRUPT' ? 'refused' : `open: ${error}`
  }
  try {
    const small = await readAll(bus, 'small')
    const big = await readAll(bus, 'big')
    if (small.some(({ key, value }) => String(value) !== `v${String(key).slice(1)}`)) return 'a wrong record'
    if (big.some(({ value }) => value?.some((byte) => byte !== value[0]))) return 'a wrong record'
    if (logger.lines.length > 0) return 'reported'
    return small.length === SMALL && big.length === BIG ? 'whole' : 'records are missing, and nobody was told'
  } catch (error) {
    return (error as { code?: string }).code === 'SHITOPS_E_BUS_CORRUPT' ? 'refused' : `read: ${error}`
  } finally {
    await bus.close()
  }
}

async function main(directory: string, times: number): Promise<void> {
  const original = join(directory, 'original')
  const copy = join(directory, 'copy')
  await fill(`embedded:${original}`)
  const { size } = statSync(join(original, 'data.mdb'))
  const tally: Record<string, Record<string, number>> = {}
  for (const [name, damage] of Object.entries(DAMAGES)) {
    const outcomes: Record<string, number> = {}
    tally[name] = outcomes
    for (let i = 0; i < times; i++) {
      rmSync(copy, { recursive: true, force: true })
      cpSync(original, copy, { recursive: true })
      damage(join(copy, 'data.mdb'), size)
      const outcome = await judge(`embedded:${copy}`)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
  }
  console.log(JSON.stringify(tally))
}

await main(process.argv[2] ?? '', Number(process.argv[3]))
