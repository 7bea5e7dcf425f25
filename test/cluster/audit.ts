import type { Bus } from '../../src/bus/bus.ts'
import { readValue, type Stream } from './ledger.ts'
import type { Pipeline } from './pipeline.ts'
import { isRight, type TallyCounts } from './tally.ts'

/** What the reader follows; the results of the job are the pipeline's. */
export const TOPICS = ['measured', 'spread', 'booked', 'copied', 'collected'] as const

/** Where the records of a stream are, where that is not `measured`. */
const HOMES: Readonly<Record<string, string>> = { s: 'spread', b: 'booked', c: 'collected' }
/** Written in transactions: after the last record stands a marker, which nobody is shown. */
const MARKED: readonly string[] = ['booked', 'copied', 'collected']

export interface Audit {
  /** Acknowledged, or to be copied, and not there. */
  lost: number
  /** There more than once. */
  doubled: number
  job: TallyCounts
  /** Of the collector: what did not go out. */
  spool: { dropped: number; refused: number }
}

export const isInOrder = ({ lost, doubled, job, spool }: Audit): boolean =>
  lost + doubled + spool.dropped + spool.refused === 0 && isRight(job)

interface Place {
  topic(name: string): string
  pipeline: Pipeline
}

/** Everything that there is, read from the beginning. */
export async function auditOf(bus: Bus, streams: Iterable<Stream>, { topic, pipeline }: Place): Promise<Audit> {
  const again = new Map<string, Map<string, number>>()
  for (const name of TOPICS) {
    const seen = new Map<string, number>()
    const partitions = (await bus.offsets(topic(name))).map(({ partition }) => ({ partition, from: 0 }))
    for await (const batch of bus.read({ topic: topic(name), partitions })) {
      for (let i = 0; i < batch.count; i++) {
        const { stream, number } = readValue(batch.value(i))
        seen.set(`${stream}:${number}`, (seen.get(`${stream}:${number}`) ?? 0) + 1)
      }
    }
    again.set(name, seen)
  }
  const audit = { lost: 0, doubled: 0, job: await pipeline.audit(bus), spool: await pipeline.spool() }
  for (const seen of again.values()) for (const times of seen.values()) audit.doubled += times - 1
  for (const stream of streams) {
    const home = again.get(HOMES[stream.name] ?? 'measured')
    for (const number of stream.acknowledged()) if (!home?.has(`${stream.name}:${number}`)) audit.lost++
  }
  const copied = again.get('copied')
  for (const name of again.get('spread')?.keys() ?? []) if (!copied?.has(name)) audit.lost++
  return audit
}

/** Partitions of which a reader has not read all. @param positions of the reader, by `topic/partition` */
export async function behindOf(bus: Bus, positions: ReadonlyMap<string, number>, { topic }: Pick<Place, 'topic'>): Promise<string[]> {
  const places: string[] = []
  for (const name of TOPICS) {
    for (const { partition, latest } of await bus.offsets(topic(name))) {
      const position = positions.get(`${name}/${partition}`) ?? 0
      if (position < latest - (MARKED.includes(name) ? 1 : 0)) places.push(`${name}/${partition} at ${position} of ${latest}`)
    }
  }
  return places
}
