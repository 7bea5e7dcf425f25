import { systemClock } from '../../base/clock.ts'
import type { CollectorContext } from '../../collectors/collector.ts'
import { LibrenmsV0 } from '../../collectors/librenms/client/v0.ts'
import type { LibrenmsConfig } from '../../collectors/librenms/config.ts'
import { openLibrenms, type SteppedLibrenms } from '../../collectors/librenms/index.ts'
import { pseudonymOf } from '../librenms/pseudonym.ts'
import type { DemoLibrenms } from './office.ts'

/** ms of office time: this LibreNMS has something new every five minutes. */
const TAIL_INTERVAL = 30_000

export interface LibrenmsOptions extends Omit<CollectorContext<unknown>, 'config' | 'bus'> {
  server: DemoLibrenms
  bus: LibrenmsConfig['bus']
  /** Key of the pseudonyms. */
  secret: Buffer
}

/** The sync of the office's LibreNMS, over HTTP, in step with the office's time. */
export class LibrenmsInStep {
  readonly #server: DemoLibrenms
  readonly #api: LibrenmsV0
  readonly #context: CollectorContext<LibrenmsConfig>
  #sync: SteppedLibrenms | undefined

  constructor({ server, bus, secret, ...context }: LibrenmsOptions) {
    this.#server = server
    // Its timeouts are of the wall's time, whatever the office's.
    this.#api = new LibrenmsV0({ url: server.url, token: server.token }, { clock: systemClock, signal: context.signal })
    const person = pseudonymOf(secret)
    const config = { api: this.#api, bus, once: false, full: false, tailInterval: TAIL_INTERVAL, allowMassDelete: false, person }
    this.#context = { ...context, bus, config }
  }

  /** Resolves when all that it has is on the bus. */
  async ready(): Promise<void> {
    this.#sync = await openLibrenms(this.#context)
    await this.#sync.step()
  }

  /** Resolves when what is due at `time` (ms since the epoch) is on the bus. */
  async deliver(time: number): Promise<void> {
    this.#server.publish(time)
    await this.#sync?.step()
  }

  close(): void {
    this.#api.close()
  }
}
