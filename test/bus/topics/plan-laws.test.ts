import { expect } from 'chai'
import fc from 'fast-check'
import type { ObservedCluster, ObservedPartition } from '../../../src/bus/admin.ts'
import type { DesiredTopics } from '../../../src/bus/topics/desired.ts'
import { leaderCounts } from '../../../src/bus/topics/leaders.ts'
import { settled } from '../../../src/bus/topics/load.ts'
import { plan } from '../../../src/bus/topics/plan.ts'
import { misplaced, perRack, sitesOf } from '../../../src/bus/topics/racks.ts'
import { clusters, desires } from './arbitrary.ts'
import { carryOut } from './model.ts'

const RUNS = { numRuns: Number(process.env.SHITOPS_RUNS ?? 150) }

function* carriedOut(before: ObservedCluster, desired: DesiredTopics, rebalance: boolean): Generator<ObservedCluster> {
  let now = before
  for (const step of plan(desired, before, { rebalance }).steps) {
    for (const next of carryOut(now, step)) {
      now = next
      yield next
    }
  }
}

function applied(before: ObservedCluster, desired: DesiredTopics, rebalance = false): ObservedCluster {
  let last = before
  for (const next of carriedOut(before, desired, rebalance)) last = next
  return last
}

const partitionOf = ({ topics }: ObservedCluster, name: string, number: number) =>
  topics.find((topic) => topic.name === name)?.partitions[number]

