import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus, OutRecord } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { random } from '../../src/office/random.ts'
import { STATE_TOPIC_SPEC } from '../../src/query/checkpoint.ts'
import type { Job, Output } from '../../src/query/job.ts'
import { type JobStats, runJob } from '../../src/query/run-job.ts'
import type { StreamEvent } from '../../src/query/stream-event.ts'

const NOW = Math.floor(Date.now() / 1000) * 1000 - 3_600_000

/** Writes every event's number and the sum so far: shows order, repeats and losses. */
class SumJob implements Job {
  readonly topics = ['left', 'right']
  #sum: number

  constructor(state: unknown) {
    this.#sum = (state as { sum: number } | undefined)?.sum ?? 0
  }

  process({ time, value }: StreamEvent): Output[] {
    this.#sum += Number(value.n)
    return [{ topic: 'sums', key: 'sum', value: JSON.stringify({ n: value.n, sum: this.#sum }), timestamp: time }]
  }

  advance(): Output[] {
    return []
  }

  state(): unknown {
    return { sum: this.#sum }
  }
}

describe('a job on the bus', () => {
  let dir: string
  let bus: Bus

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-job-'))
    bus = await openBus(`embedded:${dir}`)
    for (const name of ['left', 'right']) await bus.createTopic({ name, partitions: 2 })
    for (const name of ['sums', 'left.dlq', 'right.dlq']) await bus.createTopic({ name, partitions: 1 })
    await bus.createTopic(STATE_TOPIC_SPEC)
  })
  afterEach(async () => {
    await bus.close()
    await rm(dir, { recursive: true, force: true })
  })

  const record = (n: number, at: number, key = `k${n}`): OutRecord => ({ key, value: JSON.stringify({ n }), timestamp: NOW + at })

  async function valuesOf<T>(topic: string): Promise<T[]> {
    const values: T[] = []
    for await (const batch of bus.read({ topic, partitions: [{ partition: 0, from: 0 }] })) {
      for (const { value } of batch) values.push(JSON.parse(String(value)) as T)
    }
    return values
  }

  /** Runs until everything on the bus is processed. `until` aborts the run before that. */
  function run(options: { group?: string; signal?: AbortSignal; onOutputs?(outputs: readonly Output[]): void } = {}): Promise<JobStats> {
    const { group = 'g', signal = new AbortController().signal, onOutputs } = options
    const drain = AbortSignal.abort()
    return runJob({ bus, group, create: (state) => new SumJob(state), disorder: 1_000, signal, drain, ...(onOutputs && { onOutputs }) })
  }

  it('sees events of all partitions in order of event time', async () => {
    await run()
    await bus.append('right', [record(3, 3_000), record(1, 1_000), record(5, 5_000)])
    await bus.append('left', [record(4, 4_000), record(2, 2_000)])
    const stats = await run()
    expect(await valuesOf('sums')).to.deep.equal([1, 2, 3, 4, 5].map((n) => ({ n, sum: (n * (n + 1)) / 2 })))
    expect(stats).to.deep.equal({ events: 5, late: 0, unreadable: 0 })
  })

  it('starts at the end of what is there when it runs for the first time', async () => {
    await bus.append('left', [record(1, 1_000)])
    expect(await run()).to.include({ events: 0 })
    await bus.append('left', [record(2, 2_000)])
    expect(await run()).to.include({ events: 1 })
    expect(await valuesOf('sums')).to.deep.equal([{ n: 2, sum: 2 }])
  })

  it('keeps what is late or cannot be read in the dead letters, with the reason, and goes on', async () => {
    await run()
    await bus.append('left', [record(1, 10_000)])
    await run()
    await bus.append('left', [
      record(2, 5_000),
      { key: 'k', value: '{broken', timestamp: NOW + 11_000 },
      { key: 'k', value: '7', timestamp: NOW + 11_000 },
      record(3, 12_000),
    ])
    expect(await run()).to.deep.equal({ events: 1, late: 1, unreadable: 2 })
    const reasons: string[][] = []
    for await (const batch of bus.read({ topic: 'left.dlq', partitions: [{ partition: 0, from: 0 }] })) {
      for (const { value, headers } of batch) reasons.push([String(value), String(headers.find(([name]) => name === 'dlq_reason')?.[1])])
    }
    expect(reasons.sort()).to.deep.equal([
      ['7', 'decode_error'],
      ['{"n":2}', 'late'],
      ['{broken', 'decode_error'],
    ])
    expect(await valuesOf('sums')).to.deep.equal([
      { n: 1, sum: 1 },
      { n: 3, sum: 4 },
    ])
  })

  it('writes each output once, however often it is stopped and started in between', async () => {
    await run()
    const dice = random(1, 'restarts')
    let n = 0
    for (let round = 0; round < 12; round++) {
      const at = () => round * 10_000 + dice.int(0, 9_000)
      const batch = Array.from({ length: dice.int(1, 30) }, () => record(++n, at()))
      for (const some of [batch.filter((_, i) => i % 2 === 0), batch.filter((_, i) => i % 2 === 1)]) {
        await bus.append(dice.pick(['left', 'right']), some)
      }
      const stop = new AbortController()
      // Some runs end as soon as anything is written, some before they begin, some when all is done.
      const manner = dice.int(0, 2)
      if (manner === 0) stop.abort()
      await run({ signal: stop.signal, onOutputs: () => manner === 1 && stop.abort() })
    }
    await run()
    const sums = await valuesOf<{ n: number; sum: number }>('sums')
    expect(sums.map(({ n }) => n).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: n }, (_, i) => i + 1))
    let sum = 0
    for (const row of sums) {
      sum += row.n
      expect(row.sum).to.equal(sum)
    }
  })

  it('does not lose its place to a run of another group', async () => {
    await run()
    await run({ group: 'other' })
    await bus.append('left', [record(1, 1_000)])
    expect(await run()).to.include({ events: 1 })
    expect(await run({ group: 'other' })).to.include({ events: 1 })
    expect(await run()).to.include({ events: 0 })
  })

  it('ends with the failure of its job, and has written nothing of the batch', async () => {
    await run()
    await bus.append('left', [record(1, 1_000)])
    class Failing extends SumJob {
      override process(): Output[] {
        throw new Error('no such luck')
      }
    }
    const failing = runJob({
      bus,
      group: 'g',
      create: (state) => new Failing(state),
      disorder: 0,
      signal: new AbortController().signal,
      drain: AbortSignal.abort(),
    })
    const error = await failing.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(String(error)).to.include('no such luck')
    expect(await run()).to.include({ events: 1 })
    expect(await valuesOf('sums')).to.deep.equal([{ n: 1, sum: 1 }])
  })

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: { code?: string }) => error.code ?? String(error),
    )

