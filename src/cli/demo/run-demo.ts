import { createHash } from 'node:crypto'
import { INSIGHT_OUTPUTS } from '../../alerts/insight-sink.ts'
import { type InsightJobStats, runInsights } from '../../alerts/run-insights.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import type { LibrenmsConfig } from '../../collectors/librenms/config.ts'
import { LIBRENMS_TOPICS } from '../../collectors/librenms/index.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import { dlqTopic } from '../../events/index.ts'
import { selectInsights } from '../../insights/library.ts'
import { planInsight } from '../../insights/plan.ts'
import type { JobOutput } from '../../query/run/bus-job.ts'
import { Collectors } from './collect.ts'
import type { DemoGnmiServer, DemoLibrenms, DemoOffice } from './office.ts'
import { OfficeClock } from './office-clock.ts'
import { type FiredAlert, type Score, score } from './score.ts'

export interface DemoOptions {
  office: DemoOffice
  /** Starts the office's gNMI server. */
  listen(): Promise<DemoGnmiServer>
  /** Starts the office's LibreNMS. */
  listenLibrenms(): Promise<DemoLibrenms>
  bus: Bus
  seed: number
  /** Office time per wall time; Infinity: as fast as the machine can. Never ahead of the wall's time: having caught up with it, it goes along. */
  speed: number
  clock: Clock
  /** Moved on as the office goes on. */
  officeClock?: OfficeClock
  signal: AbortSignal
  logger: Logger
  view: DemoView
}

/** What is told while the demo runs. */
export interface DemoView {
  /** @param librenmsUrl `http://127.0.0.1:PORT` */
  ready(gnmiAddress: string, librenmsUrl: string): void
  /** @param time of the office, ms since the epoch @param records so far, by topic */
  progress(time: number, records: ReadonlyMap<string, number>): void
  /** A step in an incident's life, as it is on the bus. */
  alert(entry: AlertLogEntry): void
}

export interface DemoResult {
  /** ms of office time, and of wall time, that went by. */
  officeTime: number
  wallTime: number
  gnmi: string
  librenms: string
  records: ReadonlyMap<string, number>
  job: InsightJobStats
  collectors: Record<'ble' | 'gnmi' | 'librenms' | 'workflow', object>
  alerts: FiredAlert[]
  score: Score
}

const INPUTS = ['device_presence', 'audio_metrics', 'device_telemetry', 'device_metrics', 'workflow_events'] as const

/** Two steps of the office, s: its signals reach the bus step by step, an audio interval with the step after it. */
const DISORDER = 20
/**
 * A partition with nothing new for so long (ms on the wall) holds event time back no longer. Only while that is less office time than a
 * reader may be behind another: faster, what is quiet is waited for, at the latest to the end.
 */
const IDLE = { timeout: 1_000, never: 86_400_000, fastest: 200 }

