import { adminOf, placementOf } from '../../bus/admin.ts'
import type { Bus } from '../../bus/bus.ts'
import { describeTopic } from '../../bus/ops/topics.ts'
import { settled } from '../../bus/topics/load.ts'
import { plural } from '../amounts.ts'

export interface Elected {
  dry_run: boolean
  elections: Array<{ topic: string; partition: number; from: number | null; to: number; refusal: string | null }>
  /** Partitions whose preferred broker is not in sync. */
  waiting: Array<{ topic: string; partition: number; preferred: number }>
}

/** Let preferred brokers lead where they do not and could. @param topics all of them where there are none */
export async function electPreferred(bus: Bus, topics: readonly string[], dryRun: boolean): Promise<Elected> {
  const placement = placementOf(bus, 'leaders to elect')
  // Names the nearest where there is no such topic.
  for (const topic of topics) await describeTopic(bus, topic)
  const observed = await adminOf(bus).observe(topics.length > 0 ? { topics } : {})
  const others = observed.topics.flatMap(({ name, partitions }) =>
    partitions.flatMap((each) => {
      const [preferred] = settled(each)
      if (preferred === undefined || each.leader === preferred) return []
      return [{ topic: name, partition: each.partition, from: each.leader, to: preferred, inSync: each.inSync.includes(preferred) }]
    }),
  )
  const able = others.filter(({ inSync }) => inSync)
  const outcomes = dryRun ? [] : await placement.electPreferred(able)
  const refusalOf = (topic: string, partition: number) =>
    outcomes.find((one) => one.topic === topic && one.partition === partition)?.refusal ?? null
  return {
    dry_run: dryRun,
    elections: able.map(({ topic, partition, from, to }) => ({ topic, partition, from, to, refusal: refusalOf(topic, partition) })),
    waiting: others.filter(({ inSync }) => !inSync).map(({ topic, partition, to }) => ({ topic, partition, preferred: to })),
  }
}

export function formatElected({ dry_run, elections, waiting }: Elected): string {
  const lines = elections.map(({ topic, partition, from, to, refusal }) => {
    const what = `${topic}/${partition}: ${from ?? 'none'} -> ${to}`
    return refusal === null ? what : `${what}: not elected, ${refusal}`
  })
  const elected = elections.filter(({ refusal }) => refusal === null).length
  const still = waiting.map(({ topic, partition, preferred }) => `${topic}/${partition}: broker ${preferred} is not in sync yet`)
  return `${[...lines, ...still, `${plural(elected, 'leader')} ${dry_run ? 'would be elected' : 'elected'}.`].join('\n')}\n`
}
