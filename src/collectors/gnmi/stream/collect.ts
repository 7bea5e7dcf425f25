import { setMaxListeners } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../../base/clock.ts'
import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { GnmiConfig, GnmiTarget } from '../config.ts'
import { StatusBoard } from '../status.ts'
import { ResponseDecoder } from '../wire/decoder.ts'
import { type CollectionContext, TargetCollection } from './collection.ts'
import { Gate } from './gate.ts'
import { InboxRoom } from './inbox.ts'
import { Pump } from './pump.ts'
import { Watch } from './watch.ts'
import type { Outlet } from './writer.ts'

/** Connections that are being made at the same time. */
const CONNECTING = 32

export interface CollectOptions extends GnmiConfig {
  outlet: Outlet
  clock: Clock
  signal: AbortSignal
  logger: Logger
  board?: StatusBoard
  /** In [0, 1); spreads attempts. */
  random?: () => number
}

/**
 * Subscribe to all targets, until the signal aborts or, where all subscriptions are of mode ONCE or end by themselves, until they have; all
 * that was received has been written then.
 * @returns what went wrong with subscriptions that are not tried again
 */
export async function collect(options: CollectOptions): Promise<ShitopsError[]> {
  const { outlet, clock, logger, targets, changes, signal } = options
  const pump = new Pump(outlet)
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  setMaxListeners(0, stop)
  const running = new Running(
    {
      ...{ clock, pump, outlet, gate: new Gate(CONNECTING, clock), watch: new Watch(clock), room: new InboxRoom() },
      decoder: new ResponseDecoder(),
      warn: (message) => logger.warn(message),
      board: options.board ?? new StatusBoard(),
      random: options.random ?? Math.random,
    },
    stop,
  )
  // An outlet that cannot write ends everything.
  const pumping = pump.run().finally(() => over.abort())
  pumping.catch(() => {})
  running.set(targets)
  try {
    if (changes) for await (const set of untilAborted(changes, stop)) running.set(set)
    await running.ended()
  } catch (error) {
    logger.error(messageOf(error))
    over.abort()
    await running.ended()
    pump.stop()
    await pumping
    throw error
  }
  pump.stop()
  await pumping
  return running.failures
}

/** The targets that are collected from at the moment. */
class Running {
  readonly failures: ShitopsError[] = []
  readonly #context: CollectionContext
  readonly #signal: AbortSignal
  readonly #targets = new Map<string, { target: GnmiTarget; stop: AbortController; done: Promise<void> }>()
  /** By name; a target of that name begins when the one before has ended. */
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(context: CollectionContext, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
    // One listener, and no composed signal of each target: a thousand of those are 3 MB.
    signal.addEventListener('abort', () => this.#stopAll(), { once: true })
  }

  /** Begin with what is new, leave what is gone; what changed is left and begun anew. */
  set(targets: readonly GnmiTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.name, target]))
    for (const [name, { target }] of this.#targets) if (!isDeepStrictEqual(wanted.get(name), target)) this.#leave(name, !wanted.has(name))
    for (const target of wanted.values()) if (!this.#targets.has(target.name)) this.#begin(target)
  }

  async ended(): Promise<void> {
    await Promise.all([...this.#leaving.values(), ...[...this.#targets.values()].map(({ done }) => done)])
  }

  #begin(target: GnmiTarget): void {
    const stop = new AbortController()
    const { signal } = stop
    setMaxListeners(0, signal)
    if (this.#signal.aborted) stop.abort()
    const done = Promise.resolve(this.#leaving.get(target.name)).then(async () => {
      this.failures.push(...(await this.#collect(target, signal)))
    })
    // It is awaited when all is over; until then a failure is nobody's.
    done.catch(() => {})
    this.#targets.set(target.name, { target, stop, done })
  }

  /** A target that cannot be one (of a file, say) fails by itself: the others are no worse for it. */
  async #collect(target: GnmiTarget, signal: AbortSignal): Promise<ShitopsError[]> {
    try {
      return await new TargetCollection(this.#context, target).run(signal)
    } catch (error) {
      this.#context.warn(`${target.name}: ${messageOf(error)}`)
      if (error instanceof ShitopsError) return [error]
      throw error
    }
  }

  #stopAll(): void {
    for (const { stop } of this.#targets.values()) stop.abort()
  }

  #leave(name: string, forGood: boolean): void {
    const entry = this.#targets.get(name)
    if (!entry) return
    this.#targets.delete(name)
    entry.stop.abort()
    const left = entry.done
      .catch(() => {})
      .finally(() => {
        if (this.#leaving.get(name) === left) this.#leaving.delete(name)
        if (!forGood) return
        this.#context.board.forget(name)
        this.#context.outlet.forget?.(name)
      })
    this.#leaving.set(name, left)
  }
}
