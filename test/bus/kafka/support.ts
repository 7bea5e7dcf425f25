import type { Bus, OutRecord } from '../../../src/bus/bus.ts'
import { type KafkaCluster, waitFor } from '../../support/kafka/index.ts'

/** Records whose values are their numbers, so that each can be counted. */
export function numbers(from: number, count: number): OutRecord[] {
  return Array.from({ length: count }, (_, i) => ({ key: `k${from + i}`, value: `${from + i}` }))
}

/** How often each value below `total` is in the topic. */
export async function census(bus: Bus, topic: string, total: number): Promise<{ lost: number; doubled: number; strange: number }> {
  const seen = new Map<string, number>()
  const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
  for await (const batch of bus.read({ topic, partitions })) {
    for (let i = 0; i < batch.count; i++) {
      const value = String(batch.value(i))
      seen.set(value, (seen.get(value) ?? 0) + 1)
    }
  }
  const wanted = Array.from({ length: total }, (_, i) => `${i}`)
  return {
    lost: wanted.filter((value) => !seen.has(value)).length,
    doubled: wanted.filter((value) => (seen.get(value) ?? 0) > 1).length,
    strange: [...seen.keys()].filter((value) => !(Number(value) < total)).length,
  }
}

/** Three replicas, two of them in sync for a write to count: any one broker may fail. */
export async function safeTopic(bus: Bus, name: string, partitions: number): Promise<void> {
  await bus.createTopic({ name, partitions, replication: 3, config: { 'min.insync.replicas': '2' } })
}

export async function leaderOf(bus: Bus, topic: string, partition = 0): Promise<number> {
  const { leader } = (await bus.describeTopic(topic)).partitions[partition] ?? {}
  if (leader == null) throw new Error(`"${topic}" partition ${partition} has no leader`)
  return leader
}

/** Brings every node up again and waits until all replicas of the topics are in sync. */
export async function heal(kafka: KafkaCluster, bus: Bus): Promise<void> {
  for (const id of kafka.ids) {
    kafka.thaw(id)
    if (!kafka.running(id)) await kafka.start(id)
  }
  await waitFor('all replicas in sync', async () => (await bus.health()).warnings.length === 0, 60_000)
}
