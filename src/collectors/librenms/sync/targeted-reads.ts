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

/** The alerts, which are read for all devices at once. */
const ALERTS = 0

interface Timing {
  first: number
  due: number
  looked: boolean
}

/**
 * Reads what events are about: at once, so that the change is seen, and once more when the device has been quiet for two seconds. The second
 * look is not a luxury: LibreNMS logs a change of a port before it writes it to the port.
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
    if (!timing) this.#timing.set(device, { first: now, due: now + QUIET, looked: false })
    else timing.due = Math.min(now + QUIET, timing.first + PATIENCE)
  }

  /** When the next second look is due, ms; undefined: nothing waits. */
  get due(): number | undefined {
    let due: number | undefined
    for (const { due: one } of this.#timing.values()) due = Math.min(due ?? one, one)
    return due
  }

  /** Looks that are due. What is left over from before a restart is. */
  async run(): Promise<void> {
    const { state } = this.#session
    for (const device of Object.keys(state.pending)) if (!this.#timing.has(Number(device))) this.heard(Number(device))
    if (state.alertsPending && !this.#timing.has(ALERTS)) this.heard(ALERTS)
    const now = this.#session.context.clock.now()
    const ready = [...this.#timing].filter(([, { looked, due }]) => !looked || due <= now)
    if (ready.length === 0) return
    const done: number[] = []
    try {
      await eachAtMost(ready, SWEEPERS, async ([device, timing]) => {
        // What is heard from now on counts for another look.
        if (timing.looked) this.#timing.delete(device)
        else timing.looked = true
        try {
          await this.#look(device)
        } catch (error) {
          this.#timing.set(device, { ...timing, due: now + PATIENCE, looked: true })
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
    if (task.device) await readDevice(this.#session, device)
    if (task.ports) await readPorts(this.#session, device)
    for (const [sensorClass, id] of task.sensors ?? []) await readSensor(this.#session, device, sensorClass, id)
  }
}
