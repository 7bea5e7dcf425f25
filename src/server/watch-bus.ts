import type { Clock } from '../base/clock.ts'
import { hasCode, messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus, GroupDescription, PartitionOffsets } from '../bus/bus.ts'
import type { Commit } from '../query/run/job-state.ts'
import { JOB_STATE } from '../query/run/job-state.ts'
import type { Feed } from './feed/feed.ts'
import { positionText } from './feed/position.ts'

/** What a job says of itself with each of its commits (src/query/run/job-state.ts). */
export interface JobView {
  readonly job: string
  readonly records: number
  readonly late: number
  readonly unreadable: number
  readonly outputs: number
  /** Event time up to which it has taken in everything, ms; null where it does not say. */
  readonly watermark: number | null
  /** Time that it has spent evaluating, s, since it first ran; null where it does not say. */
  readonly evaluationSeconds: number | null
  /** When it last committed, ms. */
  readonly at: number
}

/** One topic now. */
export interface TopicView {
  readonly topic: string
  readonly partitions: readonly PartitionOffsets[]
  /** Records a second since the look before; null at the first. */
  readonly rate: number | null
  /** Of what ticks, ms. */
  readonly at: number
}

export interface WatchOptions {
  bus: Bus
  feed: Feed
  clock: Clock
  logger: Logger
  signal: AbortSignal
  /** Between two looks, ms. */
  every?: number
  /** ms by which rates are told, where the clock is not the wall's; default: the clock's. */
  ticking?: (() => number) | undefined
}

/**
 * Looks at the bus now and then: how far topics are, how far groups lag, what jobs say. Readers get what was seen last, so that a scrape or a page
 * costs the bus nothing.
 */
export class BusWatch {
  topics: readonly TopicView[] = []
  groups: readonly GroupDescription[] = []
  readonly jobs = new Map<string, JobView>()
  readonly #o: WatchOptions
  #jobOffset = 0
  #failing = false
  #jobsDenied = false

  constructor(options: WatchOptions) {
    this.#o = options
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, every = 2_000, logger } = this.#o
    while (!signal.aborted) {
      try {
        await this.look()
        this.#failing = false
      } catch (error) {
        // The follower says it too, and louder.
        if (!this.#failing && !signal.aborted) logger.debug(`the bus cannot be looked at: ${messageOf(error)}`)
        this.#failing = true
      }
      await clock.sleep(every, signal)
    }
  }

  async look(): Promise<void> {
    const { bus, feed, clock, ticking = () => clock.now() } = this.#o
    const names = (await bus.listTopics()).sort()
    const before = new Map(this.topics.map((view) => [view.topic, view]))
    const views: TopicView[] = []
    for (const topic of names) {
      const partitions = await bus.offsets(topic).catch(goneIsUndefined)
      if (partitions) views.push(viewOf(topic, partitions, before.get(topic), ticking()))
    }
    this.topics = views
    const groups = await Promise.all((await bus.listGroups()).map(({ group }) => bus.describeGroup(group).catch(goneIsUndefined)))
    this.groups = groups.filter((group) => group !== undefined).sort((a, b) => (a.group < b.group ? -1 : 1))
    if (names.includes(JOB_STATE)) await this.#readJobs().catch((error: unknown) => this.#withoutJobs(error))
    feed.make('topics', topicRows(views, feed), clock.now())
    feed.make('groups', groupRows(this.groups), clock.now())
    feed.review(clock.now())
    feed.make('withheld', new Map([['alerts', { ...feed.withheld }]]), clock.now())
    feed.make('teams', new Map(feed.teams.rows().map((row) => [row.team, { ...row }])), clock.now())
  }

  /** First record held, of the topics that have a place in the stream. */
  oldestId(): string {
    return positionText(new Map(this.topics.map(({ topic, partitions }) => [topic, partitions.map(({ earliest }) => earliest)])))
  }

  /** A user who may not read them sees everything else. */
  #withoutJobs(error: unknown): void {
    if (!hasCode(error, 'SHITOPS_E_BUS_AUTH')) throw error
    if (!this.#jobsDenied) this.#o.logger.warn(`jobs are not shown: ${error.message}`)
    this.#jobsDenied = true
  }

  async #readJobs(): Promise<void> {
    const { bus } = this.#o
    const { earliest = 0, latest = 0 } = (await bus.offsets(JOB_STATE))[0] ?? {}
    if (this.#jobOffset > latest) this.#jobOffset = earliest
    for await (const batch of bus.read({ topic: JOB_STATE, partitions: [{ partition: 0, from: this.#jobOffset, to: latest }] })) {
      this.#jobOffset = batch.nextOffset
      for (let i = 0; i < batch.count; i++) {
        const job = /^(.*)\/commit$/s.exec(batch.key(i)?.toString() ?? '')?.[1]
        if (job === undefined) continue
        const value = batch.value(i)
        if (value === null) this.jobs.delete(job)
        else this.jobs.set(job, jobView(job, JSON.parse(value.toString()) as Partial<Commit>, batch.timestamp(i)))
      }
    }
  }
}

function goneIsUndefined(error: { code?: string }): undefined {
  if (error.code !== 'SHITOPS_E_TOPIC_UNKNOWN' && error.code !== 'SHITOPS_E_GROUP_UNKNOWN') throw error
}

function viewOf(topic: string, partitions: readonly PartitionOffsets[], before: TopicView | undefined, now: number): TopicView {
  const seconds = before ? (now - before.at) / 1000 : 0
  const rate = before && seconds > 0 ? Math.max(0, ends(partitions) - ends(before.partitions)) / seconds : null
  return { topic, partitions, rate: rate === null ? null : Math.round(rate * 10) / 10, at: now }
}

const ends = (partitions: readonly PartitionOffsets[]): number => partitions.reduce((sum, { latest }) => sum + latest, 0)

function topicRows(views: readonly TopicView[], feed: Feed): Map<string, Record<string, unknown>> {
  return new Map(views.map((view) => [view.topic, topicRow(view, feed)]))
}

/** A topic in one row, for pages. */
export function topicRow({ topic, partitions, rate }: TopicView, feed: Feed): Record<string, unknown> {
  const newest = feed.newest.get(topic)
  return {
    topic,
    partitions: partitions.length,
    records: partitions.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0),
    written: ends(partitions),
    per_second: rate,
    newest_event_time: newest === undefined ? null : new Date(newest).toISOString(),
    unreadable: feed.unreadable.get(topic) ?? 0,
  }
}

function groupRows(groups: readonly GroupDescription[]): Map<string, Record<string, unknown>> {
  return new Map(groups.map((group) => [group.group, groupRow(group)]))
}

/** A group in one row; a lag that is unknown for one partition is unknown, which is not 0. */
export function groupRow({ group, state, members, offsets }: GroupDescription): Record<string, unknown> {
  const lags = offsets.map(({ lag }) => lag)
  const lag = lags.length === 0 || lags.includes(null) ? null : lags.reduce<number>((sum, each) => sum + (each ?? 0), 0)
  return { group, state, members, topics: [...new Set(offsets.map(({ topic }) => topic))].sort(), lag }
}

function jobView(job: string, { totals, status }: Partial<Commit>, at: number): JobView {
  const { records = 0, late = 0, bad = 0, outputs = 0 } = totals ?? {}
  return {
    ...{ job, records, late, unreadable: bad, outputs, at },
    watermark: status?.watermark ?? null,
    evaluationSeconds: status?.evaluation_s ?? null,
  }
}
