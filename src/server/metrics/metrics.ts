import type { Registry } from 'prom-client'
import type { Clock } from '../../base/clock.ts'
import { CHANNEL_NAMES } from '../../live/protocol.ts'
import type { Feed } from '../feed/feed.ts'
import type { SocketDoor } from '../socket/door.ts'
import type { Hub } from '../socket/hub.ts'
import type { BusWatch } from '../watch-bus.ts'

export interface MetricsSources {
  feed: Feed
  hub: Hub
  door: SocketDoor
  watch: BusWatch
  clock: Clock
  ready(): boolean
}

/** What is counted of HTTP requests. */
export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void
}

/** prom-client's ways of making a metric that is read when it is asked for. */
type Kind = 'counter' | 'gauge'
type Samples = Iterable<readonly [labels: Record<string, string>, value: number]>

/**
 * Everything of `/metrics`. Most of it is looked up at the moment of a scrape, in what the server knows anyway: a scrape reads nothing of the
 * bus. Loads prom-client.
 */
export async function createMetrics(sources: MetricsSources): Promise<{ registry: Registry; http: HttpMetrics }> {
  const prom = await import('prom-client')
  // A CommonJS package comes out of the bundle with everything below its default.
  const { Registry, Counter, Gauge, Histogram, collectDefaultMetrics } = (prom.default ?? prom) as typeof prom
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const add = (kind: Kind, name: string, help: string, labelNames: string[], samples: () => Samples) => {
    const options = { name, help, labelNames, registers: [registry] }
    if (kind === 'gauge') {
      new Gauge({
        ...options,
        collect() {
          this.reset()
          for (const [labels, value] of samples()) this.set(labels, value)
        },
      })
    } else {
      new Counter({
        ...options,
        collect() {
          this.reset()
          for (const [labels, value] of samples()) this.inc(labels, value)
        },
      })
    }
  }
  busMetrics(add, sources)
  jobMetrics(add, sources)
  alertMetrics(add, sources)
  socketMetrics(add, sources)
  const requests = new Histogram({
    name: 'shitops_http_request_duration_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5],
    registers: [registry],
  })
  return {
    registry,
    http: { observe: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds) },
  }
}

type Add = (kind: Kind, name: string, help: string, labelNames: string[], samples: () => Samples) => void

function busMetrics(add: Add, { watch, feed, ready }: MetricsSources): void {
  add('gauge', 'shitops_ready', 'whether the server has read the bus and can read it now', [], () => [[{}, Number(ready())]])
  const offsets = () =>
    watch.groups.flatMap(({ group, offsets: of }) =>
      of.map(({ topic, partition, lag }) => ({ labels: labels(group, topic, partition), lag })),
    )
  add('gauge', 'shitops_consumer_group_lag_records', 'records that a group has not read; no sample where that is unknown', GROUP, () =>
    offsets().flatMap(({ labels: of, lag }) => (lag === null ? [] : [[of, lag] as const])),
  )
  add('gauge', 'shitops_consumer_group_lag_known', '1 where the lag is known, 0 where it is not', GROUP, () =>
    offsets().map(({ labels: of, lag }) => [of, Number(lag !== null)] as const),
  )
  add('gauge', 'shitops_consumer_group_members', 'live members of a group', ['group'], () =>
    watch.groups.map(({ group, members }) => [{ group }, members] as const),
  )
  add('counter', 'shitops_topic_records_total', 'next offsets of a topic, all partitions together', ['topic'], () =>
    watch.topics.map(({ topic, partitions }) => [{ topic }, partitions.reduce((sum, { latest }) => sum + latest, 0)] as const),
  )
  add(
    'gauge',
    'shitops_topic_newest_record_timestamp_seconds',
    'record time of the newest record of a topic that the server reads',
    ['topic'],
    () => [...feed.newest].map(([topic, ms]) => [{ topic }, ms / 1000] as const),
  )
  add('counter', 'shitops_server_unreadable_records_total', 'records that the server could not read', ['topic'], () =>
    [...feed.unreadable].map(([topic, count]) => [{ topic }, count] as const),
  )
  add('counter', 'shitops_server_forgotten_series_total', 'series that were forgotten because there were too many', ['channel'], () =>
    CHANNEL_NAMES.map((channel) => [{ channel }, feed.channels[channel].forgotten] as const),
  )
}

const GROUP = ['group', 'topic', 'partition']
const labels = (group: string, topic: string, partition: number) => ({ group, topic, partition: String(partition) })

