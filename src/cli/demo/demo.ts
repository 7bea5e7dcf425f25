import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, formatDuration, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import type { DemoGnmiServer, DemoIncident, DemoLibrenms, DemoOffice } from './office.ts'
import { runDemo } from './run-demo.ts'
import { formatSummary, summaryDocument } from './summary.ts'
import { LineView } from './view.ts'

/** The flags as typed. */
export interface DemoFlags {
  seed: number
  duration: string
  /** Absent: {@link DEFAULT_SPEED}, or what makes the incidents fit into a shorter demo. */
  speed?: string | undefined
  incident?: DemoIncident['kind'] | undefined
  port: number
  /** The bus to write to, when `keep` says that it was asked for. */
  bus?: string | undefined
  keep: boolean
  quiet?: boolean
  utc?: boolean
}

/** What the command hands in: the office, the bus and the terminal. */
export interface DemoSurroundings<Office extends DemoOffice> {
  makeOffice(options: { seed: number; day: number; openedAt: number; only?: DemoIncident['kind'] }): Office
  listen(office: Office, port: number): Promise<DemoGnmiServer>
  listenLibrenms(office: Office, seed: number): Promise<DemoLibrenms>
  openBus(url: string): Promise<Bus>
  /** URL of an empty bus that is removed afterwards. */
  temporaryBus(): Promise<string>
  logger: Logger
  print(line: string): void
  signal: AbortSignal
}

/** Office time per real time when as much of the day as fits is to be shown without watching it: an hour a minute. */
const DEFAULT_SPEED = 60
/** Office time that shows every kind of incident, one after the other or overlapping, with its end. */
const ENOUGH_OFFICE_TIME = 30 * 60_000
/** The office opens on a whole step, so that audio intervals end with it. */
const GRID = 10_000

/** Run the demo and tell it. `passed`: every incident that ended was detected, and no alert was false. */
export async function demo<Office extends DemoOffice>(
  flags: DemoFlags,
  { makeOffice, listen, listenLibrenms, openBus, temporaryBus, logger, print, signal }: DemoSurroundings<Office>,
): Promise<{ summary: unknown; passed: boolean }> {
  const duration = durationOf(flags.duration)
  const speed = flags.speed === undefined ? Math.max(DEFAULT_SPEED, Math.ceil(ENOUGH_OFFICE_TIME / duration)) : speedOf(flags.speed)
  const day = duration * (Number.isFinite(speed) ? speed : DEFAULT_SPEED)
  const clock = systemClock
  // The day ends when the demo does, so that its events are of the recent past and never of the future.
  const ends = clock.now() + (Number.isFinite(speed) ? duration : 0)
  const openedAt = Math.floor((ends - day) / GRID) * GRID
  const office = makeOffice({ seed: flags.seed, day, openedAt, ...(flags.incident !== undefined && { only: flags.incident }) })
  const url = flags.keep && flags.bus !== undefined ? flags.bus : await temporaryBus()
  const bus = await openBus(url)

  const view = new LineView({ print, now: () => clock.now(), utc: flags.utc ?? false, quiet: flags.quiet ?? false })
  if (!flags.quiet) {
    const { desks, switches } = office.roster
    print(
      `shitops demo, seed ${flags.seed}: ${formatDuration(day)} of a finance office${Number.isFinite(speed) ? ` in ${formatDuration(duration)}` : ''}`,
    )
    print(`  ${desks.length} people with headset and laptop, ${switches.length} switches, ${office.incidents.length} incidents scripted`)
    print(`  bus ${bus.url}${flags.keep ? '' : ' (removed at the end; --bus embedded:./demo-bus keeps it)'}`)
  }
  const result = await runDemo({
    office,
    listen: () => listen(office, flags.port),
    listenLibrenms: () => listenLibrenms(office, flags.seed),
    bus,
    seed: flags.seed,
    speed,
    clock,
    signal,
    logger,
    view,
  })
  print(formatSummary(result, office, flags.utc ?? false))
  const { recall, falseAlerts } = result.score
  return {
    summary: summaryDocument(result, office, flags.seed, speed, flags.keep ? bus.url : 'temporary'),
    passed: (recall ?? 1) === 1 && falseAlerts.length === 0,
  }
}

function durationOf(text: string): number {
  const duration = parseDuration(text)
  if (duration !== undefined && duration > 0) return duration
  throw new ShitopsError('SHITOPS_E_USAGE', `--duration "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: ['--duration 60s'] })
}

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = Number(text.replace(/x$/i, ''))
  if (text.trim() !== '' && Number.isFinite(speed) && speed > 0) return speed
  throw new ShitopsError('SHITOPS_E_USAGE', `--speed "${text}" is neither a number above 0 nor max`, {
    suggestions: ['--speed 60', '--speed max'],
  })
}
