import type { ConsumeOptions } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { toShitopsError } from './failures.ts'
import { GroupMember } from './group-member.ts'
import { Tenure } from './tenure.ts'

/**
 * Be a member of a group until the signal aborts: join, hold the partitions for a generation, give them back, join again.
 * kafkajs's own consumer is not used: it goes on handing out batches while the group shares out anew, cannot say
 * whether a member still holds its partitions, and takes seconds to stop (tulios/kafkajs#1527, #1719, #1571).
 */
export async function consume(cluster: Cluster, options: ConsumeOptions): Promise<void> {
  const { settings } = cluster.context
  const { group, topics, signal } = options
  const times = { sessionTimeoutMs: options.sessionTimeoutMs ?? settings.sessionTimeout, rebalanceTimeoutMs: settings.rebalanceTimeout }
  const member = new GroupMember(cluster.fork(), { group, topics, ...times })
  const abandonJoin = () => void member.leave()
  try {
    for (const topic of topics) await cluster.topic(topic)
    while (!signal.aborted) {
      signal.addEventListener('abort', abandonJoin)
      const generation = await member.join(signal)
      signal.removeEventListener('abort', abandonJoin)
      if (!generation) break
      if (generation.partitions.length > 0) options.onAssigned?.(generation.partitions)
      try {
        await new Tenure(cluster, member, generation, options, times).run()
      } finally {
        if (generation.partitions.length > 0) options.onRevoked?.(generation.partitions)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw toShitopsError(error)
  } finally {
    signal.removeEventListener('abort', abandonJoin)
    await member.leave()
  }
}
