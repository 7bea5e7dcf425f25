import { expect } from 'chai'
import type { Clock } from '../../../src/base/clock.ts'
import type { BusAdmin, ConfigChanges, ObservedCluster, ObservedPartition, PlacementAdmin } from '../../../src/bus/admin.ts'
import { apply, type MoveProgress } from '../../../src/bus/topics/apply/index.ts'
import { Pace } from '../../../src/bus/topics/apply/pace.ts'
import type { DesiredTopics } from '../../../src/bus/topics/desired.ts'
import { plan } from '../../../src/bus/topics/plan.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { begun, broker, carryOut, cluster, topic } from './model.ts'

/** A cluster whose copies grow by 250 bytes each time that somebody sleeps; it writes down what it is asked. */
class SlowCluster implements BusAdmin, Clock {
  state: ObservedCluster
  readonly placement: PlacementAdmin
  readonly asked: string[] = []
  readonly #copied = new Map<string, number>()
  #now = 0

  constructor(state: ObservedCluster) {
    this.state = state
    this.placement = {
      move: async (moves) => {
        this.asked.push(`move ${moves.map(({ partition }) => partition).join(' ')}`)
        for (const { topic: name, partition, replicas } of moves) this.#change(name, partition, (each) => begun(each, replicas))
        return moves.map(({ topic: name, partition }) => ({ topic: name, partition, refusal: null }))
      },
      cancel: async () => [],
      moving: async () => this.#moving(),
      sizes: async (ids) => new Map(ids.map((id) => [id, new Map(this.#copied)])),
      electPreferred: async () => [],
      setBrokerConfig: async (id, changes) => {
        this.asked.push(`broker ${id} ${valuesOf(changes)}`)
        const rate = Object.values(changes)[0] ?? null
        const throttle = { leader: rate === null ? null : Number(rate), follower: rate === null ? null : Number(rate) }
        this.state = { ...this.state, brokers: this.state.brokers.map((each) => (each.id === id ? { ...each, throttle } : each)) }
      },
    }
  }

  now = () => this.#now

  async sleep(ms: number): Promise<void> {
    this.#now += ms
    for (const { topic: name, partition, adding } of this.#moving()) {
      const key = `${name}/${partition}`
      const copied = Math.min(1_000, (this.#copied.get(key) ?? 0) + 250)
      this.#copied.set(key, copied)
      if (copied === 1_000) {
        const moves = [{ partition, from: [], to: [], adding: [...adding], removing: [], bytes: 0 }]
        for (const next of carryOut(this.state, { kind: 'follow', topic: name, risk: null, moves })) this.state = next
      }
    }
  }

  observe = async () => this.state
  createTopic = async (name: string) => void this.asked.push(`create ${name}`)
  deleteTopic = async (name: string) => void this.asked.push(`delete ${name}`)
  addPartitions = async (name: string) => void this.asked.push(`partitions ${name}`)
  async setTopicConfig(name: string, changes: ConfigChanges): Promise<void> {
    this.asked.push(`topic ${name} ${valuesOf(changes)}`)
    const each = Object.entries(changes).map(([setting, to]) => ({ name: setting, from: null, to }))
    for (const next of carryOut(this.state, { kind: 'config', topic: name, risk: null, changes: each })) this.state = next
  }

  #moving() {
    return this.state.topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ adding, removing }) => adding.length + removing.length > 0)
        .map(({ partition, replicas, adding, removing }) => ({
          topic: name,
          partition,
          replicas: [...replicas],
          adding: [...adding],
          removing: [...removing],
        })),
    )
  }

  #change(name: string, number: number, change: (each: ObservedPartition) => ObservedPartition): void {
    const topics = this.state.topics.map((each) =>
      each.name === name ? { ...each, partitions: each.partitions.map((one) => (one.partition === number ? change(one) : one)) } : each,
    )
    this.state = { ...this.state, topics }
  }
}

const valuesOf = (changes: ConfigChanges) => Object.values(changes).join(' | ')

