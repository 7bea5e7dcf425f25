import { formatDuration } from '../../../../base/duration.ts'
import { hasCode } from '../../../../base/errors.ts'
import type { Advertisement } from '../../advertisement.ts'
import { usableRssi } from '../../decode/hci-report.ts'
import { addressOf, addressTypeOf } from '../fields.ts'
import { Mailbox } from '../mailbox.ts'
import type { SourceContext } from '../source.ts'
import { loadNoble, moduleError } from './load-noble.ts'
import type { CreateNoble, Noble, NobleOptions, Peripheral } from './noble-api.ts'
import { type Ending, RadioSession } from './radio-session.ts'

/** Advertisements that may wait for a slow reader; beyond that the oldest go. */
const MOST_WAITING = 10_000
/** Between two attempts to get the radio back, ms; doubled each time. */
const SHORTEST_WAIT = 1_000
const LONGEST_WAIT = 30_000

/**
 * What the radio of this machine hears. Once it has scanned, it is kept scanning: through an adapter that is switched off and on, or pulled
 * out and put back, with growing pauses between attempts.
 *
 * @param load how to get noble; tests have a driver of their own below it
 * @throws SHITOPS_E_NO_MODULE, SHITOPS_E_NO_RADIO, SHITOPS_E_RADIO_RIGHTS when it cannot begin
 */
export async function openNoble(
  context: SourceContext,
  options: Pick<NobleOptions, 'deviceId'> = {},
  load: () => CreateNoble = loadNoble,
): Promise<AsyncGenerator<readonly Advertisement[]>> {
  const mailbox = new Mailbox<Advertisement>(MOST_WAITING, () => context.metrics.add('dropped'))
  const radio = new Radio(load(), options, context, mailbox)
  await radio.begin()
  return advertisements(radio, mailbox)
}

async function* advertisements(radio: Radio, mailbox: Mailbox<Advertisement>): AsyncGenerator<readonly Advertisement[]> {
  try {
    yield* mailbox.batches()
  } finally {
    await radio.end()
  }
}

class Radio {
  readonly #create: CreateNoble
  readonly #options: NobleOptions
  readonly #context: SourceContext
  readonly #mailbox: Mailbox<Advertisement>
  /** Aborts when the source ends, whatever the reason. */
  readonly #over = new AbortController()
  #extended = false
  #hasScanned = false
  #wait = SHORTEST_WAIT
  #begun = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(create: CreateNoble, options: NobleOptions, context: SourceContext, mailbox: Mailbox<Advertisement>) {
    this.#create = create
    this.#options = options
    this.#context = context
    this.#mailbox = mailbox
  }

  /** Resolves when the scan runs; rejects when it cannot begin. */
  begin(): Promise<void> {
    const { signal } = this.#context
    const abort = () => this.#over.abort()
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    return new Promise((resolve, reject) => {
      this.#begun = resolve
      this.#running = this.#keepScanning()
        .then(
          () => this.#mailbox.close(),
          (error: unknown) => {
            this.#mailbox.close(error)
            reject(error)
          },
        )
        .finally(() => {
          signal.removeEventListener('abort', abort)
          resolve()
        })
    })
  }

  async end(): Promise<void> {
    this.#over.abort()
    await this.#running
  }

  async #keepScanning(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const ending = await this.#session()
      if (!ending) return
      const switched = ending.refused && !this.#hasScanned && !this.#extended
      if (ending.refused) this.#extended = !this.#extended
      if (switched) continue
      if (!this.#hasScanned || hasCode(ending.error, 'SHITOPS_E_RADIO_RIGHTS')) throw ending.error
      await this.#pause(ending)
    }
  }

  /** One noble, until it fails (the ending) or we are done (null). */
  async #session(): Promise<Ending | null> {
    const { clock, logger } = this.#context
    let noble: Noble
    try {
      noble = this.#create({ ...this.#options, extended: this.#extended })
    } catch (error) {
      return { error: moduleError(error), refused: false }
    }
    const session = new RadioSession(noble, {
      ...{ clock, logger },
      heard: (peripheral, data) => this.#heard(peripheral, data),
      scanning: () => this.#scanning(),
    })
    const stop = () => void session.stop()
    this.#over.signal.addEventListener('abort', stop, { once: true })
    session.start()
    const ending = await session.ended
    this.#over.signal.removeEventListener('abort', stop)
    await session.stop()
    return ending
  }

  #scanning(): void {
    this.#context.logger.debug(`scanning${this.#extended ? ' with extended commands' : ''}`)
    this.#hasScanned = true
    this.#wait = SHORTEST_WAIT
    this.#begun()
  }

  #heard({ address, addressType, rssi }: Peripheral, manufacturerData: readonly Uint8Array[]): void {
    const common = {
      timestamp: this.#context.clock.now(),
      address: addressOf(address),
      addressType: addressTypeOf(addressType),
      rssi: usableRssi(rssi),
      receiver: this.#context.receiver,
    }
    for (const data of manufacturerData) this.#mailbox.push({ ...common, manufacturerData: Buffer.from(data) })
  }

  async #pause({ error }: Ending): Promise<void> {
    const { clock, logger, metrics } = this.#context
    metrics.add('radio_restarts')
    logger.warn(`${error.message}; trying again in ${formatDuration(this.#wait)}`)
    await clock.sleep(this.#wait, this.#over.signal)
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT)
  }
}
