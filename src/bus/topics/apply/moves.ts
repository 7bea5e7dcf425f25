import type { Clock } from '../../../base/clock.ts'
import type { BusAdmin, PlacementAdmin } from '../../admin.ts'
import type { FollowStep, MoveStep, PlannedMove } from '../steps.ts'
import type { ApplyEvents, Failure } from './events.ts'
import { Pace } from './pace.ts'
import { release, throttle } from './throttle.ts'

/** How often brokers are asked how far it is, ms. */
const LOOK_MS = 500
/** Nothing arrived for so long: said once. */
const STALL_MS = 60_000

export interface MoveOptions {
  clock: Clock
  signal: AbortSignal
  /** Bytes a second of each broker; null: as fast as it goes. */
  rate: number | null
  /** Partitions under way at a time. */
  atOnce: number
  events: ApplyEvents
}

type Moving = PlannedMove & { topic: string }

/** Carries out the moves of a plan, some at a time, and says how far it is. What runs goes on by itself when this process ends. */
export class Mover {
  readonly #admin: BusAdmin
  readonly #placement: PlacementAdmin
  readonly #options: MoveOptions
  readonly #total: number
  readonly #pace: Pace
  #waiting: number
  /** Bytes of the moves that have ended. */
  #arrived = 0
  #stallTold = false
  readonly failures: Failure[] = []

  constructor(admin: BusAdmin, placement: PlacementAdmin, steps: ReadonlyArray<MoveStep | FollowStep>, options: MoveOptions) {
    this.#admin = admin
    this.#placement = placement
    this.#options = options
    const moves = steps.flatMap((step) => step.moves)
    this.#total = moves.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    this.#waiting = moves.length
    this.#pace = new Pace(options.clock.now())
  }

  /** Resolves when they have ended, or when the signal aborts. */
  async run(step: MoveStep | FollowStep): Promise<void> {
    const { atOnce, signal, rate } = this.#options
    // What runs already runs all at once.
    const size = step.kind === 'follow' ? step.moves.length : atOnce
    for (let i = 0; i < step.moves.length && !signal.aborted; i += size) {
      const wave = step.moves.slice(i, i + size)
      const copying = wave.filter(({ adding }) => adding.length > 0)
      if (rate !== null && copying.length > 0) await throttle(this.#admin, this.#placement, step.topic, copying, rate)
      if (rate === null && step.kind === 'follow') await release(this.#admin, step.topic)
      const begun = step.kind === 'follow' ? wave : await this.#begin(step.topic, wave)
      this.#waiting -= wave.length
      await this.#follow(begun.map((move) => ({ ...move, topic: step.topic })))
    }
  }

  /** Those that the cluster took; the others are failures. */
  async #begin(topic: string, wave: readonly PlannedMove[]): Promise<PlannedMove[]> {
    const outcomes = await this.#placement.move(wave.map(({ partition, to }) => ({ topic, partition, replicas: to })))
    return wave.filter(({ partition }) => {
      const refusal = outcomes.find((one) => one.partition === partition)?.refusal ?? null
      if (refusal !== null) this.failures.push({ topic, message: `partition ${partition} was not moved: ${refusal}` })
      return refusal === null
    })
  }

  async #follow(moves: readonly Moving[]): Promise<void> {
    const { clock, signal, events } = this.#options
    while (!signal.aborted) {
      const running = await this.#running(moves)
      const now = clock.now()
      const moved = this.#arrived + (await this.#arrivedOf(moves, running))
      this.#pace.saw(moved, now)
      const { total, moving, waiting } = { total: Math.max(this.#total, moved), moving: running.length, waiting: this.#waiting }
      events.onProgress({ moved, total, moving, waiting, bytesPerSecond: this.#pace.rate(), leftMs: this.#pace.leftMs(total - moved) })
      if (running.length === 0) break
      const stalled = this.#pace.stalledMs(now)
      if (stalled > STALL_MS && !this.#stallTold) events.onStall(stalled)
      this.#stallTold = stalled > STALL_MS
      await clock.sleep(LOOK_MS, signal)
    }
    this.#arrived += moves.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  }

  async #running(moves: readonly Moving[]): Promise<Moving[]> {
    const running = await this.#placement.moving()
    return moves.filter(({ topic, partition }) => running.some((one) => one.topic === topic && one.partition === partition))
  }

  /** Bytes of the copies so far: whole for moves that have ended, what lies on the disks for those that run. */
  async #arrivedOf(moves: readonly Moving[], running: readonly Moving[]): Promise<number> {
    const copying = running.filter(({ adding }) => adding.length > 0)
    const sizes =
      copying.length === 0
        ? new Map<number, Map<string, number>>()
        : await this.#placement.sizes([...new Set(copying.flatMap(({ adding }) => adding))])
    return moves.reduce((sum, move) => {
      const { topic, partition, adding, bytes } = move
      if (!running.includes(move)) return sum + (bytes ?? 0)
      const each = adding.length > 0 ? (bytes ?? 0) / adding.length : 0
      return sum + adding.reduce((arrived, id) => arrived + Math.min(each, sizes.get(id)?.get(`${topic}/${partition}`) ?? 0), 0)
    }, 0)
  }
}