/** Run the whole system on an office until its day is over or the signal aborts; then finish what is on the bus. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { office, bus, seed, speed, clock, signal, logger, view } = options
  await createMissing(bus, [...new Set([...INPUTS, ...INPUTS.map(dlqTopic), ...LIBRENMS_TOPICS, ...INSIGHT_OUTPUTS])])
  const records = new Map<string, number>()
  const count = (topic: string, by: number) => records.set(topic, (records.get(topic) ?? 0) + by)
  const counting: LibrenmsConfig['bus'] = {
    append: async (topic, batch, how) => {
      const result = await bus.append(topic, batch, how)
      count(topic, batch.length)
      return result
    },
    transact: async (transaction) => {
      const result = await bus.transact(transaction)
      for (const { topic, records: written } of transaction.appends) count(topic, written.length)
      return result
    },
    takeOver: (id, what) => bus.takeOver(id, what),
    read: (what) => bus.read(what),
    offsets: (topic) => bus.offsets(topic),
  }
  const history = new History()
  const planned = await Promise.all((await selectInsights()).map((insight) => planInsight(insight, { disorderSeconds: DISORDER })))
  const onOutputs = (outputs: readonly JobOutput[]) => {
    for (const output of outputs) {
      count(output.topic, 1)
      const entry = history.take(output)
      if (entry) view.alert(entry)
    }
  }
  const idleTimeout = speed <= IDLE.fastest ? IDLE.timeout : IDLE.never
  // One run, one job: another run on the same bus is another day.
  const job = { bus, clock, planned, job: `demo-${seed}-${clock.now()}`, start: 'latest' as const, idleTimeout, logger, onOutputs }
  const ended = new AbortController()
  let judging: Promise<InsightJobStats> | undefined
  await new Promise<void>((onStarted, onFailed) => {
    judging = runInsights({ ...job, signal: ended.signal, onStarted })
    judging.catch(onFailed)
  })
  const failed = new Promise<never>((_, reject) => judging?.catch(reject))
  failed.catch(() => {})

  const server = await options.listen()
  const librenms = await options.listenLibrenms()
  const pace = new Pace(clock, speed, office.openedAt)
  const { officeClock = new OfficeClock(office.openedAt, clock) } = options
  const secret = createHash('sha256').update(`shitops demo ${seed}`).digest()
  const collectors = new Collectors({ office, server, librenms, bus: counting, secret, clock: officeClock, logger })
  try {
    await Promise.race([collectors.ready(), aborted(signal)])
    if (!signal.aborted) view.ready(server.address, librenms.url)
    pace.begin()
    for (let signals = signal.aborted ? undefined : office.step(); signals && !signal.aborted; signals = office.step()) {
      const time = signals.time - office.openedAt
      await pace.until(time, signal)
      if (signal.aborted) break
      officeClock.elapsed = time
      await Promise.race([collectors.deliver(signals), failed])
      view.progress(signals.time, records)
    }
  } finally {
    await collectors.stop()
    await Promise.all([server.close(), librenms.close()])
    ended.abort()
    await judging?.catch(() => {})
  }
  const before = await judging
  const officeTime = officeClock.elapsed
  // What is on the bus by now, to its end: the job goes on where it was.
  const rest = officeTime > 0 ? await runInsights({ ...job, signal: new AbortController().signal, untilEnd: true }) : NOTHING
  return {
    officeTime,
    wallTime: pace.elapsed(),
    gnmi: server.address,
    librenms: librenms.url,
    records,
    job: sum(before, rest),
    collectors: collectors.metrics,
    alerts: history.alerts,
    score: score(office.incidents, history.alerts, office.openedAt, officeTime),
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Office time against time on the wall. */
class Pace {
  readonly #clock: Clock
  readonly #speed: number
  readonly #openedAt: number
  #began = 0

  constructor(clock: Clock, speed: number, openedAt: number) {
    this.#clock = clock
    this.#speed = speed
    this.#openedAt = openedAt
  }

  begin(): void {
    this.#began = this.#clock.now()
  }

  /** Wait until it is the turn of `officeTime` (ms since the office opened). What has not happened yet cannot be told: it is never ahead of the wall. */
  async until(officeTime: number, signal: AbortSignal): Promise<void> {
    const left = Math.max(this.#began + officeTime / this.#speed, this.#openedAt + officeTime) - this.#clock.now()
    if (left > 0) await this.#clock.sleep(left, signal)
  }

  elapsed(): number {
    return this.#clock.now() - this.#began
  }
}

/** The alerts that fired, told from the records of `alert_log`. */
class History {
  readonly alerts: FiredAlert[] = []
  readonly #firing = new Map<string, FiredAlert>()

  take({ topic, value }: JobOutput): AlertLogEntry | undefined {
    if (topic !== 'alert_log' || value === null) return undefined
    const entry = JSON.parse(value.toString()) as AlertLogEntry
    const time = Date.parse(entry.event_time)
    if (entry.transition === 'firing') {
      const alert = { insight: entry.alert_name, subject: entry.subject, firedAt: time }
      this.alerts.push(alert)
      this.#firing.set(entry.fingerprint, alert)
    }
    const fired = this.#firing.get(entry.fingerprint)
    if (entry.transition === 'resolved' && fired) {
      fired.resolvedAt = time
      this.#firing.delete(entry.fingerprint)
    }
    return entry
  }
}

const NOTHING: InsightJobStats = { events: 0, late: 0, unreadable: 0, jumps: 0 }
const sum = (a: InsightJobStats | undefined, b: InsightJobStats): InsightJobStats => ({
  events: (a?.events ?? 0) + b.events,
  late: (a?.late ?? 0) + b.late,
  unreadable: (a?.unreadable ?? 0) + b.unreadable,
  jumps: (a?.jumps ?? 0) + b.jumps,
})
