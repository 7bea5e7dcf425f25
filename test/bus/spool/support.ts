import type { Clock } from '../../../src/base/clock.ts'
import { ShitopsError } from '../../../src/base/errors.ts'
import type { Logger } from '../../../src/base/log.ts'
import type { Bus, TakeOver, Transaction } from '../../../src/bus/bus.ts'
import { openSpoolingBus } from '../../../src/bus/spool/index.ts'
import type { SpoolingBus } from '../../../src/bus/spool/spooling-bus.ts'
import type { HandClock } from '../../support/hand-clock.ts'
import { PATIENCE } from '../../support/patience.ts'
import { TestLogger } from '../embedded/support.ts'

/** `up`; `down`: nothing arrives; `deaf`: a write arrives, and nobody hears of it; `dead`: nobody ever answers again, as after a kill -9 of this side. */
export type Mode = 'up' | 'down' | 'deaf' | 'dead'

/** A bus that can be away. What it is asked goes to another bus, or does not. */
export class Flaky {
  mode: Mode = 'up'
  /** It has just started, and says of every topic and group that there is none. */
  forgetful = false
  /** How often it has said so. */
  asked = 0
  /** What it writes before it dies: a kill between the target's answer and our knowing of it. */
  lastWords = false
  readonly #target: () => Promise<Bus>
  readonly #buried = new AbortController()

  constructor(target: () => Promise<Bus>) {
    this.#target = target
  }

  readonly open = async (): Promise<Bus> => {
    await this.#permit()
    const bus = await this.#target()
    return new Proxy(bus, {
      get: (_, name) => {
        const member = Reflect.get(bus, name)
        if (typeof member !== 'function' || name === 'read' || name === 'close')
          return typeof member === 'function' ? member.bind(bus) : member
        if (this.forgetful && /^(offsets|transact|takeOver|describeGroup)$/.test(name as string))
          return (...args: unknown[]) => this.#forget(args, member, bus)
        return (...args: unknown[]) => this.#ask(name === 'transact' || name === 'append', () => member.apply(bus, args))
      },
    })
  }

  /** Taking over a writer's name needs no topic; and a coordinator answers once it has loaded what it is asked for. */
  async #forget(args: readonly unknown[], member: (...args: readonly unknown[]) => Promise<unknown>, bus: Bus): Promise<unknown> {
    const [transaction, what] = args as [Partial<Transaction> | string | undefined, TakeOver | undefined]
    if (typeof transaction === 'object' && transaction.appends?.length === 0) return member.apply(bus, [...args])
    if (what?.group && what.group.anchor === undefined) return member.apply(bus, [...args])
    if (member.name === 'describeGroup') {
      // And knows them all a moment later.
      this.forgetful = false
      throw new ShitopsError('SHITOPS_E_GROUP_UNKNOWN', 'the cluster has no such group')
    }
    this.asked++
    throw new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', 'the cluster has no such topic')
  }

  async #ask(writes: boolean, ask: () => Promise<unknown>): Promise<unknown> {
    if (this.mode === 'deaf' && writes) {
      await ask()
      throw new ShitopsError('SHITOPS_E_BUS_BUSY', 'whether it arrived is unknown')
    }
    if (this.mode === 'dead' && writes && this.lastWords) {
      this.lastWords = false
      await ask()
    }
    await this.#permit()
    const answer = await ask()
    // Killed while it was being asked.
    if (this.mode === 'dead') await this.#never()
    return answer
  }

  /** Let what waits for ever fail, so that the test can end. */
  bury(): void {
    this.mode = 'down'
    this.#buried.abort()
  }

  #never(): Promise<never> {
    const { signal } = this.#buried
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'buried'))),
    )
  }

  async #permit(): Promise<void> {
    if (this.mode === 'dead') await this.#never()
    if (this.mode === 'down' || this.mode === 'deaf') throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'no broker can be reached')
  }
}

/** Resolves once `holds`; time goes by on the clock meanwhile, where there is one. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, clock?: HandClock, stepMs = 250): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting: ${what}`)
    clock?.jump(stepMs)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export interface Opened {
  bus: SpoolingBus
  flaky: Flaky
  logger: TestLogger
}

/** A spooling bus over a target that can be away. */
export async function openFlaky(
  directory: string,
  target: () => Promise<Bus>,
  more: { clock?: Clock; mode?: Mode; bytes?: number; ageMs?: number; logger?: Logger & TestLogger } = {},
): Promise<Opened> {
  const { clock, mode = 'up', bytes = 1 << 30, ageMs = 7 * 86_400_000, logger = new TestLogger() } = more
  const flaky = new Flaky(target)
  flaky.mode = mode
  const options = { url: 'flaky:', directory, limits: { bytes, ageMs }, openTarget: flaky.open, logger }
  const bus = await openSpoolingBus(clock ? { ...options, clock } : options)
  opened.push({ bus, flaky })
  return { bus, flaky, logger }
}

const opened: Array<{ bus: SpoolingBus; flaky: Flaky }> = []

/** Ends whatever a test has opened and not closed, the dead too. */
export async function buryAll(): Promise<void> {
  for (const { bus, flaky } of opened.splice(0)) {
    flaky.bury()
    await bus.close()
  }
}