  /** A run that goes on; `written` counts its outputs, and `reached` resolves when it has written that many. */
  function start(on: Bus, drain = new AbortController().signal) {
    let written = 0
    let wake = () => {}
    const signal = new AbortController()
    const create = (state: unknown) => new SumJob(state)
    const onOutputs = (outputs: readonly Output[]) => {
      written += outputs.filter(({ topic }) => topic === 'sums').length
      wake()
    }
    const ended = runJob({ bus: on, group: 'g', create, disorder: 0, signal: signal.signal, drain, onOutputs })
    ended.catch(() => {})
    const reached = async (count: number) => {
      while (written < count) {
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve
          }),
          ended,
        ])
      }
    }
    return { ended, reached, stop: () => signal.abort() }
  }

  const sumsTo = (last: number) => Array.from({ length: last }, (_, i) => ({ n: i + 1, sum: ((i + 1) * (i + 2)) / 2 }))

  it('ends fenced when another member takes its partitions, which goes on from the checkpoint', async () => {
    await run()
    const other = await openBus(`embedded:${dir}`)
    const first = start(bus)
    await bus.append('left', [record(1, 1_000)])
    await first.reached(1)
    const second = start(other)
    expect(await codeOf(first.ended)).to.equal('SHITOPS_E_FENCED')
    await bus.append('right', [record(2, 2_000)])
    await bus.append('left', [record(3, 3_000)])
    await second.reached(2)
    second.stop()
    await second.ended
    await other.close()
    expect(await valuesOf('sums')).to.deep.equal(sumsTo(3))
  })

  it('goes on from what the run before wrote last, though that was still running when it started', async () => {
    await run()
    const first = start(bus)
    let join = () => {}
    const joining = new Promise<void>((resolve) => {
      join = resolve
    })
    let started = () => {}
    const waiting = new Promise<void>((resolve) => {
      started = resolve
    })
    const late = new Proxy(bus, {
      get: (target, name) => {
        const method = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        if (name !== 'consume') return method.bind(target)
        return async (options: Parameters<Bus['consume']>[0]) => {
          started()
          await joining
          await target.consume(options)
        }
      },
    })
    const second = start(late)
    await waiting
    await bus.append('left', [record(1, 1_000)])
    await first.reached(1)
    first.stop()
    await first.ended
    join()
    await bus.append('right', [record(2, 2_000)])
    await second.reached(1)
    second.stop()
    await second.ended
    expect(await valuesOf('sums')).to.deep.equal(sumsTo(2))
  })

  const broken = (at: number): OutRecord => ({ key: 'k', value: '{broken', timestamp: NOW + at, partition: 0 })
  const deadLetters = async () => (await bus.offsets('left.dlq'))[0]?.latest

  it('takes what cannot be read before there is a watermark', async () => {
    await run()
    // Whichever partition is read first, the other keeps the watermark from being known.
    await bus.append('left', [broken(1_000), { ...record(1, 1_000), partition: 1 }])
    expect(await run()).to.deep.equal({ events: 1, late: 0, unreadable: 1 })
    expect(await deadLetters()).to.equal(1)
  })

  it('writes one dead letter of what it reads again because an event before it still waits', async () => {
    await run()
    await bus.append('left', [{ ...record(1, 1_000), partition: 0 }, broken(1_500)])
    const written = new AbortController()
    const first = runJob({
      ...{ bus, group: 'g', create: (state: unknown) => new SumJob(state), disorder: 1_000 },
      ...{ signal: written.signal, drain: new AbortController().signal, onOutputs: () => written.abort() },
    })
    expect(await first).to.deep.equal({ events: 0, late: 0, unreadable: 1 })
    expect(await run()).to.deep.equal({ events: 1, late: 0, unreadable: 0 })
    expect(await deadLetters()).to.equal(1)
    expect(await valuesOf('sums')).to.deep.equal(sumsTo(1))
  })
})
