import fc from 'fast-check'
import type { ObservedCluster, ObservedPartition } from '../../../src/bus/admin.ts'
import type { DesiredTopic, DesiredTopics, PlacementRule } from '../../../src/bus/topics/desired.ts'
import { begun, broker, cluster, partition } from './model.ts'

const RACKS = ['a', 'b', 'c']
const NAMES = ['alpha', 'beta', 'gamma', 'delta']

/** Brokers 1…n in up to three racks. */
const brokers = fc
  .array(fc.constantFrom(...RACKS), { minLength: 1, maxLength: 7 })
  .map((racks) => racks.map((rack, i) => broker(i + 1, rack)))

/** A partition somewhere, mostly well; its leader need not be the preferred one, copies may be behind, it may be on its way. */
function placed(ids: readonly number[], number: number): fc.Arbitrary<ObservedPartition> {
  const some = fc.shuffledSubarray([...ids], { minLength: 1, maxLength: Math.min(ids.length, 4) })
  return fc
    .record({ replicas: some, behind: fc.nat(5), leader: fc.nat(3), target: fc.option(some, { freq: 5 }) })
    .map(({ replicas, behind, leader, target }) => {
      const inSync = behind === 0 && replicas.length > 1 ? replicas.slice(1) : replicas
      const each = partition(number, replicas, { inSync, leader: inSync[leader % inSync.length] ?? null })
      return target && inSync.length === replicas.length ? begun(each, target) : each
    })
}

const config = fc.record(
  {
    'min.insync.replicas': fc.constantFrom('1', '2', '3'),
    'retention.ms': fc.constantFrom('-1', '1000', '86400000'),
    'cleanup.policy': fc.constantFrom('delete', 'compact', 'compact,delete', 'delete,compact'),
    'unclean.leader.election.enable': fc.constantFrom('true', 'false'),
  },
  { requiredKeys: [] },
)

export const clusters: fc.Arbitrary<ObservedCluster> = brokers.chain((all) => {
  const ids = all.map(({ id }) => id)
  const partitions = fc.integer({ min: 1, max: 6 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => placed(ids, i))))
  const topics = fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), config, partitions }), { selector: ({ name }) => name })
  return topics.map((some) =>
    cluster(
      all,
      some.map((each) => ({ ...each, internal: false, own: Object.keys(each.config) })),
    ),
  )
})

const placement: fc.Arbitrary<PlacementRule> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<PlacementRule>('even') },
  fc.constant<PlacementRule>('any'),
  fc.integer({ min: 1, max: 3 }).map((racks) => ({ racks })),
)

/** Topics that ought to be, some of them with more copies than there are brokers. */
export const desires: fc.Arbitrary<DesiredTopics> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      absent: fc.nat(6).map((n) => n === 0),
      partitions: fc.integer({ min: 1, max: 7 }),
      replication: fc.integer({ min: 1, max: 4 }),
      placement,
      config,
    }),
    { selector: ({ name }) => name },
  )
  .chain((topics) =>
    fc.record({
      cluster: fc.constant(null),
      drain: fc.oneof(
        { weight: 3, arbitrary: fc.constant<number[]>([]) },
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 2 }),
      ),
      topics: fc.constant(topics.map((each): DesiredTopic => ({ ...each, config: within(each) }))),
    }),
  )

/** min.insync.replicas is never asked to be above the copies: that is a file that cannot be read. */
function within({ config: asked, replication }: { config: Record<string, string>; replication: number }): Record<string, string> {
  const needed = asked['min.insync.replicas']
  return needed === undefined ? asked : { ...asked, 'min.insync.replicas': String(Math.min(Number(needed), replication)) }
}
