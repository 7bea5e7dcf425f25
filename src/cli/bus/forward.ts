import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { about, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { parseEmbeddedUrl } from '../../bus/embedded/url.ts'
import { Forwarder } from '../../bus/spool/forwarder.ts'
import { SpoolStore } from '../../bus/spool/store.ts'
import { formatCount, plural } from '../amounts.ts'
import { formatTable } from '../table.ts'

export interface ForwardOptions {
  /** `embedded:DIR`: a spool, or a folder with spools of several collectors. */
  from: string
  /** Opens what it is forwarded to; each time anew. */
  openTarget(): Promise<Bus>
  /** Go on until the signal, also while the target is away. */
  follow: boolean
  dryRun: boolean
  signal: AbortSignal
  logger: Logger
}

/** What was done with one spool; of a dry run, what would be. */
export interface Forwarded {
  directory: string
  /** Records by this run. */
  forwarded: number
  /** Entries that still wait. */
  waiting: number
  /** Over the life of the spool. */
  dropped: number
  refused: number
  /** Of a dry run: records that wait, by topic. */
  topics?: Record<string, number>
}

/** Nothing is dropped by somebody who only forwards. */
const LIMITS = { bytes: Number.POSITIVE_INFINITY, ageMs: Number.POSITIVE_INFINITY }

/**
 * Forward what waits in spools, one after the other, or all at once and on and on.
 * @throws SHITOPS_E_BUS_UNAVAILABLE where there is no spool, or, unless following, where the target is away
 */
export async function forward(options: ForwardOptions): Promise<Forwarded[]> {
  const directories = await spoolsIn(options.from)
  const one = (directory: string) => (options.dryRun ? counted(directory, options.logger) : forwarded(directory, options))
  if (options.follow) return Promise.all(directories.map(one))
  const results: Forwarded[] = []
  for (const directory of directories) results.push(await one(directory))
  return results
}

async function forwarded(directory: string, { openTarget, follow, signal, logger }: ForwardOptions): Promise<Forwarded> {
  const store = await SpoolStore.open(directory, { clock: systemClock, logger, limits: LIMITS, mustExist: true })
  const forwarder = new Forwarder({ store, openTarget, clock: systemClock, logger })
  try {
    const before = (await store.position()).totals
    await about('target', forwarder.start())
    const { end } = await store.bounds()
    if (follow) await forwarder.until(() => false, signal)
    else await forwarder.until(() => forwarder.position >= end || forwarder.state === 'away', signal)
    await forwarder.stop()
    const waiting = Math.max(0, (await store.bounds()).end - forwarder.next)
    if (!follow && forwarder.state === 'away' && waiting > 0) await about('target', Promise.reject(forwarder.reason))
    const { totals } = forwarder
    return { directory, forwarded: totals.forwarded - before.forwarded, waiting, dropped: totals.dropped, refused: totals.refused }
  } finally {
    await forwarder.stop()
    await store.close()
  }
}

/** Looks, and changes nothing; what the target has without the spool knowing of it is counted too. */
async function counted(directory: string, logger: Logger): Promise<Forwarded> {
  const store = await SpoolStore.open(directory, { clock: systemClock, logger, limits: LIMITS, mustExist: true })
  try {
    const { position, totals } = await store.position()
    const topics = new Map<string, number>()
    let waiting = 0
    for (let from = position; ; ) {
      const { entries, next } = await store.take(from, { maxRecords: 10_000, maxBytes: 8 << 20 })
      if (next === from) break
      for (const { entry } of entries) if (entry.kind === 'record') topics.set(entry.topic, (topics.get(entry.topic) ?? 0) + 1)
      waiting += entries.length
      from = next
    }
    return {
      directory,
      forwarded: 0,
      waiting,
      dropped: totals.dropped,
      refused: totals.refused,
      topics: Object.fromEntries([...topics].sort()),
    }
  } finally {
    await store.close()
  }
}

/** The folder itself, or those of collectors in it. */
async function spoolsIn(from: string): Promise<string[]> {
  if (!from.startsWith('embedded:')) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--from ${from}: a spool is a folder of this machine`, {
      suggestions: ['--from embedded:DIR'],
    })
  }
  const { directory } = parseEmbeddedUrl(from)
  if (isBus(directory)) return [directory]
  const below = existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : []
  const spools = below.filter(isBus).sort()
  if (spools.length > 0) return spools
  throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `there is no spool in ${directory}`, {
    suggestions: ['the folder is that of spool= in the bus URL, or of bus.spool in shitops.yaml'],
  })
}

const isBus = (directory: string) => existsSync(join(directory, 'shitops-bus.json'))

/** A line for each spool. */
export function formatForwarded(results: readonly Forwarded[], dryRun: boolean, width?: number): string {
  const number = (name: keyof Forwarded & ('forwarded' | 'waiting' | 'dropped' | 'refused')) => ({
    ...{ name, value: (result: Forwarded) => result[name], shown: (result: Forwarded) => formatCount(result[name]), right: true },
  })
  const columns = [
    { name: 'spool', value: ({ directory }: Forwarded) => directory },
    number('waiting'),
    number('dropped'),
    number('refused'),
  ]
  const shown = dryRun ? columns : [...columns.slice(0, 1), number('forwarded'), ...columns.slice(1)]
  const table = `${formatTable(results, shown, { header: true, width })}\n`
  if (!dryRun) return table
  const topics = results.flatMap(({ topics = {} }) => Object.entries(topics))
  const records = topics.reduce((sum, [, count]) => sum + count, 0)
  const others = results.reduce((sum, { waiting }) => sum + waiting, 0) - records
  const lines = topics.map(([topic, count]) => `${topic}: ${plural(count, 'record')} would go out\n`)
  if (others > 0) lines.push(`${plural(others, 'entry is', 'entries are')} no record: a topic to make, or how far a group is\n`)
  return `${table}${lines.join('')}`
}
