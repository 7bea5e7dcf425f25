/**
 * `npm run test:gnmi:soak -- --seconds 60 --every 5 [--targets 3] [--rate 100] [--kafka]`: the built `shitops gnmi subscribe` on targets
 * that end their streams, lose their connections, or are killed and started again, by turns, so often; onto an embedded bus, or a real Kafka. Then
 * what is on the bus is held against what was sent, by the numbers in the values:
 * - a stream that the target ended with OK is there whole: every message the target had written;
 * - one that was cut is there from its first message on without a gap (what had been handed to a socket that then went may be lost on the way);
 * - no message is there twice, none in another epoch than its stream's, and every epoch has its connected, synced, lost in order.
 * One JSON line; exit 1 on any violation, or when the collector ended by itself.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Usage, usageOf } from '../../../bench/support/process-usage.ts'
import { openBus } from '../../../src/bus/open.ts'
import { startKafka } from '../../support/kafka/index.ts'
import { LiveCli } from '../../support/live-cli.ts'
import { FAULTS, type Fault, FlakyTarget } from './support/flaky-target.ts'
import { Ledger, type Violations } from './support/ledger.ts'
import { telemetryOf } from './support/telemetry.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    every: { type: 'string' },
    targets: { type: 'string', default: '3' },
    rate: { type: 'string', default: '100' },
    kafka: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const every = Number(values.every ?? (seconds < 300 ? 5 : 20))
const rate = Number(values.rate)
const UPDATES = 10

const folder = await mkdtemp(join(tmpdir(), 'shitops-soak-'))
const kafka = values.kafka ? await startKafka() : undefined
const url = kafka?.url() ?? `embedded:${join(folder, 'bus')}`
const targets = await Promise.all(Array.from({ length: Number(values.targets) }, () => FlakyTarget.start(rate, UPDATES)))
const client = new LiveCli(
  ['gnmi', 'subscribe', ...targets.flatMap(({ address }) => ['-a', address]), '--insecure', '--path', '/', '--quiet', '--bus', url],
  folder,
)
const faults: Record<Fault, number> = { end: 0, cut: 0, kill: 0 }
let usage: Usage | undefined
let code: number | undefined
try {
  await run()
  usage = usageOf(client.child.pid ?? 0)
  code = await client.signal('SIGINT')
  report(await verdicts())
} finally {
  if (client.child.exitCode === null) await client.signal('SIGKILL')
  await Promise.all(targets.map((target) => target.stop()))
  await kafka?.down()
  await rm(folder, { recursive: true, force: true })
}

/** Each target has its turns, a part of `every` after the one before, and each turn another fault than the last. */
async function run(): Promise<void> {
  const end = performance.now() + seconds * 1_000
  for (let turn = 0; performance.now() < end && client.child.exitCode === null; turn++) {
    await sleep((every * 1_000) / targets.length)
    const fault = FAULTS[(turn + Math.floor(turn / targets.length)) % FAULTS.length] as Fault
    await targets[turn % targets.length]?.suffer(fault)
    faults[fault]++
  }
  await Promise.all(targets.map((target) => target.suffer('end')))
}

async function verdicts(): Promise<Ledger[]> {
  const ledgers = new Map(targets.map(({ address }) => [address, new Ledger(address, UPDATES)]))
  const bus = await openBus(url)
  try {
    for await (const record of telemetryOf(bus)) ledgers.get(record.target)?.add(record)
  } finally {
    await bus.close()
  }
  for (const { address, complete } of targets) ledgers.get(address)?.close(complete)
  return [...ledgers.values()]
}

function report(ledgers: readonly Ledger[]): void {
  const sum = (of: (ledger: Ledger) => number) => ledgers.reduce((total, ledger) => total + of(ledger), 0)
  const violated = (what: Exclude<keyof Violations, 'said'>) => sum(({ violations }) => violations[what])
  const complete = targets.flatMap((target) => [...target.complete.values()])
  const wrong = { lost: violated('lost'), doubled: violated('doubled'), misplaced: violated('misplaced'), facts_wrong: violated('facts') }
  const messages = sum((ledger) => ledger.messages)
  const idle = complete.length === 0 || messages === 0
  console.log(
    JSON.stringify({
      name: 'soak-gnmi',
      ...{ bus: kafka ? 'kafka' : 'embedded', seconds, every, targets: targets.length, faults },
      ...{ epochs: sum(({ epochs }) => epochs), connections: sum(({ connections }) => connections) },
      streams_with_data: sum(({ streams }) => streams.size),
      complete_streams: complete.length,
      sent_on_complete_streams: complete.reduce((total, one) => total + one, 0) * UPDATES,
      updates_on_bus: sum(({ updates }) => updates),
      ...wrong,
      ...{
        rss_mb: Math.round((usage?.rss ?? 0) / 1e6),
        own_rss_mb: Math.round((usage?.anonymous ?? 0) / 1e6),
        cpu_s: usage?.cpuSeconds,
        exit: code,
        node: process.version,
      },
      ...(ledgers.some(({ violations }) => violations.said.length > 0) && { said: ledgers.flatMap(({ violations }) => violations.said) }),
    }),
  )
  if (code !== 130) process.stderr.write(`the collector ended with ${code}: ${client.stderr}\n`)
  if (idle) process.stderr.write('nothing was collected, so nothing was shown\n')
  process.exitCode = Object.values(wrong).every((count) => count === 0) && code === 130 && !idle ? 0 : 1
}