describe('laws of topic plans', function () {
  this.timeout(120_000)

  for (const rebalance of [false, true]) {
    it(`a cluster that a plan was applied to has an empty plan${rebalance ? ', also when load is spread' : ''}`, () => {
      fc.assert(
        fc.property(clusters, desires, (before, desired) => {
          const { obstacles } = plan(desired, before, { rebalance })
          let reached = applied(before, desired, rebalance)
          // What stood in the way may be gone when the rest is done; then there is something left to do, but not for ever.
          if (obstacles.length > 0) for (let again = 0; again < 3; again++) reached = applied(reached, desired, rebalance)
          expect(plan(desired, reached, { rebalance }).steps).to.deep.equal([])
        }),
        RUNS,
      )
    })

    it(`on the way no partition has fewer in-sync copies than it had or is to have${rebalance ? ', also when load is spread' : ''}`, () => {
      fc.assert(
        fc.property(clusters, desires, (before, desired) => {
          const remade = new Set(plan(desired, before).steps.flatMap((step) => (step.kind === 'delete' ? [step.topic] : [])))
          for (const now of carriedOut(before, desired, rebalance)) {
            for (const topic of before.topics.filter(({ name }) => !remade.has(name))) {
              const wanted = desired.topics.find(({ name }) => name === topic.name)?.replication ?? Number.POSITIVE_INFINITY
              for (const each of topic.partitions) {
                const present = partitionOf(now, topic.name, each.partition) as ObservedPartition
                // A move that ran already ends as whoever began it wanted.
                const floor = Math.min(each.inSync.length, wanted, settled(each).length)
                expect(present.inSync.length, `${topic.name}/${each.partition}`).to.be.at.least(floor)
                if (each.leader !== null) expect(present.leader).to.not.equal(null)
              }
            }
          }
        }),
        RUNS,
      )
    })
  }

  it('without obstacles every topic is as it ought to be: copies, racks, leaders, settings', () => {
    fc.assert(
      fc.property(clusters, desires, (before, desired) => {
        if (plan(desired, before).obstacles.length > 0) return
        const sites = sitesOf(before.brokers, desired.drain)
        const reached = applied(before, desired)
        for (const wanted of desired.topics) {
          const topic = reached.topics.find(({ name }) => name === wanted.name)
          if (wanted.absent) expect(topic).to.equal(undefined)
          else {
            expect(topic?.partitions.length).to.equal(wanted.partitions)
            for (const each of topic?.partitions ?? []) {
              expect(new Set(each.replicas).size).to.equal(wanted.replication)
              expect(each.replicas.filter((id) => desired.drain.includes(id))).to.deep.equal([])
              expect(misplaced(each.replicas, wanted.placement, sites)).to.equal(undefined)
              if (each.inSync.includes(each.replicas[0] ?? 0)) expect(each.leader).to.equal(each.replicas[0])
            }
            for (const [name, value] of Object.entries(wanted.config)) {
              const parts = (text = '') => text.split(',').sort().join(',')
              expect(parts(topic?.config[name])).to.equal(parts(value ?? ''))
            }
          }
        }
      }),
      RUNS,
    )
  })

  it('copies lie in as many racks as they can, and evenly', () => {
    fc.assert(
      fc.property(clusters, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), (before, partitions, replication) => {
        const sites = sitesOf(before.brokers)
        fc.pre(replication <= sites.open.length)
        const one = { name: 'new', absent: false, partitions, replication, placement: 'even' as const, config: {} }
        const reached = applied(before, { cluster: null, drain: [], topics: [one] })
        const places = reached.topics.find(({ name }) => name === 'new')?.partitions.map(({ replicas }) => replicas) ?? []
        for (const replicas of places) {
          expect(perRack(replicas, sites).size).to.equal(Math.min(replication, sites.racks.length))
        }
      }),
      RUNS,
    )
  })

  it('moves as few copies as any plan could: compared with every place there is', () => {
    fc.assert(
      fc.property(clusters, fc.integer({ min: 1, max: 4 }), (before, replication) => {
        const sites = sitesOf(before.brokers)
        fc.pre(replication <= sites.open.length)
        const topics = before.topics.map(({ name, partitions }) => ({
          ...{ name, absent: false, partitions: partitions.length, replication, placement: 'even' as const, config: {} },
        }))
        const { steps, obstacles } = plan({ cluster: null, drain: [], topics }, before)
        fc.pre(obstacles.length === 0)
        const good = subsets(sites.open, replication).filter((place) => !misplaced(place, 'even', sites))
        for (const { name, partitions } of before.topics) {
          // What moves already has copies on their way: what is few there depends on how far they are.
          for (const each of partitions.filter(({ adding, removing }) => adding.length + removing.length === 0)) {
            const step = steps.find((one) => one.kind === 'move' && one.topic === name)
            const move = step?.kind === 'move' ? step.moves.find(({ partition }) => partition === each.partition) : undefined
            const least = Math.min(...good.map((place) => place.filter((id) => !settled(each).includes(id)).length))
            expect(move?.adding.length ?? 0, `${name}/${each.partition}`).to.equal(least)
          }
        }
      }),
      RUNS,
    )
  })

  it('leaders are as even as the copies allow: no other choice of first copies is', () => {
    fc.assert(
      fc.property(clusters, desires, (before, desired) => {
        if (plan(desired, before).obstacles.length > 0) return
        const sites = sitesOf(before.brokers, desired.drain)
        for (const topic of applied(before, desired).topics.filter(({ name }) =>
          desired.topics.some((each) => each.name === name && !each.absent),
        )) {
          const places = topic.partitions.map(({ replicas }) => replicas)
          const squares = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((sum, n) => sum + n * n, 0)
          expect(squares(leaderCounts(places, sites.open))).to.equal(bestSquares(places))
        }
      }),
      RUNS,
    )
  })

  it('spreads load to within one copy of even where every broker is in a rack of its own', () => {
    fc.assert(
      fc.property(clusters, (before) => {
        const apart = { ...before, brokers: before.brokers.map((each) => ({ ...each, rack: `r${each.id}` })) }
        const topics = apart.topics.map(({ name, partitions }) => ({
          ...{ name, absent: false, partitions: partitions.length, replication: 1, placement: 'even' as const, config: {} },
        }))
        const desired = { cluster: null, drain: [], topics }
        fc.pre(plan(desired, apart, { rebalance: true }).obstacles.length === 0)
        fc.pre(apart.topics.every(({ partitions }) => partitions.every(({ inSync, replicas }) => inSync.length === replicas.length)))
        const counts = new Map(apart.brokers.map(({ id }) => [id, 0]))
        for (const { partitions } of applied(apart, desired, true).topics) {
          for (const { replicas } of partitions) for (const id of replicas) counts.set(id, (counts.get(id) ?? 0) + 1)
        }
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).to.be.at.most(1)
      }),
      RUNS,
    )
  })
})

function subsets(ids: readonly number[], size: number): number[][] {
  if (size === 0) return [[]]
  return ids.flatMap((id, i) => subsets(ids.slice(i + 1), size - 1).map((rest) => [id, ...rest]))
}

/** By trying every choice of first copies. */
function bestSquares(places: ReadonlyArray<readonly number[]>): number {
  const counts = new Map<number, number>()
  const best = (i: number): number => {
    const place = places[i]
    if (!place) return [...counts.values()].reduce((sum, n) => sum + n * n, 0)
    return Math.min(
      ...place.map((id) => {
        counts.set(id, (counts.get(id) ?? 0) + 1)
        const found = best(i + 1)
        counts.set(id, (counts.get(id) ?? 0) - 1)
        return found
      }),
    )
  }
  return best(0)
}
