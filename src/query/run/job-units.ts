import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissingTopics } from '../../bus/ops/create-missing.ts'

/**
 * The control topic by which processes share the units of jobs: it has no records. A job's processes are a consumer group over it, and who holds a
 * partition runs the units that belong to it.
 */
export const JOB_UNITS = 'job_units'
export const JOB_UNITS_SPEC = { name: JOB_UNITS, partitions: 12, config: { 'cleanup.policy': 'delete' } } as const

/** Who is not heard of for so long has its units run elsewhere, ms. */
const SESSION_TIMEOUT = 6000
/** A group that shares out anew takes partitions and gives most of them back: units are let run for so long in between, ms. */
const GRACE = 1500
/** After a failure that may pass, ms. */
const RETRY = 1000
/** Fenced, and yet the group says that the unit is ours: for so long it may be about to learn better, ms. */
const FENCED_PATIENCE = 20_000
/**
 * Then it is taken back: a broker fences a writer also without another one, after a transaction that stayed open for too long, or when a request for an
 * epoch that was given up arrives after the one that was sent in its place. So often at most: more, and somebody writes who is not in the group.
 */
const MOST_TAKEN_BACK = 3
const PASSING: ReadonlySet<string> = new Set(['SHITOPS_E_BUS_BUSY', 'SHITOPS_E_BUS_UNAVAILABLE', 'SHITOPS_E_GROUP_ACTIVE'])

/** A part of a job that one process at a time runs. */
export interface JobUnit {
  /** The name of its own job: its state and its place in the input. */
  readonly name: string
  /** What it runs, as text: a unit of the same name and another text takes its place. */
  readonly text?: string
  /** Runs until the signal aborts, then stops in order. Rejects with SHITOPS_E_FENCED when another process has taken it over. */
  run(bus: Bus, signal: AbortSignal): Promise<void>
}

export interface JobUnitsOptions {
  readonly bus: Bus
  /** Another handle on the same bus: a unit that comes back to this process needs a new one, as its old one is fenced. */
  readonly open: () => Promise<Bus>
  readonly job: string
  /** The same in each process. */
  readonly units: readonly JobUnit[]
  /** Calls back with the units that there are from then on, whenever they have changed. */
  readonly watch?: (change: (units: readonly JobUnit[]) => void) => void
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly sessionTimeout?: number
  /** For tests, ms. */
  readonly fencedPatience?: number
  /** Told which units this process runs, whenever that changes. */
  readonly onUnits?: (names: readonly string[]) => void
}

interface Running {
  readonly unit: JobUnit
  readonly stop: AbortController
  readonly done: Promise<void>
}

/** The consumer group of a job's processes. */
export function unitsGroup(job: string): string {
  return `${job}.units`
}

/**
 * Runs those units of a job that fall to this process, until the signal aborts; the other processes that run the same job have the rest, and take
 * over what a process leaves behind. That two processes for a moment both think a unit theirs does no harm: the newer one fences the older.
 */
export async function runUnits(options: JobUnitsOptions): Promise<void> {
  await createMissingTopics(options.bus, [JOB_UNITS_SPEC])
  await new Units(options).run()
}

class Units {
  readonly #o: JobUnitsOptions
  /** Partitions of the control topic that this process holds, and the number of the assignment that said so. */
  readonly #held = new Map<number, number>()
  /** By name, as all that is known of units. */
  readonly #running = new Map<string, Running>()
  /** Units that this process has had before: the bus handle it was opened with may be fenced. */
  readonly #had = new Set<string>()
  readonly #fencedAt = new Map<string, number>()
  /** How often a unit was taken back, since the group last shared out. */
  readonly #takenBack = new Map<string, number>()
  #units: readonly JobUnit[]
  readonly #leave = new AbortController()
  #assignments = 0
  #timer: NodeJS.Timeout | undefined
  #failure: { error: unknown } | undefined
  #told = '-'

