import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { GnmiTarget } from '../../../../src/collectors/gnmi/config.ts'
import type { DeviceTelemetry } from '../../../../src/events/event-types.ts'
import { ScriptedTarget, type SubscribeStream } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, SUBSCRIPTION, stopAll, targetAt } from '../support/collecting.ts'

const SEEDS = [1, 2, 3]
const ROUNDS = 60

/** Small and repeatable (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Sets of targets in the hands of a test. */
class Changes implements AsyncIterable<readonly GnmiTarget[]> {
  #waiting: ((set: readonly GnmiTarget[]) => void) | undefined
  #next: readonly GnmiTarget[] | undefined

  set(targets: readonly GnmiTarget[]): void {
    if (this.#waiting) this.#waiting(targets)
    else this.#next = targets
    this.#waiting = undefined
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const next = this.#next ?? (await new Promise<readonly GnmiTarget[]>((resolve) => (this.#waiting = resolve)))
      this.#next = undefined
      yield next
    }
  }
}

describe('gNMI streams that end in every way, of targets that come and go', () => {
  afterEach(stopAll)

  for (const seed of SEEDS) {
    it(`tell each epoch in order, once, and end (seed ${seed})`, async function () {
      this.timeout(120_000)
      const random = seeded(seed)
      const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T
      const unhandled: unknown[] = []
      const hear = (error: unknown) => unhandled.push(error)
      process.on('unhandledRejection', hear)
      process.on('warning', hear)

      const ways: Array<(stream: SubscribeStream) => unknown> = [
        (stream) => stream.end(),
        (stream) => stream.fail(pick([status.UNAVAILABLE, status.INTERNAL, status.INVALID_ARGUMENT, status.UNAUTHENTICATED]), 'no'),
        (stream) => stream.reset(),
        (stream) => stream.drop({ reset: random() < 0.5 }),
        (stream) => stream.goAway(pick([0, 11])),
        (stream) => stream.sendUnframed(Buffer.from('00000000', 'hex')),
        (stream) => stream.send(Buffer.from('ff', 'hex')),
        (stream) => stream.sync(),
        (stream) => stream.sync(false),
        (stream) => stream.flood(() => ({ update: { timestamp: '1' } }), 200),
      ]
      const servers = await Promise.all(Array.from({ length: 4 }, () => ScriptedTarget.listen()))
      for (const server of servers) {
        server.onSubscribe = async (stream) => {
          await stream.notify({ timestamp: '1' })
          await stream.sync()
        }
      }
      const everything = servers.flatMap(({ address }, i) =>
        [1, 2].map((n) => {
          const subscriptions = ['a', 'b'].map((name) => ({ ...SUBSCRIPTION, name, encoding: pick(['PROTO', 'auto'] as const) }))
          return targetAt(address, { name: `t${i}-${n}`, subscriptions })
        }),
      )
      const changes = new Changes()
      const { clock, telemetry, stop, ended, metrics } = collecting(everything, { changes })
      for (let round = 0; round < ROUNDS; round++) {
        for (const server of servers) {
          const open = server.streams.filter((stream) => stream.open)
          if (open.length > 0) void pick(ways)(pick(open))
        }
        if (random() < 0.2) changes.set(everything.filter(() => random() < 0.7))
        if (random() < 0.1) pick(servers).cutAll()
        await clock.pass(pick([1_000, 5_000, 40_000]))
        await new Promise((resolve) => setTimeout(resolve, pick([0, 5, 20])))
      }
      stop()
      await ended
      for (const server of servers) await server.close()
      process.off('unhandledRejection', hear)
      process.off('warning', hear)

      expect(unhandled.map(String)).to.deep.equal([])
      const epochs = new Map<string, DeviceTelemetry[]>()
      for (const event of telemetry()) {
        const key = `${event.target} ${event.subscription} ${event.epoch}`
        epochs.set(key, [...(epochs.get(key) ?? []), event])
      }
      expect(epochs.size).to.be.above(50)
      for (const [name, events] of epochs) expect(problemOf(events), name).to.equal('')
      // Within a subscription they grow, and none begins before the one before has ended.
      const last = new Map<string, number>()
      for (const { target, subscription, epoch } of telemetry()) {
        const key = `${target} ${subscription}`
        expect(epoch, key).to.be.at.least(last.get(key) ?? 0)
        last.set(key, epoch)
      }
      expect(metrics.get('received')).to.equal(telemetry().filter(({ kind }) => kind === 'notification').length)
    })
  }
})

/** What is wrong with the records of one epoch of one stream, in the order of the bus. */
function problemOf(events: readonly DeviceTelemetry[]): string {
  const kinds = events.map(({ kind }) => kind)
  const count = (kind: string) => kinds.filter((one) => one === kind).length
  const ends = count('lost') + count('refused')
  if (ends !== 1) return `it ends ${ends} times: ${kinds}`
  if (!['lost', 'refused'].includes(kinds.at(-1) ?? '')) return `something comes behind the end: ${kinds}`
  // An attempt that came to no connection has nothing but its end.
  if (kinds.length > 1 && (kinds[0] !== 'connected' || count('connected') !== 1)) return `it does not begin once: ${kinds}`
  return count('synced') > 1 ? `it is synced more than once: ${kinds}` : ''
}
