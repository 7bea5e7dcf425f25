import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { sep } from 'node:path'
import { loadNoble } from '../../../src/collectors/ble/sources/noble/load-noble.ts'
import type { CreateNoble } from '../../../src/collectors/ble/sources/noble/noble-api.ts'
import { VirtualController } from './virtual-controller.ts'

const require = createRequire(import.meta.url)
const DRIVER = '@abandonware/bluetooth-hci-socket'

/** An adapter that lives in this process. noble reaches it through a driver of the shape of its own native one. */
export class InProcessRadio {
  readonly controller: VirtualController
  /** As HCIGETDEVINFO would say it. */
  isUp = true
  /** Thrown by bind, as the native driver does it. */
  bindError: Error | undefined
  /** Given to the host for every write, as the native driver does it without rights. */
  writeError: Error | undefined
  /** The number that the host asked for. */
  deviceId: number | undefined
  /** Sockets that were bound since the start. */
  bound = 0
  readonly #sockets = new Set<EventEmitter>()

  constructor() {
    this.controller = new VirtualController((packet) => {
      for (const socket of [...this.#sockets]) socket.emit('data', packet)
    })
  }

  /** Sockets that listen now. */
  get listening(): number {
    return this.#sockets.size
  }

  /** The adapter goes off or on; noble notices within a second. */
  power(isUp: boolean): void {
    this.isUp = isUp
    this.controller.powerCycle()
  }

  /** What noble finds where it looks for its driver. */
  driver(): unknown {
    const radio = this
    return class extends EventEmitter {
      bindRaw(deviceId?: number): number {
        if (radio.bindError) throw radio.bindError
        radio.bound++
        radio.deviceId = deviceId
        return deviceId ?? 0
      }
      start(): void {
        radio.#sockets.add(this)
      }
      stop(): void {
        radio.#sockets.delete(this)
      }
      isDevUp(): boolean {
        return radio.isUp
      }
      setFilter(): void {}
      write(packet: Buffer): void {
        // The kernel answers later, never within the write.
        setImmediate(() => {
          if (radio.writeError) this.emit('error', radio.writeError)
          else if (radio.isUp) radio.controller.receive(packet)
        })
      }
    }
  }
}

/** Why noble's JavaScript cannot be had here, or undefined. */
export function nobleMissing(): string | undefined {
  try {
    require.resolve('@abandonware/noble')
    require.resolve(DRIVER)
    return undefined
  } catch {
    return '@abandonware/noble is not installed (it is optional)'
  }
}

/** noble as it was installed, upon the radio's driver. `restore` leaves no trace for others who load noble in this process. */
export function nobleUpon(driver: unknown): { load: () => CreateNoble; restore: () => void } {
  const path = require.resolve(DRIVER)
  forgetNoble()
  require.cache[path] = { id: path, filename: path, loaded: true, exports: driver } as NodeJS.Module
  return { load: loadNoble, restore: forgetNoble }
}

/** Its modules keep the driver they were loaded with. */
function forgetNoble(): void {
  for (const path of Object.keys(require.cache)) {
    if (path.includes(`${sep}@abandonware${sep}`)) delete require.cache[path]
  }
}