const desired: DesiredTopics = {
  ...{ cluster: null, drain: [] },
  topics: [{ name: 't', absent: false, partitions: 3, replication: 2, placement: 'even', config: {} }],
}
const two = [broker(1, 'a'), broker(2, 'b')]

function run(
  slow: SlowCluster,
  { rate, atOnce = 16, signal = new AbortController().signal }: { rate: number | null; atOnce?: number; signal?: AbortSignal },
) {
  const seen: MoveProgress[] = []
  const events = { onStep: () => {}, onProgress: (progress: MoveProgress) => void seen.push(progress), onStall: () => {} }
  return apply(slow, plan(desired, slow.state), { clock: slow, signal, rate, atOnce, events }).then((applied) => ({ applied, seen }))
}

describe('applying a plan', () => {
  it('limits first, then moves a wave at a time, and takes the limit away at the end', async () => {
    const slow = new SlowCluster(cluster(two, [topic('t', [[1], [2], [1]])]))
    const { applied, seen } = await run(slow, { rate: 77, atOnce: 2 })
    expect(applied).to.deep.equal({ done: 1, interrupted: false, failures: [] })
    const { asked } = slow
    expect(asked.indexOf('move 0 1')).to.be.above(asked.indexOf('topic t 0:1,1:2 | 0:2,1:1'))
    expect(asked.filter((each) => each.startsWith('move'))).to.deep.equal(['move 0 1', 'move 2'])
    expect(asked.slice(-3)).to.deep.equal(['topic t  | ', 'broker 1  | ', 'broker 2  | '])
    expect(plan(desired, slow.state).steps).to.deep.equal([])
    const moved = seen.map((each) => each.moved)
    expect(moved, 'never backwards').to.deep.equal([...moved].sort((a, b) => a - b))
    expect(seen.at(-1)).to.deep.include({ moved: 3_000, total: 3_000, moving: 0, waiting: 0 })
  })

  it('stops when it is told to; the next one follows what runs, and cleans up', async () => {
    const slow = new SlowCluster(cluster(two, [topic('t', [[1], [2], [1]])]))
    const stop = new AbortController()
    const sleep = slow.sleep.bind(slow)
    slow.sleep = async (ms) => {
      await sleep(ms)
      stop.abort()
    }
    const first = await run(slow, { rate: 77, signal: stop.signal })
    expect(first.applied).to.deep.include({ done: 0, interrupted: true })
    slow.sleep = sleep
    expect(plan(desired, slow.state).steps.map(({ kind }) => kind)).to.deep.equal(['follow'])
    slow.asked.length = 0
    await run(slow, { rate: null })
    expect(slow.asked.filter((each) => each.startsWith('move'))).to.deep.equal([])
    expect(slow.asked[0], 'no limit any more').to.equal('topic t  | ')
    expect(plan(desired, slow.state).steps).to.deep.equal([])
    expect(slow.state.brokers.map(({ throttle }) => throttle.leader)).to.deep.equal([null, null])
  })

  it('begins nothing that would fill a disk', async () => {
    const slow = new SlowCluster(cluster([two[0] ?? broker(1, 'a'), broker(2, 'b', { freeBytes: 100 })], [topic('t', [[1], [1], [1]])]))
    const error = await thrownBy(() => run(slow, { rate: null }))
    expect([error.code, slow.asked]).to.deep.equal(['SHITOPS_E_DISK_SPACE', []])
  })

  it('tells the pace of the last seconds, and nothing of a pause', () => {
    const pace = new Pace(0)
    pace.saw(0, 0)
    expect([pace.rate(), pace.leftMs(10), pace.leftMs(0)]).to.deep.equal([null, null, 0])
    pace.saw(500, 2_000)
    expect([pace.rate(), pace.leftMs(1_000)]).to.deep.equal([250, 4_000])
    pace.saw(500, 20_000)
    pace.saw(500, 40_000)
    expect([pace.leftMs(1_000), pace.stalledMs(40_000)]).to.deep.equal([null, 38_000])
  })
})
