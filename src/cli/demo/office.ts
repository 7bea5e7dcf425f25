import type { Advertisement } from '../../collectors/ble/advertisement.ts'

/** What the demo needs of an office. The simulated one is handed in by the command: only that and tests may import it. */
export interface DemoOffice {
  /** ms since the epoch */
  readonly openedAt: number
  /** Length of the office day, ms. */
  readonly day: number
  readonly roster: {
    readonly desks: ReadonlyArray<{ person: string; team: string; laptop: string; switch: string; headset: { address: string } }>
    readonly switches: readonly string[]
  }
  readonly incidents: readonly DemoIncident[]
  /** The next step of the day, or undefined when it is over. */
  step(): OfficeSignals | undefined
}

/** Something that was made to go wrong; times in ms since the office opened. */
export interface DemoIncident {
  kind: 'link-loss' | 'laptop-overload' | 'battery-dying' | 'month-end-backlog'
  subject: string
  from: number
  to: number
}

export interface OfficeSignals {
  /** End of the step, ms since the epoch. */
  time: number
  frames: readonly Advertisement[]
  finance: readonly object[]
  /** Handed on to the gNMI server as it is. */
  devices: unknown
}

/** The office's gNMI server. */
export interface DemoGnmiServer {
  /** HOST:PORT */
  readonly address: string
  /** Notifications sent so far. */
  readonly sent: number
  publish(signals: Pick<OfficeSignals, 'time' | 'devices'>): Promise<void>
  close(): Promise<void>
}

/** The office's LibreNMS. */
export interface DemoLibrenms {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly token: string
  /** @param time of the office, ms since the epoch: until then it has polled */
  publish(time: number): void
  close(): Promise<void>
}
