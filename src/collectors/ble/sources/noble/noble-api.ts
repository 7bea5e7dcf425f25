import type { EventEmitter } from 'node:events'

/**
 * What we use of @abandonware/noble 1.9.2, its insides included: the module is used as it comes, but what it never lets go of has to be
 * taken from it. Its own types are not imported: it is optional, and the build must not need it. Everything that begins with an underscore is
 * theirs to change, so all of it is looked at as if it might be missing.
 */
export interface Noble extends EventEmitter {
  /** Set by whoever starts the bindings. */
  initialized: boolean
  readonly _bindings: NobleBindings
  startScanning(services: string[], duplicates: boolean): void
  stopScanning(): void
}

export interface NobleBindings extends EventEmitter {
  init(): void
  /** Linux and FreeBSD only; macOS and Windows have bindings to the system's own scanner. */
  readonly _hci?: NobleHci
  _state?: string | null
  /** Ends the process on SIGINT when it is the last listener. */
  readonly onSigIntBinded?: () => void
}

/** Emits `leAdvertisingReport` and `leExtendedAdvertisingReport` for each report, and `leScanEnableSet` with the HCI status. */
export interface NobleHci extends EventEmitter {
  readonly _socket: { stop(): void }
  init(): void
  /** Calls itself every second, for ever. */
  pollIsDevUp(): void
}

export interface Peripheral {
  /** The address without colons; on macOS an identifier of the system's. */
  readonly id: string
  /** `aa:bb:cc:dd:ee:ff`; empty on macOS */
  readonly address: string
  readonly addressType: string
  readonly rssi: number
  /** One object per peripheral, mutated by later reports. */
  readonly advertisement: { readonly manufacturerData?: Buffer }
}

export interface NobleOptions {
  /** Number of the adapter, 1 for hci1; the first one that is up when absent. */
  deviceId?: number
  /** Scan with the commands of Bluetooth 5: a controller that has been given one of them refuses the old ones. */
  extended?: boolean
}

export type CreateNoble = (options: NobleOptions) => Noble
