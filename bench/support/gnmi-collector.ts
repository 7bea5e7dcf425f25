/**
 * The collector by itself, in a process of its own, onto a bus: as many targets as wanted behind one address, each with its own connection, told
 * apart by `prefix.target`. The argument is {@link CollectorOptions} as JSON. A line on stdin is answered with {@link CollectorFigures} since the
 * line before, as JSON; it ends with stdin.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import { openBus } from '../../src/bus/open.ts'
import { createMissing } from '../../src/bus/ops/create-missing.ts'
import { HEAP_GROWTH } from '../../src/cli/gnmi/subscribe.ts'
import { keepHeapSmallWhenCalm, keepYoungGenerationSmall } from '../../src/cli/small-heap.ts'
import type { GnmiTarget } from '../../src/collectors/gnmi/config.ts'
import { compileMappings } from '../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { BusOutlet } from '../../src/collectors/gnmi/outlets/bus-outlet.ts'
import { StatusBoard } from '../../src/collectors/gnmi/status.ts'
import { collect } from '../../src/collectors/gnmi/stream/collect.ts'
import { Counters } from '../../src/collectors/metrics.ts'

export interface CollectorOptions {
  address: string
  targets: number
  bus: string
  /** PEM text of the authority; plaintext without it. */
  ca?: string
}

export interface CollectorFigures {
  connected: number
  messages: number
  updates: number
  /** Records that the bus has. */
  published: number
  /** Delay of the event loop, ms. */
  delay: { p50: number; p99: number; max: number }
}

const { address, targets, bus: url, ca } = JSON.parse(process.argv[2] ?? '{}') as CollectorOptions
// As the command has it.
keepHeapSmallWhenCalm(HEAP_GROWTH)
keepYoungGenerationSmall()
const stop = new AbortController()
const bus = await openBus(url)
await createMissing(bus, ['device_telemetry', 'device_metrics', 'device_telemetry.dlq'])
const board = new StatusBoard()
const metrics = new Counters()
const context = { bus, clock: systemClock, metrics, logger: silentLogger, signal: stop.signal }
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()

// As the flags of a command have it, and the sections of a file: the same for many.
const tls = ca === undefined ? undefined : { ca }
const all = Array.from({ length: targets }, (_, i): GnmiTarget => {
  const name = `switch-${i + 1}`
  return {
    name,
    prefixTarget: name,
    connection: { addresses: [address], ...(tls && { tls }) },
    subscriptions: [
      { name: 'default', mode: 'stream', encoding: 'PROTO', groups: [{ paths: ['/interfaces'], mode: 'sample', sampleInterval: 1_000 }] },
    ],
  }
})
const collecting = collect({ targets: all, outlet: new BusOutlet(context, await compileMappings()), board, ...context })

function figures(): CollectorFigures {
  const streams = [...board.streams()]
  const ms = (ns: number) => Math.round(ns / 1e5) / 10
  const now = {
    connected: streams.filter(({ connected, messages }) => connected && messages > 0).length,
    messages: streams.reduce((sum, one) => sum + one.messages, 0),
    updates: streams.reduce((sum, one) => sum + one.updates, 0),
    published: metrics.toJSON().published ?? 0,
    delay: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
  }
  return now
}

const asked = createInterface({ input: process.stdin })
asked.on('line', (line) => {
  process.stdout.write(`${JSON.stringify(figures())}\n`)
  if (line === 'reset') delay.reset()
})
asked.on('close', () => stop.abort())
process.on('SIGINT', () => stop.abort())
await collecting
await bus.close()