function jobMetrics(add: Add, { watch, clock }: MetricsSources): void {
  const jobs = () => [...watch.jobs.values()]
  add('gauge', 'shitops_job_watermark_timestamp_seconds', 'event time up to which a job has all of its input', ['job'], () =>
    jobs().flatMap(({ job, watermark }) => (watermark === null ? [] : [[{ job }, watermark / 1000] as const])),
  )
  add('gauge', 'shitops_job_watermark_delay_seconds', 'how far the watermark of a job is behind the clock', ['job'], () =>
    jobs().flatMap(({ job, watermark }) => (watermark === null ? [] : [[{ job }, (clock.now() - watermark) / 1000] as const])),
  )
  add('counter', 'shitops_job_evaluation_seconds_total', 'time that a job has spent in its rules', ['job'], () =>
    jobs().flatMap(({ job, evaluationSeconds }) => (evaluationSeconds === null ? [] : [[{ job }, evaluationSeconds] as const])),
  )
  add('counter', 'shitops_job_records_total', 'records that a job has read', ['job'], () =>
    jobs().map(({ job, records }) => [{ job }, records] as const),
  )
  add('counter', 'shitops_job_late_records_total', 'rows that came behind the watermark of a job', ['job'], () =>
    jobs().map(({ job, late }) => [{ job }, late] as const),
  )
  add(
    'counter',
    'shitops_job_unreadable_records_total',
    'records that a job could not read, and put into a dead-letter topic',
    ['job'],
    () => jobs().map(({ job, unreadable }) => [{ job }, unreadable] as const),
  )
  add('gauge', 'shitops_job_commit_timestamp_seconds', 'when a job committed last', ['job'], () =>
    jobs().map(({ job, at }) => [{ job }, at / 1000] as const),
  )
}

function alertMetrics(add: Add, { feed }: MetricsSources): void {
  add('gauge', 'shitops_alerts_withheld', 'alerts that finance is not shown because their team is too small', [], () => [
    [{}, feed.withheld.alerts],
  ])
  add('gauge', 'shitops_alerts', 'alerts by state', ['channel', 'severity', 'status'], () => {
    const counted = new Map<string, number>()
    // Those that there are none of are 0, not absent: a rule can be written before the first one fires.
    for (const channel of CHANNEL_NAMES) {
      for (const severity of ['info', 'warning', 'critical']) {
        for (const status of ['pending', 'firing', 'resolved']) counted.set(JSON.stringify([channel, severity, status]), 0)
      }
    }
    // Of the book, not of what a channel is shown: one that is withheld counts as well.
    for (const { channel = 'operations', severity, status } of feed.book.alerts()) {
      const key = JSON.stringify([channel, severity, status])
      counted.set(key, (counted.get(key) ?? 0) + 1)
    }
    return [...counted].map(([key, count]) => {
      const [channel = '', severity = '', status = ''] = JSON.parse(key) as string[]
      return [{ channel, severity, status }, count] as const
    })
  })
}

function socketMetrics(add: Add, { hub, door }: MetricsSources): void {
  add('gauge', 'shitops_websocket_clients', 'clients that have subscribed', ['channel'], () =>
    Object.entries(hub.members()).map(([channel, count]) => [{ channel }, count] as const),
  )
  add('gauge', 'shitops_websocket_connections', 'connections, subscribed or not', [], () => [[{}, door.size]])
  add('gauge', 'shitops_websocket_behind', 'clients that are owed something', [], () => [[{}, door.backlog().behind]])
  add('gauge', 'shitops_websocket_queued_bytes', 'bytes that wait in all sockets', [], () => [[{}, door.backlog().queuedBytes]])
  add('counter', 'shitops_websocket_opened_total', 'connections that were opened', [], () => [[{}, door.counts.opened]])
  add('counter', 'shitops_websocket_closed_total', 'connections that ended, by close code', ['code'], () =>
    [...door.counts.closed].map(([code, count]) => [{ code: String(code) }, count] as const),
  )
  add('counter', 'shitops_websocket_refused_total', 'handshakes that were refused, by HTTP status', ['status'], () =>
    [...door.counts.refused].map(([status, count]) => [{ status: String(status) }, count] as const),
  )
  add('counter', 'shitops_websocket_sent_frames_total', 'frames handed to clients that kept up', [], () => [[{}, hub.counts.frames]])
  add('counter', 'shitops_websocket_sent_bytes_total', 'their bytes', [], () => [[{}, hub.counts.bytes]])
  add(
    'counter',
    'shitops_websocket_dropped_frames_total',
    'values of gauges that clients were not sent, since a newer one came first',
    [],
    () => [[{}, hub.counts.coalesced]],
  )
  add('counter', 'shitops_websocket_flushes_total', 'times that what had gathered went out', [], () => [[{}, hub.counts.flushes]])
  add('counter', 'shitops_websocket_flush_seconds_total', 'time that took', [], () => [[{}, hub.counts.flushSeconds]])
}
