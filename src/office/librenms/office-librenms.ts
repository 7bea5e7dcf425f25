import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { during, type Incident } from '../incidents.ts'
import { UPLINK } from '../roster.ts'
import { officeWorld } from './office-world.ts'
import { LibrenmsServer } from './server.ts'
import type { Rule } from './world/alert-book.ts'
import type { Port } from './world/device.ts'
import type { World } from './world/world.ts'

/** LibreNMS looks at every device so often, ms: its default. */
export const POLL_INTERVAL = 300_000

/** Received with errors on a lossy uplink, packets/s; and what the rule takes for too many. */
const ERROR_RATE = 240
const TOO_MANY_ERRORS = 100

/** What a LibreNMS needs to know of the office. */
export interface WatchedOffice {
  readonly incidents: readonly Incident[]
  /** ms since the epoch */
  readonly openedAt: number
  readonly roster: { readonly switches: readonly string[] }
}

/**
 * The office's LibreNMS. It polls the switches every five minutes of office time, so it sees a lossy uplink later than streaming telemetry does:
 * at the next poll there is an event, that the link has come down to half duplex, and an alert for its errors; at the first poll after the
 * incident both are taken back. Of what happens on laptops and to people it knows nothing.
 */
export class OfficeLibrenms {
  readonly token: string
  readonly #server: LibrenmsServer
  readonly #office: WatchedOffice
  readonly #clock: OfficeClock
  readonly #rule: Rule
  readonly #lossy = new Set<string>()
  #nextPoll: number

  private constructor(server: LibrenmsServer, office: WatchedOffice, clock: OfficeClock, token: string) {
    this.#server = server
    this.#office = office
    this.#clock = clock
    this.token = token
    this.#nextPoll = office.openedAt + POLL_INTERVAL
    this.#rule = server.world.alerts.addRule({
      name: `Interface errors rate greater than ${TOO_MANY_ERRORS}`,
      query: `SELECT * FROM devices,ports WHERE (devices.device_id = ? AND devices.device_id = ports.device_id) AND ports.ifInErrors_rate >= ${TOO_MANY_ERRORS}`,
      alert_operation_id: 1,
    })
  }

  /** On any free port of 127.0.0.1, with a token of its own. @param seed of the office */
  static async listen(office: WatchedOffice, seed: number): Promise<OfficeLibrenms> {
    const clock = new OfficeClock(office.openedAt)
    const token = randomBytes(16).toString('hex')
    const world = officeWorld({ seed, clock, timeZone: 'UTC' })
    const server = await LibrenmsServer.listen({ world, token: [{ token, username: 'shitops', rights: 'global-read' }] })
    return new OfficeLibrenms(server, office, clock, token)
  }

  get url(): string {
    return this.#server.url
  }

  get world(): World {
    return this.#server.world
  }

  /** What was thrown while answering. */
  get mistakes(): readonly unknown[] {
    return this.#server.mistakes
  }

  /** Time has come to `time`, ms since the epoch: polls that were due have been made. */
  publish(time: number): void {
    for (; this.#nextPoll <= time; this.#nextPoll += POLL_INTERVAL) {
      this.#clock.time = this.#nextPoll
      this.#poll()
    }
    this.#clock.time = time
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  /** As LibreNMS does: what the poll finds is written with its events, and at its end the rules are looked at. */
  #poll(): void {
    const { incidents, openedAt, roster } = this.#office
    for (const name of roster.switches.slice(1)) {
      const port = this.world.port(name, UPLINK)
      const lossy = during(incidents, 'link-loss', name, this.#clock.time - openedAt) !== undefined
      if (lossy !== this.#lossy.has(name)) this.#found(name, port, lossy)
    }
    this.world.pollAll()
  }

  #found(name: string, port: Port, lossy: boolean): void {
    const [before, after] = lossy ? ['fullDuplex', 'halfDuplex'] : ['halfDuplex', 'fullDuplex']
    this.world.changePort(port, { ifDuplex: after, ifInErrors_rate: lossy ? ERROR_RATE : 0 })
    this.world.event(name, { message: `ifDuplex: ${before} -> ${after}`, type: 'interface', reference: port.id, severity: 3 })
    if (lossy) {
      this.#lossy.add(name)
      this.world.raiseAlert(name, this.#rule, [port])
    } else {
      this.#lossy.delete(name)
      this.world.clear(name, this.#rule)
    }
  }
}

class OfficeClock implements Clock {
  time: number

  constructor(time: number) {
    this.time = time
  }

  now(): number {
    return this.time
  }

  /** Nothing of the office's waits by itself. */
  async sleep(): Promise<void> {}
}