  constructor(options: JobUnitsOptions) {
    this.#o = options
    this.#units = options.units
    options.watch?.((units) => this.#change(units))
  }

  async run(): Promise<void> {
    const { bus, job, signal, sessionTimeout } = this.#o
    const stopping = () => void this.#stopAll().finally(() => this.#leave.abort())
    signal.addEventListener('abort', stopping, { once: true })
    if (signal.aborted) stopping()
    try {
      await bus.consume({
        group: unitsGroup(job),
        topics: [JOB_UNITS],
        start: 'latest',
        sessionTimeoutMs: sessionTimeout ?? SESSION_TIMEOUT,
        signal: this.#leave.signal,
        onBatch: async () => {},
        onAssigned: (partitions) => {
          this.#assignments++
          this.#takenBack.clear()
          for (const { partition } of partitions) this.#held.set(partition, this.#assignments)
          this.#reconcile()
          this.#later(GRACE)
        },
        onRevoked: (partitions) => {
          for (const { partition } of partitions) this.#held.delete(partition)
          this.#later(GRACE)
        },
      })
    } catch (error) {
      this.#fail(error)
    } finally {
      clearTimeout(this.#timer)
      signal.removeEventListener('abort', stopping)
      await this.#stopAll()
    }
    if (this.#failure) throw this.#failure.error
  }

  /** Spread over the partitions, as members hold ranges of them. */
  #partitionOf(unit: JobUnit): number {
    return Math.floor((this.#units.indexOf(unit) * JOB_UNITS_SPEC.partitions) / this.#units.length)
  }

  /** Whether a unit is to run here, as it is. */
  #isOurs(unit: JobUnit): boolean {
    return this.#units.includes(unit) && this.#held.has(this.#partitionOf(unit))
  }

  get #ending(): boolean {
    return this.#o.signal.aborted || this.#leave.signal.aborted
  }

  /** Those that are as they were go on. With others, each may fall to another process than before. */
  #change(units: readonly JobUnit[]): void {
    this.#units = units.map((unit) => this.#units.find(({ name, text }) => name === unit.name && text === unit.text) ?? unit)
    this.#fencedAt.clear()
    this.#later(0)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#ending) return
    this.#timer = setTimeout(() => {
      for (const { unit, stop } of this.#running.values()) if (!this.#isOurs(unit)) stop.abort()
      this.#reconcile()
    }, ms)
  }

  #reconcile(): void {
    if (this.#ending) return
    for (const unit of this.#units) {
      const { name } = unit
      if (!this.#held.has(this.#partitionOf(unit)) || this.#running.has(name) || this.#fencedAt.has(name)) continue
      const stop = new AbortController()
      // Registered before it runs: it may end at once.
      const done = Promise.resolve().then(() => this.#live(unit, stop.signal))
      this.#running.set(name, { unit, stop, done })
    }
    this.#tell()
  }

  async #live(unit: JobUnit, signal: AbortSignal): Promise<void> {
    const since = this.#assignments
    const { clock, logger } = this.#o
    try {
      await this.#tenure(unit, signal)
    } catch (error) {
      if (signal.aborted && codeOf(error) === 'SHITOPS_E_FENCED') return
      if (codeOf(error) === 'SHITOPS_E_FENCED') this.#fenced(unit, since, error)
      else if (PASSING.has(codeOf(error)) && !this.#ending) {
        logger.warn(`${unit.name}: ${(error as Error).message}; it is tried again`)
        await clock.sleep(RETRY, signal)
      } else this.#fail(error)
    } finally {
      this.#running.delete(unit.name)
      this.#later(0)
    }
  }

  async #tenure(unit: JobUnit, signal: AbortSignal): Promise<void> {
    const { bus, open } = this.#o
    if (!this.#had.has(unit.name)) {
      this.#had.add(unit.name)
      await unit.run(bus, signal)
      return
    }
    const own = await open()
    try {
      await unit.run(own, signal)
    } finally {
      await own.close()
    }
  }

  /** Somebody else has it. Where the group has given it to us since, it is taken back; else the group is about to say that it is not ours. */
  #fenced(unit: JobUnit, since: number, error: unknown): void {
    const { clock, logger, fencedPatience = FENCED_PATIENCE } = this.#o
    const assigned = this.#held.get(this.#partitionOf(unit))
    if (assigned !== undefined && assigned > since) return
    logger.debug(`${unit.name}: another process has taken over`)
    const at = clock.now()
    this.#fencedAt.set(unit.name, at)
    const assignments = this.#assignments
    const watch = setInterval(() => {
      const held = this.#held.get(this.#partitionOf(unit))
      // Where the units have changed meanwhile, all begins anew.
      if (this.#ending || held === undefined || held > assignments || this.#fencedAt.get(unit.name) !== at) {
        clearInterval(watch)
        if (this.#fencedAt.get(unit.name) === at) this.#fencedAt.delete(unit.name)
        this.#reconcile()
      } else if (clock.now() - at > fencedPatience) {
        clearInterval(watch)
        if (!this.#takeBack(unit)) this.#fail(error)
      }
    }, 200)
  }

  /** The group has not given it to anybody else: nobody has fenced us but the broker. @returns false where that has been so too often */
  #takeBack({ name }: JobUnit): boolean {
    const times = (this.#takenBack.get(name) ?? 0) + 1
    if (times > MOST_TAKEN_BACK) return false
    this.#takenBack.set(name, times)
    this.#o.logger.warn(`${name}: the bus lets this process write no more, and no other has the unit; it is taken back`)
    this.#fencedAt.delete(name)
    this.#reconcile()
    return true
  }

  async #stopAll(): Promise<void> {
    const running = [...this.#running.values()]
    for (const { stop } of running) stop.abort()
    await Promise.all(running.map(({ done }) => done))
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    void this.#stopAll().finally(() => this.#leave.abort())
  }

  #tell(): void {
    const names = [...this.#running.keys()]
    const text = names.join(', ')
    if (text === this.#told) return
    this.#told = text
    this.#o.onUnits?.(names)
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}
