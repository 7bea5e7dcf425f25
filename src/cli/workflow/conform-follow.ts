import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { Bus, OffsetCommit, RecordBatch } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { resolveRange } from '../../bus/ops/range.ts'
import { readStanding } from '../../bus/ops/read-standing.ts'
import type { Position } from '../../bus/position.ts'
import type { Checker } from '../../mining/conform/checker.ts'
import type { Violation } from '../../mining/conform/finding.ts'
import { violationRecord } from '../../mining/conform/violation-record.ts'
import { placeOf, readRecord, type SourceCounts } from './source.ts'

const TOPIC = 'workflow_events'

export interface FollowOptions {
  /** Name of the group that remembers how far was read, and of the transaction. */
  group: string
  /** Where to begin to tell violations when the group has not read yet. */
  from: Position
  process?: string | undefined
  /** How long an event may be on its way: a deadline is missed only so long after it. */
  slackMs: number
  /** How often to look for missed deadlines. */
  everyMs: number
  onViolation?(violation: Violation): void
}

export interface FollowContext {
  bus: Bus
  clock: Clock
  logger: Logger
  signal: AbortSignal
}

/**
 * Follows `workflow_events` and writes each violation to `insights` once, together with how far was read. What was read before is read again first,
 * silently, so that cases which began long ago are judged whole: state is where the events are. Ends with the signal.
 */
export async function followConformance(checker: Checker, options: FollowOptions, context: FollowContext): Promise<{ violations: number }> {
  const follower = new Follower(checker, options, context)
  await follower.warmUp()
  await follower.follow()
  return { violations: follower.written }
}

class Follower {
  written = 0
  readonly #checker: Checker
  readonly #options: FollowOptions
  readonly #context: FollowContext
  readonly #counts: SourceCounts = { events: 0, bad: 0 }
  /** Next offset by partition. */
  readonly #positions = new Map<number, number>()
  /** How far time was advanced: part of each commit, so that a deadline is told once. */
  #advanced = 0
  /** Batches and time take turns. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(checker: Checker, options: FollowOptions, context: FollowContext) {
    this.#checker = checker
    this.#options = options
    this.#context = context
  }

  async warmUp(): Promise<void> {
    const { bus, signal, logger } = this.#context
    const { group, from } = this.#options
    await createMissing(bus, [TOPIC, 'insights'])
    // Whoever ran under this name before is fenced, and what it had written is settled: with positions from before, violations would be told again.
    // Both topics are named, so that who may not ask how far the events go, or not write violations, learns that now and not with the first of them.
    const { commits } = await bus.takeOver(group, { topics: [TOPIC, 'insights'], group: { name: group, anchor: TOPIC } })
    const committed = new Map(commits.filter(({ topic }) => topic === TOPIC).map((commit) => [commit.partition, commit]))
    const start = await resolveRange(bus, { topic: TOPIC, from, follow: true })
    for (const { partition, from: first } of start.partitions) this.#positions.set(partition, committed.get(partition)?.offset ?? first)
    for (const { metadata } of committed.values()) this.#advanced = Math.max(this.#advanced, advancedOf(metadata))
    const before = (await bus.offsets(TOPIC)).map(({ partition, earliest }) => {
      return { partition, from: earliest, to: Math.max(earliest, this.#positions.get(partition) ?? earliest) }
    })
    // As far as was read, wherever a broker says that the topic ends: of what is left out here the checker would never know.
    for await (const batch of bus.read({ topic: TOPIC, partitions: before, follow: true, signal })) this.#check(batch)
    if (committed.size === 0) this.#advanced = this.#context.clock.now() - this.#options.slackMs
    this.#checker.advance(this.#advanced)
    // Where a partition begins is settled now: what comes while nobody follows is not to be missed.
    await this.#write([], [...this.#positions.keys()])
    const { events } = this.#counts
    logger.info(
      `Following ${TOPIC} as ${group}; ${plural(events, 'event')} before that ${events === 1 ? 'is' : 'are'} known. Violations go to insights; Ctrl-C stops.`,
    )
  }

  async follow(): Promise<void> {
    const { bus, signal } = this.#context
    const partitions = Array.from(this.#positions, ([partition, from]) => ({ partition, from }))
    const done = new AbortController()
    const either = AbortSignal.any([signal, done.signal])
    const ticking = this.#tick(either).finally(() => done.abort())
    try {
      for await (const batch of bus.read({ topic: TOPIC, partitions, follow: true, signal: either })) {
        await this.#inTurn(async () => {
          const violations = this.#check(batch)
          this.#positions.set(batch.partition, batch.nextOffset)
          await this.#write(violations, [batch.partition])
        })
      }
    } finally {
      done.abort()
      await ticking
    }
  }

  /** Looks for missed deadlines once all that is there was read: before, what answers one may be unread. */
  async #tick(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    while (!signal.aborted) {
      await clock.sleep(this.#options.everyMs, signal)
      const now = clock.now() - this.#options.slackMs
      if (signal.aborted || !this.#checker.isDue(now) || !(await this.#hasReadAll(signal))) continue
      await this.#inTurn(async () => {
        const violations = this.#checker.advance(now)
        this.#advanced = Math.max(this.#advanced, now)
        if (violations.length > 0) await this.#write(violations, [...this.#positions.keys()])
      })
    }
  }

  /**
   * Of what was acknowledged by now, whatever a broker says of where the topic ends: one that was frozen tells of an end of before, and the answer to a
   * deadline may lie behind it. Between what was read last and there may still be what nobody reads: markers, and what was taken back.
   */
  async #hasReadAll(signal: AbortSignal): Promise<boolean> {
    const { bus } = this.#context
    const { standing } = await bus.takeOver(this.#options.group, { topics: [TOPIC], again: true })
    const unread = (standing.get(TOPIC) ?? [])
      .map((range) => ({ ...range, from: this.#positions.get(range.partition) ?? range.from }))
      .filter(({ from, to = 0 }) => from < to)
    for await (const _ of readStanding(bus, TOPIC, { standing: new Map([[TOPIC, unread]]) }, signal)) return false
    return !signal.aborted
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #check(batch: RecordBatch): Violation[] {
    const violations: Violation[] = []
    for (let i = 0; i < batch.count; i++) {
      const event = readRecord(batch, i, this.#counts, this.#context.logger)
      if (!event || (this.#options.process !== undefined && event.process !== this.#options.process)) continue
      this.#counts.events++
      violations.push(...this.#checker.observe({ event, place: placeOf(batch, i) }))
    }
    return violations
  }

  /** Violations and positions, together or not at all. */
  async #write(violations: readonly Violation[], partitions: readonly number[]): Promise<void> {
    const { group } = this.#options
    const metadata = JSON.stringify({ advanced: this.#advanced })
    const commits: OffsetCommit[] = partitions.map((partition) => {
      return { topic: TOPIC, partition, offset: this.#positions.get(partition) ?? 0, metadata }
    })
    const appends = violations.length > 0 ? [{ topic: 'insights', records: violations.map(violationRecord) }] : []
    await this.#context.bus.transact({ id: group, appends, offsets: { group, commits } })
    this.written += violations.length
    for (const violation of violations) this.#options.onViolation?.(violation)
  }
}

function advancedOf(metadata: string | undefined): number {
  try {
    const { advanced } = JSON.parse(metadata ?? '') as { advanced?: unknown }
    return typeof advanced === 'number' && Number.isFinite(advanced) ? advanced : 0
  } catch {
    return 0
  }
}
