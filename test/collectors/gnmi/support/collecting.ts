import type { Clock } from '../../../../src/base/clock.ts'
import type { OutRecord } from '../../../../src/bus/bus.ts'
import type { GnmiTarget, Subscription } from '../../../../src/collectors/gnmi/config.ts'
import { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { BusOutlet } from '../../../../src/collectors/gnmi/outlets/bus-outlet.ts'
import { StatusBoard } from '../../../../src/collectors/gnmi/status.ts'
import { collect } from '../../../../src/collectors/gnmi/stream/collect.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import type { DeviceTelemetry } from '../../../../src/events/event-types.ts'
import { Conditions } from '../../../../src/office/gnmi/scripted/conditions.ts'
import { HandClock } from '../../../support/hand-clock.ts'
import { MemoryLogger, RecordingSink } from '../../compliance.ts'

export const NOW = Date.UTC(2026, 0, 30, 8)

export const SUBSCRIPTION: Subscription = {
  name: 'default',
  mode: 'stream',
  encoding: 'PROTO',
  groups: [{ paths: ['/interfaces'], mode: 'sample', sampleInterval: 10_000 }],
}

export function targetAt(address: string, more: Partial<GnmiTarget> & { subscription?: Partial<Subscription> } = {}): GnmiTarget {
  const { subscription, ...rest } = more
  return { name: 'core-1', connection: { addresses: [address] }, subscriptions: [{ ...SUBSCRIPTION, ...subscription }], ...rest }
}

/** A bus that says when something came. */
class WatchedSink extends RecordingSink {
  readonly conditions = new Conditions()

  override async append(topic: string, records: readonly OutRecord[]) {
    const result = await super.append(topic, records)
    this.conditions.changed()
    return result
  }
}

/** Runs of the collector that a test began; {@link stopAll} ends them. */
const running: Array<() => Promise<unknown>> = []

export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0)) await stop()
}

export interface CollectingOptions {
  clock?: Clock
  /** Default: none, so no samples. */
  mappings?: CompiledMappings
  changes?: AsyncIterable<readonly GnmiTarget[]>
}

/** The collector on these targets, onto a bus in memory. */
export function collecting(targets: readonly GnmiTarget[], { clock, mappings, changes }: CollectingOptions = {}) {
  const stop = new AbortController()
  const hand = new HandClock(NOW)
  const bus = new WatchedSink()
  const metrics = new Counters()
  const logger = new MemoryLogger()
  const board = new StatusBoard()
  const context = { bus, metrics, logger, clock: clock ?? hand, signal: stop.signal }
  const outlet = new BusOutlet(context, mappings ?? new CompiledMappings([]))
  const ended = collect({ targets, ...(changes && { changes }), outlet, board, random: () => 0.5, ...context })
  ended.catch(() => {})
  running.push(() => {
    stop.abort()
    return ended.catch(() => {})
  })
  const telemetry = () => bus.of('device_telemetry') as unknown as DeviceTelemetry[]
  return {
    ...{ bus, metrics, logger, board, clock: hand, ended },
    stop: () => stop.abort(),
    telemetry,
    facts: () => telemetry().filter(({ kind }) => kind !== 'notification'),
    kinds: () => telemetry().map(({ kind }) => kind),
    values: () => telemetry().flatMap(({ updates = [] }) => updates.map(({ value }) => value)),
    /** Resolves when the condition holds after something was written. */
    until: (what: string, holds: () => boolean) => bus.conditions.until(what, () => holds() || undefined),
  }
}
