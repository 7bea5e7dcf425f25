import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { formatDuration } from '../../base/duration.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import { writeSecretFile } from '../../base/secret-file.ts'
import type { Bus } from '../../bus/bus.ts'
import type { DashCode } from '../../tui/dash.ts'
import type { OwnServer } from '../dash/own-server.ts'
import { type DemoTerminal, linkOf, watchOffice } from './dashboard.ts'
import { HeldLog } from './held-log.ts'
import type { DemoGnmiServer, DemoIncident, DemoLibrenms, DemoOffice } from './office.ts'
import { OfficeClock } from './office-clock.ts'
import { type DemoResult, type DemoView, runDemo } from './run-demo.ts'
import { formatSummary, summaryDocument } from './summary.ts'
import { type Timing, timingOf } from './timing.ts'
import { LineView } from './view.ts'

/** The flags as typed. */
export interface DemoFlags {
  seed: number
  /** Absent: a minute, or on a dashboard until somebody quits. */
  duration?: string | undefined
  /** Absent: what leaves time to look, or what makes the incidents fit into a shorter demo. */
  speed?: string | undefined
  incident?: DemoIncident['kind'] | undefined
  /** Of the web page; absent: any free one, and without a dashboard no page. */
  port?: number | undefined
  /** The bus to write to, when `keep` says that it was asked for. */
  bus?: string | undefined
  keep: boolean
  quiet?: boolean
  utc?: boolean
}

/** What the command hands in: the office, the bus and the terminal. */
export interface DemoSurroundings<Office extends DemoOffice> {
  makeOffice(options: { seed: number; day: number; openedAt: number; only?: DemoIncident['kind'] }): Office
  listen(office: Office): Promise<DemoGnmiServer>
  listenLibrenms(office: Office, seed: number): Promise<DemoLibrenms>
  openBus(url: string): Promise<Bus>
  /** A folder of this demo alone, which is removed afterwards. */
  temporaryFolder(): Promise<string>
  /** Who acknowledges and silences on the dashboard and the page. */
  author: string
  /** Where a dashboard is wanted. */
  terminal?: DemoTerminal | undefined
  /** A person's screen beside the output, where there is one: the only place but the dashboard's terminal where a token is shown. */
  screen?: { write(text: string): unknown } | undefined
  logger: Logger
  print(line: string): void
  signal: AbortSignal
}

/** Teams of the office have two or three people: so one of them is too small to be told of, as in life. */
const MIN_COUNT = 3
const MAX_CLIENTS = 50

/**
 * Run the demo and tell it.
 * @returns `passed`: every incident that was over was detected, and no alert was false; `code`: 130 when the dashboard was left with Ctrl-C
 */
export async function demo<Office extends DemoOffice>(
  flags: DemoFlags,
  surroundings: DemoSurroundings<Office>,
): Promise<{ summary: unknown; passed: boolean; code: DashCode }> {
  const { makeOffice, listen, listenLibrenms, openBus, temporaryFolder, terminal, logger, print, signal } = surroundings
  const clock = systemClock
  const timing = timingOf(flags, terminal !== undefined, clock.now())
  const { speed, day, openedAt } = timing
  const office = makeOffice({ seed: flags.seed, day, openedAt, ...(flags.incident !== undefined && { only: flags.incident }) })
  const bus = await openBus(flags.keep && flags.bus !== undefined ? flags.bus : `embedded:${join(await temporaryFolder(), 'bus')}`)
  const officeClock = new OfficeClock(openedAt, clock)
  if (!flags.quiet) for (const line of introduction(flags, timing, office, bus)) print(line)

  const web = await serverOf(flags, surroundings, bus, officeClock)
  const held = new HeldLog()
  const run = (view: DemoView, until: AbortSignal): Promise<DemoResult> =>
    runDemo({
      ...{ office, bus, seed: flags.seed, speed, clock, officeClock, view, signal: until, logger: terminal ? held : logger },
      listen: () => listen(office),
      listenLibrenms: () => listenLibrenms(office, flags.seed),
    })
  let result: DemoResult | undefined
  let code: DashCode = 0
  try {
    if (terminal && web) {
      const watched = async (until: AbortSignal) => {
        result = await run(unseen, until)
      }
      const source = Number.isFinite(speed) ? `demo ${speed}×` : 'demo'
      code = await watchOffice({ terminal, web, source, utc: flags.utc ?? false, clock, officeClock, signal, run: watched })
    } else {
      result = await run(new LineView({ print, now: () => clock.now(), utc: flags.utc ?? false, quiet: flags.quiet ?? false }), signal)
    }
  } finally {
    held.tell(logger)
    await web?.close()
  }
  if (!result) throw new Error('the office has closed without a result')
  print(formatSummary(result, office, flags.utc ?? false))
  const { recall, falseAlerts } = result.score
  return {
    summary: summaryDocument(result, office, flags.seed, speed, flags.keep ? bus.url : 'temporary'),
    passed: (recall ?? 1) === 1 && falseAlerts.length === 0,
    code,
  }
}

/** The dashboard has its own eyes. */
const unseen: DemoView = { ready() {}, progress() {}, alert() {} }

function introduction({ seed, keep }: DemoFlags, { speed, day, duration }: Timing, { roster, incidents }: DemoOffice, bus: Bus): string[] {
  const paced = duration !== undefined && Number.isFinite(speed) ? ` in ${formatDuration(duration)}` : ''
  const what =
    duration === undefined ? `a finance office, ${speed} times as fast as life` : `${formatDuration(day)} of a finance office${paced}`
  const planned =
    duration === undefined ? 'something goes wrong every few minutes of its day' : `${plural(incidents.length, 'incident')} scripted`
  return [
    `shitops demo, seed ${seed}: ${what}`,
    `  ${roster.desks.length} people with headset and laptop, ${roster.switches.length} switches, ${planned}`,
    `  bus ${bus.url}${keep ? '' : ' (removed at the end; --bus embedded:./demo-bus keeps it)'}`,
  ]
}

/** The server, with the page: behind a dashboard always, else where a port was asked for. Its token is this run's own, and gone with it. */
async function serverOf(
  { port, quiet }: DemoFlags,
  {
    author,
    terminal,
    screen,
    temporaryFolder,
    logger,
    print,
  }: Pick<DemoSurroundings<DemoOffice>, 'author' | 'terminal' | 'screen' | 'temporaryFolder' | 'logger' | 'print'>,
  bus: Bus,
  clock: OfficeClock,
): Promise<OwnServer | undefined> {
  if (!terminal && port === undefined) return undefined
  const { ownServer } = await import('../dash/own-server.ts')
  const server = await ownServer(bus, {
    ...{ author, clock, minCount: MIN_COUNT, maxClients: MAX_CLIENTS },
    port: port ?? 0,
    // Its bus is nobody's default: what is copied from the dashboard or the page must reach it.
    namedBus: bus.url,
    ticking: () => performance.now(),
  })
  if (terminal) {
    if (!quiet) print(`  web ${linkOf(server)}\n`)
  } else if (screen) screen.write(`Open ${linkOf(server)}\n`)
  else {
    const path = join(await temporaryFolder(), 'token')
    await writeSecretFile(path, `${server.token}\n`)
    logger.info(`The page is at ${server.url}; its token is in ${path}`)
  }
  return server
}
