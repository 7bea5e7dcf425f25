import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/base/errors.ts'
import { waitFor } from '../support/kafka/index.ts'
import type { Fault, Scene } from './faults.ts'
import type { Load, Settled } from './load.ts'

/** Later than this, service counts as gone. */
const SERVICE_MS = 120_000
const WARM_MS = 1_000

interface Gap {
  ms: number
  /** The stream or the partition. */
  at: string
}

export interface Row extends Settled {
  fault: string
  security: string
  /** Brokers that were struck. */
  brokers: number[]
  /** ms that the fault lasted. */
  duration: number
  /** The longest that a partition (or the transactions) went without an acknowledged write, */
  writeGap: Gap
  /** the collector before what it had was in its spool, */
  collectGap: Gap
  /** a partition without anything to read, */
  readGap: Gap
  /** and one of the results without a new one. */
  resultGap: Gap
  /** What went wrong beside, in words. */
  stuck: string | null
}

/** One fault, from a cluster in order to a cluster in order, with a load on it all the time. */
export async function playRound(fault: Fault, scene: Scene, load: Load, options: { security: string; holdMs: number }): Promise<Row> {
  const brokers = await fault.victims(scene)
  await load.start()
  let duration = 0
  let stuck: string | null = null
  const struck = new Set<number>()
  const strike = async (id: number) => {
    struck.add(id)
    await fault.strike(scene, id)
  }
  const heal = async (id: number) => {
    await fault.heal(scene, id)
    struck.delete(id)
  }
  try {
    await load.served(Date.now(), SERVICE_MS)
    await sleep(WARM_MS)
    load.resetGaps()
    for (const group of fault.rolling ? brokers.map((id) => [id]) : [brokers]) {
      const since = Date.now()
      await Promise.all(group.map(strike))
      // With the fault still there: two replicas of three are enough.
      await load.served(Date.now(), SERVICE_MS)
      if (!fault.rolling) await sleep(Math.max(0, since + options.holdMs - Date.now()))
      duration += Date.now() - since
      await Promise.all(group.map(heal))
      await inOrder(scene)
      await load.served(Date.now(), SERVICE_MS)
    }
  } catch (error) {
    stuck = `${messageOf(error)}: ${await load.behind().then((places) => places.join('; '), messageOf)}`
    await Promise.allSettled([...struck].map(heal))
  }
  const gaps = {
    ...{ writeGap: load.writeGaps.longest, collectGap: load.collectGaps.longest },
    ...{ readGap: load.readGaps.longest, resultGap: load.pipeline.gaps.longest },
  }
  const counts = await load.settle()
  return { fault: fault.name, ...{ security: options.security, brokers, duration, ...counts, ...gaps, stuck } }
}

/** All brokers there, all replicas in sync. */
async function inOrder({ kafka, bus }: Scene): Promise<void> {
  await waitFor(
    'all replicas in sync',
    async () => {
      const { facts, warnings } = await bus.health()
      const brokers = new Map(facts).get('brokers')?.split(', ').length
      return warnings.length === 0 && brokers === kafka.ids.length
    },
    SERVICE_MS,
  )
}
