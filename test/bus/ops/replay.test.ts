import { expect } from 'chai'
import fc from 'fast-check'
import { ShitopsError } from '../../../src/base/errors.ts'
import type { Bus, OutRecord, ReadOptions } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { Pacer } from '../../../src/bus/ops/pacer.ts'
import { resolveRange } from '../../../src/bus/ops/range.ts'
import { type ReplayRequest, type ReplayTarget, replay } from '../../../src/bus/ops/replay/replay.ts'
import { rewriter } from '../../../src/bus/ops/replay/rewrite.ts'
import { CountingTarget, SinkTarget } from '../../../src/bus/ops/replay/sink-target.ts'
import { decodeState, encodeState, type ReplayState, remaining } from '../../../src/bus/ops/replay/state.ts'
import { replayToBus, type ToBusRequest } from '../../../src/bus/ops/replay/to-bus.ts'
import { pastOf, thawed } from '../../support/thawed-bus.ts'
import { codeOf, MemorySink, never, numbered, TestBus, TestClock } from './support.ts'

const T0 = 1_700_000_000_000
const text = (headers: OutRecord['headers']) => [...(headers ?? [])].map(([name, value]) => `${name}=${value}`)

describe('replay', () => {
  const test = new TestBus()
  beforeEach(() => test.open())
  afterEach(() => test.bus.close())
  after(() => test.close())
  let n = 0
  const topic = (partitions = 1) => test.topic(`t${n++}`, partitions)

  function toBus(from: string, to: string, more: Partial<ToBusRequest> = {}, source: Bus = test.bus) {
    return replayToBus(source, {
      topic: from,
      range: () => resolveRange(test.bus, { topic: from, from: { kind: 'start' } }),
      target: test.bus,
      toTopic: to,
      redrive: false,
      validate: true,
      create: false,
      token: `token-${from}-${to}`,
      resume: false,
      retime: 'keep',
      headers: {},
      selection: [],
      pace: { kind: 'max' },
      signal: never,
      clock: new TestClock(),
      ...more,
    })
  }

  it('writes every record once, with key, headers, time and partition', async () => {
    const [from, to] = [await topic(3), await topic(3)]
    await test.bus.append(
      from,
      numbered(300).map((record, i) => ({
        ...record,
        key: i % 5 ? `k${i}` : null,
        partition: i % 3,
        headers: [['n', String(i)]] as const,
      })),
    )
    const summary = await toBus(from, to)
    expect(summary).to.deep.include({ records: 300, skipped: 0, complete: true, resumed: false })
    const plain = async (name: string) => (await test.all(name)).map(({ topic: _, ...record }) => record)
    expect(await plain(to)).to.deep.equal(await plain(from))
  })

  it('chooses partitions by key where the destination has another number of them', async () => {
    const [from, to] = [await topic(1), await topic(4)]
    await test.bus.append(
      from,
      numbered(200).map((record, i) => ({ ...record, key: `k${i % 20}` })),
    )
    await toBus(from, to)
    const partitionsOfKey = new Map<string, Set<number>>()
    for (const { key, partition } of await test.all(to)) {
      partitionsOfKey.set(String(key), (partitionsOfKey.get(String(key)) ?? new Set()).add(partition))
    }
    expect([...partitionsOfKey.values()].every((set) => set.size === 1)).to.equal(true)
    expect(new Set([...partitionsOfKey.values()].flatMap((set) => [...set])).size).to.be.above(1)
  })

  it('filters headers by patterns; what is denied does not go even when allowed', () => {
    const record = { topic: 't', partition: 0, offset: 0, timestamp: 0, key: null, value: null }
    const headers = ['ce_id', 'ce_type', 'traceparent', 'x-team'].map((name) => [name, Buffer.from('1')] as const)
    const kept = (options: Parameters<typeof rewriter>[0]) => rewriter(options)({ ...record, headers }).headers.map(([name]) => name)
    expect(kept({})).to.deep.equal(['ce_id', 'ce_type', 'traceparent', 'x-team'])
    expect(kept({ deny: ['trace*'] })).to.deep.equal(['ce_id', 'ce_type', 'x-team'])
    expect(kept({ allow: ['ce_*'] })).to.deep.equal(['ce_id', 'ce_type'])
    expect(kept({ allow: ['ce_*', 'x-????'], deny: ['ce_id'] })).to.deep.equal(['ce_type', 'x-team'])
    expect(kept({ allow: ['ce.id'] }), 'a dot is a dot').to.deep.equal([])
  })

  it('re-times by shifting or to now: the record, its ce_time and its event_time', async () => {
    const from = await topic()
    const event = (time: number) =>
      `{"big":12345678901234567890, "event_time":"${new Date(time).toISOString()}","n":{"event_time":"inner"}}`
    const records = [0, 5_000].map((gap) => ({
      key: null,
      value: event(T0 + gap),
      timestamp: T0 + gap,
      headers: [['ce_time', new Date(T0 + gap).toISOString()]] as const,
    }))
    await test.bus.append(from, [...records, { key: null, value: 'not JSON "event_time"', timestamp: T0 + 6_000 }])
    const clock = new TestClock()
    const now = clock.now()
    const shifted = await topic()
    await toBus(from, shifted, { retime: 'shift', clock })
    const moved = await test.all(shifted)
    expect(moved.map(({ timestamp }) => timestamp - now)).to.deep.equal([0, 5_000, 6_000])
    expect(moved.map(({ value }) => String(value))).to.deep.equal([event(now), event(now + 5_000), 'not JSON "event_time"'])
    expect(text(moved[1]?.headers)).to.deep.equal([`ce_time=${new Date(now + 5_000).toISOString()}`])
    const stamped = await topic()
    await toBus(from, stamped, { retime: 'now', clock, pace: { kind: 'speed', factor: 2 } })
    expect((await test.all(stamped)).map(({ timestamp }) => timestamp - now)).to.deep.equal([0, 2_500, 3_000])
  })

  describe('pace', () => {
    const waits = (pace: ConstructorParameters<typeof Pacer>[0], times: number[]) => {
      const clock = new TestClock()
      const pacer = new Pacer(pace, clock)
      return times.map((time) => {
        const wait = pacer.wait(T0 + time)
        void clock.sleep(wait)
        return wait
      })
    }

    it('is the original gaps by the speed, a late record at once, and no pace no wait', () => {
      expect(waits({ kind: 'speed', factor: 1 }, [0, 1_000, 500, 3_000])).to.deep.equal([0, 1_000, 0, 2_000])
      expect(waits({ kind: 'speed', factor: 10 }, [0, 1_000, 3_000])).to.deep.equal([0, 100, 200])
      expect(waits({ kind: 'rate', perSecond: 4 }, [0, 0, 0])).to.deep.equal([0, 250, 250])
      expect(waits({ kind: 'max' }, [0, 9_999])).to.deep.equal([0, 0])
    })

    it('law: delays do not add up, at any rate', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 2, max: 500 }), (perSecond, records) => {
          const total = waits({ kind: 'rate', perSecond }, new Array(records).fill(0)).reduce((sum, wait) => sum + wait, 0)
          const due = ((records - 1) * 1_000) / perSecond
          expect(total).to.be.within(due - 5.001, due + 0.001)
        }),
      )
    })

    it('lets out what is due before it waits', async () => {
      const from = await topic()
      await test.bus.append(from, [
        ...numbered(3, 'a', { start: T0 }).map((record) => ({ ...record, timestamp: T0 })),
        ...numbered(1, 'b', { start: T0 + 60_000 }),
      ])
      const sink = new MemorySink()
      const clock = new TestClock()
      const seen: Array<[records: number, slept: number]> = []
      sink.onFlush = () => void seen.push([sink.records.length, clock.slept.length])
      const range = await resolveRange(test.bus, { topic: from, from: { kind: 'start' } })
      const request: ReplayRequest = { range, pace: { kind: 'speed', factor: 1 }, signal: never, clock }
      await replay(test.bus, request, new SinkTarget(sink, rewriter({})))
      expect(seen).to.deep.equal([
        [3, 0],
        [4, 1],
      ])
      expect(clock.slept).to.deep.equal([60_000])
    })
  })

  describe('the token', () => {
    /** Replays into `to` on the bus, but dies in its `kill`-th transaction: before it when even, just after when odd. */
    async function killed(from: string, to: string, kill: number) {
      const bus = await openBus(test.url)
      let transactions = 0
      const dying = new Proxy(bus, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as unknown
          if (typeof method !== 'function') return method
          if (name !== 'transact') return method.bind(target)
          return async (transaction: Parameters<typeof bus.transact>[0]) => {
            const last = ++transactions > kill / 2
            if (!last || kill % 2 === 1) await bus.transact(transaction)
            if (last) throw new Error('killed')
            return []
          }
        },
      })
      const outcome = await toBus(from, to, { target: dying, max: 9_000 }).then(
        (summary) => summary.complete,
        (error) => (error.message === 'killed' ? false : Promise.reject(error)),
      )
      await bus.close()
      return outcome
    }

    it('goes on after a crash at any point, with no record twice and none lost', async function () {
      this.timeout(120_000)
      const [from, to] = [await topic(2), await topic(2)]
      await test.bus.append(
        from,
        numbered(9_000).map((record, i) => ({ ...record, partition: i % 2 })),
      )
      for (let kill = 0, done = false; !done; kill++) done = await killed(from, to, kill % 7)
      const values = (await test.values(to)).map(Number)
      expect(values).to.have.length(9_000)
      expect(new Set(values).size).to.equal(9_000)
      const again = await toBus(from, to, { resume: true, max: 9_000 })
      expect(again).to.deep.include({ records: 0, complete: true, resumed: true, total: { records: 9_000, bytes: values.join('').length } })
      expect(await test.values(to)).to.have.length(9_000)
    })

    it('has written all that was read before reading failed, and goes on behind that', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(5))
      await test.bus.append(from, numbered(5, 'more'))
      const failing = Object.create(test.bus, {
        url: { value: test.bus.url },
        offsets: { value: test.bus.offsets.bind(test.bus) },
        read: {
          value: async function* (options: ReadOptions) {
            yield* test.bus.read({ ...options, partitions: [{ partition: 0, from: 0, to: 5 }] })
            throw new ShitopsError('SHITOPS_E_BUS_CORRUPT', 'it came damaged')
          },
        },
      }) as Bus
      expect(await codeOf(toBus(from, to, {}, failing))).to.equal('SHITOPS_E_BUS_CORRUPT')
      expect(await test.values(to)).to.deep.equal(['0', '1', '2', '3', '4'])
      expect(await toBus(from, to, { resume: true })).to.deep.include({ records: 5, complete: true, resumed: true })
      expect(await test.values(to)).to.deep.equal(['0', '1', '2', '3', '4', 'more0', 'more1', 'more2', 'more3', 'more4'])
    })

    it('keeps the range of the first run, though the topic has grown', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(3))
      const stop = new AbortController()
      stop.abort()
      expect(await toBus(from, to, { signal: stop.signal })).to.deep.include({ records: 0, complete: false })
      await test.bus.append(from, numbered(5, 'later'))
      expect(await toBus(from, to, { resume: true })).to.deep.include({ records: 3, resumed: true })
      expect(await test.values(to)).to.deep.equal(['0', '1', '2'])
    })

    it('goes on from its newest position although the coordinator of that, frozen meanwhile, tells of an older one', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(4))
      await toBus(from, to, { token: 'thawed', max: 1 })
      const past = await pastOf(test.bus, { group: 'replay.thawed' })
      expect(past.group?.commits).to.have.length(1)
      await toBus(from, to, { token: 'thawed', max: 2 })
      await toBus(from, to, { token: 'thawed', target: thawed(test.bus, past) })
      expect(await test.values(to)).to.deep.equal(['0', '1', '2', '3'])
    })

    it('is not complete while a transaction is open in the range, and goes on once that is decided', async () => {
      const [from, to] = [await topic(2), await topic(2)]
      await test.bus.append(
        from,
        numbered(6).map((record, i) => ({ ...record, partition: i % 2 })),
      )
      // Partition 1 can be read up to offset 1 only, as on Kafka while the record there belongs to an open transaction.
      const open = new Proxy(test.bus, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as unknown
          if (typeof method !== 'function') return method
          if (name !== 'read') return method.bind(target)
          return (options: ReadOptions) => {
            const partitions = options.partitions.map((range) => (range.partition === 1 ? { ...range, to: 1 } : range))
            if (options.partitions.some(({ partition }) => partition === 1)) options.onUndecided?.(1, 1)
            return target.read({ ...options, partitions })
          }
        },
      })
      const token = 'undecided'
      expect(await toBus(from, to, { token }, open)).to.deep.include({ records: 4, complete: false })
      expect(await toBus(from, to, { token, resume: true }, open)).to.deep.include({ records: 0, complete: false })
      expect(await toBus(from, to, { token, resume: true, max: 5 })).to.deep.include({ records: 1, complete: true })
      expect(await toBus(from, to, { token, resume: true })).to.deep.include({
        records: 1,
        complete: true,
        total: { records: 6, bytes: 6 },
      })
      expect((await test.values(to)).sort()).to.deep.equal(['0', '1', '2', '3', '4', '5'])
    })

    it('is refused when it is unknown or of another replay', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(1))
      expect(await codeOf(toBus(from, to, { resume: true }))).to.equal('SHITOPS_E_RESUME')
      await toBus(from, to, { token: 'mine' })
      const error = await toBus(from, to, { token: 'mime', resume: true }).catch((failure) => failure)
      expect(error.suggestions).to.deep.equal(['--resume mine'])
      expect(await codeOf(toBus(from, to, { token: 'mine', retime: 'now' }))).to.equal('SHITOPS_E_RESUME')
      expect(await codeOf(toBus(from, to, { token: 'mine', selection: ['other'] }))).to.equal('SHITOPS_E_RESUME')
    })

    it('that is unknown is looked for, and not taken over: that would leave a group of its name; one that is hidden is refused as such', async () => {
      const [from, to] = [await topic(), await topic()]
      await toBus(from, to, { token: 'seen' })
      const target = (more: Partial<Bus>) =>
        new Proxy(test.bus, {
          get(bus, name) {
            const value = Reflect.get(name in more ? more : bus, name)
            return typeof value === 'function' ? value.bind(bus) : value
          },
        })
      const takeOver = () => Promise.reject(new Error('taken over'))
      expect(await codeOf(toBus(from, to, { token: 'sene', resume: true, target: target({ takeOver }) }))).to.equal('SHITOPS_E_RESUME')
      const describeGroup = () => Promise.reject(new ShitopsError('SHITOPS_E_BUS_AUTH', 'hidden'))
      const hiding = target({ takeOver, describeGroup, listGroups: async () => [] })
      expect(await codeOf(toBus(from, to, { token: 'seen', resume: true, target: hiding }))).to.equal('SHITOPS_E_BUS_AUTH')
    })

    it('of a process that still runs is taken from it', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(10))
      const clock = new TestClock()
      const other = await openBus(test.url)
      clock.sleep = async () => {
        await toBus(from, to, { target: other, token: 'shared', resume: true })
      }
      const slow = toBus(from, to, { token: 'shared', pace: { kind: 'speed', factor: 1 }, clock })
      expect(await codeOf(slow)).to.equal('SHITOPS_E_FENCED')
      expect(await test.values(to)).to.deep.equal(numbered(10).map(({ value }) => value))
      await other.close()
    })

    it('leaves the groups of others alone', async () => {
      const [from, to] = [await topic(), await topic()]
      await test.bus.append(from, numbered(5))
      await test.bus.commitOffsets('live', [{ topic: from, partition: 0, offset: 2 }])
      await toBus(from, to)
      expect((await test.bus.fetchOffsets('live', [from])).map(({ offset }) => offset)).to.deep.equal([2])
      expect((await test.bus.listGroups()).map(({ group }) => group).filter((group) => group.endsWith(`${from}-${to}`))).to.have.length(1)
    })

    const state = fc.record({
      fingerprint: fc.constant('0123456789abcdef'),
      written: fc.maxSafeNat(),
      bytes: fc.maxSafeNat(),
      shift: fc.option(fc.integer(), { nil: null }),
      positions: fc
        .uniqueArray(fc.nat(9_999), { minLength: 1, maxLength: 200 })
        .map((partitions) => new Map(partitions.map((partition) => [partition, { next: 2 ** 53 - 2, to: 2 ** 53 - 1 }]))),
    })

    it('law: the state reads back from its commits, each of at most 4,096 bytes', () => {
      fc.assert(
        fc.property(state, (original: ReplayState) => {
          const commits = encodeState(original, { topic: 't', partitions: 10 })
          for (const { metadata = '' } of commits) expect(metadata.length).to.be.at.most(4_096)
          expect(decodeState([...commits].reverse())).to.deep.equal(original)
        }),
      )
      expect(decodeState([{ topic: 't', partition: 0, offset: 1, metadata: 'of somebody else' }])).to.equal(undefined)
    })

    it('says when there are too many partitions to keep account of', () => {
      const positions = new Map(Array.from({ length: 81 }, (_, i) => [i, { next: 0, to: 1 }]))
      const many: ReplayState = { fingerprint: '', written: 0, bytes: 0, shift: null, positions }
      expect(remaining(many)).to.have.length(81)
      expect(() => encodeState(many, { topic: 't', partitions: 1 })).to.throw(/too many/)
    })
  })

  describe('redrive', () => {
    it('sends each dead letter to its topic without the dead-letter headers', async () => {
      const [left, right] = [await topic(), await topic()]
      const dlq = await test.topic(`${left}.dlq`)
      const letter = (value: string, to?: string) => ({
        key: 'k',
        value,
        timestamp: T0,
        headers: [
          ['trace', 'x'],
          ...(to
            ? [
                ['dlq_topic', to],
                ['dlq_reason', 'because'],
              ]
            : []),
        ] as Array<[string, string]>,
      })
      await test.bus.append(dlq, [letter('a', left), letter('b', right), letter('c'), letter('d', left)])
      const summary = await toBus(dlq, dlq, { redrive: true })
      expect(summary).to.include({ records: 3, skipped: 1, complete: true })
      expect([await test.values(left), await test.values(right)]).to.deep.equal([['a', 'd'], ['b']])
      expect(text((await test.all(left))[0]?.headers)).to.deep.equal(['trace=x'])
      expect(await test.values(dlq), 'the dead letters stay').to.have.length(4)
    })

    it('leaves out a letter that still does not fit the schema of its topic, unless it is told not to look', async () => {
      const dlq = await test.topic('device_metrics.dlq')
      await test.topic('device_metrics')
      await test.bus.append(dlq, [{ key: 'k', value: '{"x":1}', timestamp: T0, headers: [['dlq_topic', 'device_metrics']] as const }])
      expect(await toBus(dlq, dlq, { redrive: true })).to.include({ records: 0, skipped: 1, complete: true })
      expect(await toBus(dlq, dlq, { redrive: true, validate: false, token: 'unseen' })).to.include({ records: 1, skipped: 0 })
    })

    it('stops at a letter for a topic that is not there, and goes on once it is', async () => {
      const home = await topic()
      const dlq = await test.topic(`${home}.dlq`)
      const letter = (value: string, to: string) => ({ key: null, value, timestamp: T0, headers: [['dlq_topic', to]] as const })
      await test.bus.append(dlq, [letter('a', home), letter('b', `${home}-new`)])
      expect(await codeOf(toBus(dlq, dlq, { redrive: true }))).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
      await test.topic(`${home}-new`)
      await toBus(dlq, dlq, { redrive: true, resume: true })
      expect([await test.values(home), await test.values(`${home}-new`)]).to.deep.equal([['a'], ['b']])
    })

    it('is refused for a topic that holds no dead letters', async () => {
      const name = await topic()
      expect(await codeOf(toBus(name, name, { redrive: true }))).to.equal('SHITOPS_E_USAGE')
    })
  })

  it('creates the destination like the source, or names the nearest and says how', async () => {
    const from = await test.topic(`t${n++}`, 2, { 'retention.ms': '-1', 'cleanup.policy': 'compact' })
    await test.bus.append(from, numbered(4, '', { key: 'k' }))
    const error = await toBus(from, `${from}copy`).catch((failure) => failure)
    expect(error).to.include({ code: 'SHITOPS_E_TOPIC_UNKNOWN' })
    expect(error.suggestions.join()).to.contain('--create')
    await toBus(from, `${from}copy`, { create: true })
    const { partitions, config } = await test.bus.describeTopic(`${from}copy`)
    expect([partitions.length, config['cleanup.policy'], config['retention.ms']]).to.deep.equal([2, 'compact', '-1'])
  })

  it('counts first: the same selection, nothing written', async () => {
    const from = await topic(2)
    await test.bus.append(
      from,
      numbered(10).map((record, i) => ({ ...record, partition: i % 2 })),
    )
    const range = await resolveRange(test.bus, { topic: from, from: { kind: 'start' } })
    const target = new CountingTarget(({ offset }) => (offset === 0 ? undefined : 'elsewhere'))
    const request: ReplayRequest = {
      range,
      pace: { kind: 'max' },
      signal: never,
      clock: new TestClock(),
      matches: (batch, i) => batch.offset(i) < 3,
    }
    const summary = await replay(test.bus, request, target)
    expect(summary).to.deep.include({
      records: 4,
      skipped: 2,
      bytes: 4,
      complete: true,
      first: { partition: 0, offset: 1, timestamp: T0 + 2_000 },
    })
    expect([...target.topics]).to.deep.equal([['elsewhere', 4]])
  })

  it('ends unfinished when the reader leaves', async () => {
    const from = await topic()
    await test.bus.append(from, numbered(10))
    const range = await resolveRange(test.bus, { topic: from, from: { kind: 'start' } })
    let taken = 0
    const target: ReplayTarget = {
      take: () => ++taken > 0,
      flush: async () => {},
      full: false,
      get closed() {
        return taken >= 4
      },
    }
    const request: ReplayRequest = { range, pace: { kind: 'max' }, signal: never, clock: new TestClock() }
    expect(await replay(test.bus, request, target)).to.include({ records: 4, complete: false })
  })
})
