import type { Writable } from 'node:stream'
import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import type { GnmiConfig, GnmiTarget } from '../../collectors/gnmi/config.ts'
import { metricsText } from '../../collectors/gnmi/metrics-text.ts'
import type { CompiledMappings } from '../../collectors/gnmi/normalise/compiled-mappings.ts'
import { BusOutlet } from '../../collectors/gnmi/outlets/bus-outlet.ts'
import { LatencyOutlet } from '../../collectors/gnmi/outlets/latency-outlet.ts'
import { LineOutlet } from '../../collectors/gnmi/outlets/line-outlet.ts'
import { subscribeRequest } from '../../collectors/gnmi/request/subscribe.ts'
import { StatusBoard } from '../../collectors/gnmi/status.ts'
import { collect } from '../../collectors/gnmi/stream/collect.ts'
import { allOutlets, type Outlet } from '../../collectors/gnmi/stream/writer.ts'
import { Counters } from '../../collectors/metrics.ts'
import { spoolText } from '../collector-metrics.ts'
import { serveMetrics } from '../metrics-endpoint.ts'
import { watchReader } from '../reader-watch.ts'
import { allOf, printingSink } from '../scan/sinks.ts'
import { type HeapGrowth, keepHeapSmallWhenCalm, keepYoungGenerationSmall } from '../small-heap.ts'
import { writeOut } from '../stdio.ts'
import { factLines } from './fact-lines.ts'
import { type LineKind, lineFormat } from './line-formats.ts'
import { Live } from './live.ts'

export interface SubscribeOptions extends GnmiConfig {
  /** What standard output shows. */
  output: 'table' | 'ndjson' | 'none' | LineKind
  /** How late notifications are, in the summary and in `json` lines. */
  latency: boolean
  /** Where records go; absent: they are not published. */
  bus?: Bus | undefined
  /** Made when records are: reads files. */
  mappings: () => Promise<CompiledMappings>
  stdout: Writable & { fd?: number; isTTY?: boolean; columns?: number; rows?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
  /** HOST:PORT where `/metrics` is served. */
  metricsAt?: string | undefined
  utc: boolean
  quiet: boolean
  clock: Clock
  signal: AbortSignal
  logger: Logger
}

export interface Subscribed {
  /** What was counted. */
  counters: Record<string, number>
  /** Of subscriptions that are not tried again. */
  failures: readonly ShitopsError[]
}

/**
 * Of a thousand targets 75 MB are in use, and what is read leaves little behind. Flat out, a quarter instead of three costs a half more CPU; at a
 * message a second three quarters let garbage grow to 100 MB, which takes minutes (bench/gnmi-targets.ts).
 */
export const HEAP_GROWTH: HeapGrowth = { calm: 15, busy: 150 }

const TOPICS = ['device_telemetry', 'device_metrics', 'device_telemetry.dlq']

/**
 * Collect until the signal aborts, until nobody reads standard output any more, or until all subscriptions have ended by themselves.
 * Subscriptions that failed and are not tried again are no reason to keep what the others brought.
 */
export async function subscribe(options: SubscribeOptions): Promise<Subscribed> {
  const { targets, changes, output, stdout, signal } = options
  if (targets.length === 0 && !changes) {
    throw new ShitopsError('SHITOPS_E_USAGE', 'there is no target', {
      suggestions: ['shitops gnmi subscribe -a HOST:PORT --path /interfaces', 'gnmi.targets in shitops.yaml'],
    })
  }
  // Before anything is opened: what no target could take.
  for (const target of targets) for (const subscription of target.subscriptions) subscribeRequest(target, subscription, 'JSON')
  const left = new AbortController()
  const unwatch = output === 'none' || stdout.fd === undefined ? () => {} : await watchReader(stdout.fd, () => left.abort())
  try {
    return await collectInto({ ...options, signal: AbortSignal.any([signal, left.signal]) })
  } finally {
    unwatch()
  }
}

async function collectInto(options: SubscribeOptions): Promise<Subscribed> {
  const { targets, changes, clock, signal } = options
  keepHeapSmallWhenCalm(HEAP_GROWTH)
  keepYoungGenerationSmall()
  const board = new StatusBoard()
  const metrics = new Counters()
  const latency = options.latency ? new LatencyOutlet() : undefined
  const live = new Live({ ...options, board, latency })
  const logger = live.beside(options.logger)
  const outlets = [...(await outletsOf({ ...options, logger }, metrics)), ...(latency ? [latency] : [])]
  const endpoint =
    options.metricsAt === undefined
      ? undefined
      : await serveMetrics(options.metricsAt, async () => metricsText(board) + (await spoolText(options.bus)))
  if (endpoint) logger.info(`metrics: ${endpoint.address}`)
  live.begin()
  let whole = false
  try {
    const failures = await collect({ targets, ...(changes && { changes }), outlet: allOutlets(outlets), board, clock, signal, logger })
    whole = true
    return { counters: { ...metrics.toJSON(), ...live.totals() }, failures }
  } finally {
    live.end(whole)
    endpoint?.close()
  }
}

async function outletsOf(options: SubscribeOptions, metrics: Counters): Promise<Outlet[]> {
  const { output, bus, stdout, utc, clock, signal, logger, mappings } = options
  const outlets: Outlet[] = []
  if (bus) await createMissing(bus, TOPICS)
  if (bus || output === 'ndjson') {
    const sink = allOf([...(bus ? [bus] : []), ...(output === 'ndjson' ? [printingSink()] : [])])
    outlets.push(new BusOutlet({ bus: sink, clock, signal, metrics, logger }, await mappings()))
  }
  if (output === 'event' || output === 'json' || output === 'flat')
    outlets.push(new LineOutlet(stdout, lineFormat(output, several(options), options.latency), logger))
  if (output === 'table' && !stdout.isTTY) outlets.push(factLines(writeOut, utc))
  // With nothing to show and nowhere to publish, somebody still counts what comes.
  if (outlets.length === 0) outlets.push(nowhere)
  return outlets
}

const several = ({ targets, changes }: { targets: readonly GnmiTarget[]; changes?: unknown }) => targets.length > 1 || changes !== undefined

const nowhere: Outlet = {
  open: () => ({ notification: () => {}, malformed: () => {}, fact: () => {} }),
  pending: 0,
  flush: async () => {},
}
