import { expect } from 'chai'
import type { ObservedCluster } from '../../../src/bus/admin.ts'
import { check, checkGroups } from '../../../src/bus/topics/check/index.ts'
import { broker, cluster, partition, topic } from './model.ts'

const three = [broker(1, 'a'), broker(2, 'b'), broker(3, 'c')]
const SAFE = { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' }
const even = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
const quorum = { leader: 1, voters: [1, 2, 3].map((id) => ({ id, lag: 0 })) }
const EMPTY = { steps: [], obstacles: [], notes: [], unmanaged: [] }

const codes = (observed: ObservedCluster) => check(observed, EMPTY).map(({ code, severity }) => `${severity} ${code}`)
const well = { ...cluster(three, [topic('t', even, SAFE)]), quorum }
const withTopic = (config: Record<string, string>, places: number[][] = even) => ({
  ...well,
  topics: [topic('t', places, { ...SAFE, ...config })],
})
const withPartition = (more: Parameters<typeof partition>[2]) => {
  const [first, ...others] = even.map((ids, i) => partition(i, ids, i === 0 ? more : {}))
  return { ...well, topics: [{ ...topic('t', [], SAFE), partitions: first ? [first, ...others] : [] }] }
}

describe('a check of topics', () => {
  it('has nothing to say where all is well', () => {
    expect(codes(well)).to.deep.equal([])
  })

  const cases: Array<[what: string, observed: ObservedCluster, finds: string[]]> = [
    ['no leader', withPartition({ leader: null, inSync: [] }), ['error no_leader']],
    ['a copy behind', withPartition({ inSync: [1, 2] }), ['error under_replicated']],
    ['too few in sync to write', withPartition({ inSync: [1] }), ['error below_min_insync', 'error under_replicated']],
    ['another leader than the preferred', withPartition({ leader: 2 }), ['warning leader_not_preferred']],
    ['min.insync above the copies', withTopic({ 'min.insync.replicas': '4' }), ['error min_insync_above_factor']],
    [
      'min.insync equal to them',
      withTopic({ 'min.insync.replicas': '3' }),
      ['warning min_insync_equals_factor', 'note rack_loss_stops_writes'],
    ],
    ['one in sync', withTopic({ 'min.insync.replicas': '1' }), ['warning min_insync_one', 'warning acks_in_one_rack']],
    ['unclean elections', withTopic({ 'unclean.leader.election.enable': 'true' }), ['warning unclean_election']],
    [
      'skewed leaders',
      withTopic({}, [
        [1, 2, 3],
        [1, 3, 2],
        [1, 2, 3],
      ]),
      ['warning leaders_skewed'],
    ],
    ['one copy', withTopic({ 'min.insync.replicas': '1' }, [[1], [2], [3]]), ['warning replication_one']],
    [
      'copies in one rack',
      { ...withTopic({}, [[1, 2, 4]]), brokers: [broker(1, 'a'), broker(2, 'a'), broker(4, 'a'), broker(3, 'b')], quorum: null },
      ['warning rack_blind'],
    ],
    [
      'acks=all inside one of two racks',
      { ...withTopic({}, [[1, 2, 3]]), brokers: [broker(1, 'a'), broker(2, 'a'), broker(3, 'b')], quorum: null },
      ['warning acks_in_one_rack', 'note rack_loss_stops_writes'],
    ],
    ['no racks', { ...well, brokers: three.map((each) => ({ ...each, rack: null })) }, ['warning racks_unset']],
    ['a broker that is down', { ...well, brokers: three.map((each) => ({ ...each, fenced: each.id === 3 })) }, ['error broker_down']],
    [
      'brokers of two releases',
      { ...well, brokers: [...three.slice(1), broker(1, 'a', { versions: { fetch: 18, metadataMax: 30 } })] },
      ['warning version_mixed'],
    ],
    ['a level that was never raised', { ...well, metadataLevel: 20 }, ['note version_not_finalized']],
    ['ZooKeeper', { ...well, metadataLevel: 0, quorum: null }, ['warning zookeeper']],
    ['one controller', { ...well, quorum: { leader: 1, voters: [{ id: 1, lag: 0 }] } }, ['warning one_controller']],
    [
      'a controller behind',
      { ...well, quorum: { leader: 1, voters: [1, 2, 3].map((id) => ({ id, lag: id === 3 ? 5_000 : 0 })) } },
      ['warning controller_behind'],
    ],
    [
      'topics made by misspelling',
      { ...well, brokers: three.map((each) => ({ ...each, settings: { 'auto.create.topics.enable': 'true' } })) },
      ['note auto_create'],
    ],
    [
      'settings that may not be seen, and not those of a broker that cannot be asked',
      {
        ...well,
        brokers: [
          ...three.slice(0, 2).map((each) => ({ ...each, settings: {} })),
          broker(3, 'c', { fenced: true, settings: {}, versions: null }),
        ],
      },
      ['error broker_down', 'note broker_settings_hidden'],
    ],
    ['a full disk', { ...well, brokers: [broker(1, 'a', { bytes: 1_000, freeBytes: 10 }), ...three.slice(1)] }, ['warning disk_full']],
  ]
  for (const [what, observed, finds] of cases) {
    it(`finds ${what}`, () => {
      expect(codes(observed)).to.deep.equal(finds)
    })
  }

  it('groups: behind, and behind what is still there; unknown is not 0', () => {
    const offsets = new Map([['t', [{ partition: 0, earliest: 50, latest: 100 }]]])
    const of = (committed: number | null) => ({
      group: {
        ...{ group: 'g', state: 'Empty', members: 0, memberList: [] },
        offsets: [
          { ...{ topic: 't', partition: 0, committed, latest: 100 }, lag: committed === null ? null : 100 - committed, metadata: '' },
        ],
      },
      offsets,
    })
    const found = (committed: number | null, max: number) => checkGroups([of(committed)], max).map(({ code }) => code)
    expect(found(90, 10)).to.deep.equal([])
    expect(found(89, 10)).to.deep.equal(['group_lag'])
    expect(found(40, 1_000)).to.deep.equal(['group_expired'])
    expect(found(null, 10)).to.deep.equal(['group_lag_unknown'])
  })
})
