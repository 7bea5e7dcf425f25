import type { Clock } from '../../../../base/clock.ts'
import type { ShitopsError } from '../../../../base/errors.ts'
import type { Logger } from '../../../../base/log.ts'
import { readAdStructures } from '../../decode/ad-structures.ts'
import { forget } from './forget.ts'
import { noRadio, noRights, off, radioError } from './load-noble.ts'
import type { Noble, Peripheral } from './noble-api.ts'

/** So long an adapter may take for an answer, or be off, before the session is given up, ms. noble looks once a second. */
const PATIENCE = 5_000
/** After another program has stopped the scan. */
const RESCAN_AFTER = 1_000
/** How long the controller gets to end the scan, ms. */
const FAREWELL = 500

/** Of the commands that begin a scan, which answer is the one to "enable": noble disables first. */
const ENABLE_ANSWER = 2

/** Why a session came to its end. `refused`: the controller did not take the scan commands. */
export interface Ending {
  error: ShitopsError
  refused: boolean
}

export interface SessionContext {
  clock: Clock
  logger: Logger
  /** A report, whose data is only good during the call. */
  heard(peripheral: Peripheral, manufacturerData: readonly Uint8Array[]): void
  /** Called when the scan has begun, each time. */
  scanning(): void
}

/** One noble from its start to its end. It survives an adapter that goes off for a moment, and other programs that stop the scan. */
export class RadioSession {
  /** Resolves when the session cannot go on, or with null when it was stopped. */
  readonly ended: Promise<Ending | null>
  readonly #noble: Noble
  readonly #context: SessionContext
  #end: (ending: Ending | null) => void = () => {}
  #timer = new AbortController()
  #answers = 0
  #isScanning = false
  /** Since the adapter was last switched on. */
  #hasScanned = false
  #payload: Uint8Array | undefined
  #cleanUp: Array<() => void> = []
  #stopped: Promise<void> | undefined

  constructor(noble: Noble, context: SessionContext) {
    this.#noble = noble
    this.#context = context
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  start(): void {
    const noble = this.#noble
    this.#listen()
    // noble starts its bindings at the first listener, later and with its errors swallowed, unless they were started already.
    noble.initialized = true
    noble.on('stateChange', (state: string) => this.#onState(state))
    this.#within(PATIENCE, () => this.#fail(silent()))
    try {
      this.#initialise()
    } catch (error) {
      this.#fail(radioError(error))
    }
  }

  /** Start the bindings, and take back what they do to the process. */
  #initialise(): void {
    const bindings = this.#noble._bindings
    const before = process.listeners('exit')
    bindings.init()
    for (const listener of process.listeners('exit')) {
      if (!before.includes(listener)) this.#cleanUp.push(() => process.removeListener('exit', listener))
    }
    // Ctrl-C is the command's business: it has to flush.
    if (bindings.onSigIntBinded) process.removeListener('SIGINT', bindings.onSigIntBinded)
  }

  /** End the scan and let go of the adapter; may be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#letGo()
    return this.#stopped
  }

  async #letGo(): Promise<void> {
    const noble = this.#noble
    this.#timer.abort()
    if (this.#isScanning) await this.#farewell()
    noble.removeAllListeners()
    const hci = noble._bindings._hci
    hci?._socket.stop()
    // The last of its looks at the adapter is still to come, and would begin everything anew.
    if (hci) Object.assign(hci, { pollIsDevUp() {}, init() {} })
    for (const undo of this.#cleanUp) undo()
    this.#end(null)
  }

  async #farewell(): Promise<void> {
    const stopped = new AbortController()
    this.#noble.once('scanStop', () => stopped.abort())
    this.#isScanning = false
    this.#noble.stopScanning()
    await this.#context.clock.sleep(FAREWELL, stopped.signal)
  }

  #listen(): void {
    const noble = this.#noble
    const bindings = noble._bindings
    const hci = bindings._hci
    noble.on('warning', (message: string) => this.#context.logger.debug(`noble: ${message}`))
    noble.on('discover', (peripheral: Peripheral) => this.#onDiscover(peripheral))
    noble.on('scanStop', () => this.#onScanStop())
    if (!hci) noble.on('scanStart', () => this.#onScanning())
    hci?.on('leScanEnableSet', (status: number) => this.#onScanEnableSet(status))
    hci?.prependListener('stateChange', (state: string) => {
      // On these two noble writes to standard output, where records go, unless it takes the state for the one it has.
      if (state !== 'unauthorized' && state !== 'unsupported') return
      bindings._state = state
      this.#onState(state)
    })
    // noble keeps one piece of manufacturer data of a report; the report has them all.
    hci?.prependListener('leAdvertisingReport', (...report: unknown[]) => this.#keepPayload(report[4]))
    hci?.prependListener('leExtendedAdvertisingReport', (...report: unknown[]) => this.#keepPayload(report[6]))
  }

  #keepPayload(payload: unknown): void {
    this.#payload = payload instanceof Uint8Array ? payload : undefined
  }

  #onDiscover(peripheral: Peripheral): void {
    const { manufacturerData } = peripheral.advertisement
    const pieces = this.#payload ? readAdStructures(this.#payload).manufacturerData : manufacturerData ? [manufacturerData] : []
    this.#payload = undefined
    if (pieces.length > 0) this.#context.heard(peripheral, pieces)
    forget(this.#noble, peripheral)
  }

  #onState(state: string): void {
    if (state === 'poweredOn') this.#scan()
    else if (state === 'unauthorized') this.#fail(noRights())
    else if (state === 'unsupported') this.#fail(noRadio('the Bluetooth adapter has no Low Energy (it is older than Bluetooth 4)'))
    else if (state === 'poweredOff') this.#onPoweredOff()
  }

  #onPoweredOff(): void {
    // Before it goes off, Linux ends the scan; that is over too.
    if (this.#hasScanned) this.#context.logger.warn('the Bluetooth adapter went off')
    this.#hasScanned = false
    this.#isScanning = false
    this.#within(PATIENCE, () => this.#fail(off()))
  }

  #scan(): void {
    this.#answers = 0
    this.#within(PATIENCE, () => this.#fail(silent()))
    this.#noble.startScanning([], true)
  }

  #onScanEnableSet(status: number): void {
    if (++this.#answers !== ENABLE_ANSWER) return
    if (status === 0) this.#onScanning()
    else this.#fail(refused(status), true)
  }

  #onScanning(): void {
    this.#timer.abort()
    this.#isScanning = true
    this.#hasScanned = true
    this.#context.scanning()
  }

  #onScanStop(): void {
    if (!this.#isScanning) return
    this.#isScanning = false
    this.#context.logger.debug('another program stopped the scan; it goes on in a moment')
    this.#within(RESCAN_AFTER, () => this.#scan())
  }

  /** Do it after `ms`, unless something else is put on the clock before. */
  #within(ms: number, act: () => void): void {
    this.#timer.abort()
    if (this.#stopped) return
    const timer = new AbortController()
    this.#timer = timer
    void this.#context.clock.sleep(ms, timer.signal).then(() => {
      if (!timer.signal.aborted) act()
    })
  }

  #fail(error: ShitopsError, refused = false): void {
    this.#timer.abort()
    this.#end({ error, refused })
  }
}

const silent = () => noRadio('the Bluetooth adapter does not answer', ['sudo hciconfig hci0 reset'])
const refused = (status: number) =>
  noRadio(`the Bluetooth adapter refuses to scan (HCI status 0x${status.toString(16).padStart(2, '0')})`, [
    'stop what else uses it: sudo systemctl stop bluetooth',
  ])
