import type { Asking } from '../client/api.ts'
import { eachAtMost } from './pool.ts'
import { readDevice, readPorts, readSensor } from './read-device.ts'
import type { Session } from './session.ts'
import { sweepAlerts } from './sweep-alerts.ts'
import { SWEEPERS } from './sweep-devices.ts'
import type { DeviceTask } from './sync-state.ts'

/** Events of a device that come close together are one reason to look, ms. */
const QUIET = 2_000
/** However restless a device is, it is looked at so often, ms. */
const PATIENCE = 10_000

/** Between two looks at a restless device, ms: the first two are this far apart, and then each twice as far as the one before. */
const PAUSE = 1_000

/** Somebody waits for what events are about. */
const URGENT: Asking = { urgent: true }

/** The alerts, which are read for all devices at once. */
const ALERTS = 0

interface Timing {
  first: number
  /** When the last look is due: the device has been quiet, or restless for too long. */
  due: number
  /** Looks taken, and when the latest of them began. */
  looks: number
  looked: number
  /** When to look because of what came since the latest look; undefined where nothing came. */
  next: number | undefined
}

/**
 * Reads what events are about: at once, so that the change is seen, and once more when the device has been quiet for two seconds. The second
 * look is not a luxury: LibreNMS logs a change of a port before it writes it to the port. What comes in between is looked at in between, the
 * more seldom the longer it goes on.
 */
export class TargetedReads {
  readonly #session: Session
  readonly #timing = new Map<number, Timing>()

  constructor(session: Session) {
    this.#session = session
  }

  /** An event of a device, or, for 0, a row of the alert log. */
  heard(device: number): void {
    const now = this.#session.context.clock.now()
    const timing = this.#timing.get(device)
    if (!timing) {
      this.#timing.set(device, { first: now, due: now + QUIET, looks: 0, looked: 0, next: now })
      return
    }
    timing.due = Math.min(now + QUIET, timing.first + PATIENCE)
    timing.next ??= Math.max(now, timing.looked + PAUSE * 2 ** Math.max(0, timing.looks - 2))
  }

  /** When the next look is due, ms; undefined: nothing waits. */
  get due(): number | undefined {
    let due: number | undefined
    for (const { due: last, next = last } of this.#timing.values()) due = Math.min(due ?? last, last, next)
    return due
  }

  /** Looks that are due. What is left over from before a restart is. */
  async run(): Promise<void> {
    const { state } = this.#session
    for (const device of Object.keys(state.pending)) if (!this.#timing.has(Number(device))) this.heard(Number(device))
    if (state.alertsPending && !this.#timing.has(ALERTS)) this.heard(ALERTS)
    const now = this.#session.context.clock.now()
    const ready = [...this.#timing].filter(([, { due, next = due }]) => Math.min(due, next) <= now)
    if (ready.length === 0) return
    const done: number[] = []
    try {
      await eachAtMost(ready, SWEEPERS, async ([device, timing]) => {
        // What is heard from now on counts for another look.
        if (timing.due <= now) this.#timing.delete(device)
        Object.assign(timing, { looks: timing.looks + 1, looked: now, next: undefined })
        try {
          await this.#look(device)
          // What has been found does not wait for the other devices.
          if (this.#session.store.waiting > 0) await this.#session.store.flush()
        } catch (error) {
          this.#timing.set(device, { ...timing, due: now + PATIENCE, next: undefined })
          throw error
        }
        if (!this.#timing.has(device)) done.push(device)
      })
    } finally {
      await this.#session.store.flush()
      await this.#session.samples.flush()
      if (done.length > 0) await this.#finish(done)
    }
  }

  async #finish(done: readonly number[]): Promise<void> {
    await this.#session.commit([], (state) => {
      for (const device of done) {
        if (this.#timing.has(device)) continue
        if (device === ALERTS) state.alertsPending = false
        else delete state.pending[device]
      }
    })
  }

  async #look(device: number): Promise<void> {
    this.#session.context.metrics.add('targeted_reads')
    if (device === ALERTS) {
      await sweepAlerts(this.#session)
      return
    }
    const task: DeviceTask = this.#session.state.pending[device] ?? {}
    if (task.device) await readDevice(this.#session, device, URGENT)
    if (task.ports) await readPorts(this.#session, device, URGENT)
    for (const [sensorClass, id] of task.sensors ?? []) await readSensor(this.#session, device, sensorClass, id, URGENT)
  }
}
