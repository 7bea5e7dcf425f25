import { LoadProcess } from '../../../../bench/support/load-process.ts'
import { STREAM_NUMBERS } from '../../../../src/office/gnmi/load/counters.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'

/** What befalls a target: it ends its streams with OK, its connections are cut, or its process is killed and started again. */
export const FAULTS = ['end', 'cut', 'kill'] as const
export type Fault = (typeof FAULTS)[number]

/** Streams that one life of a target may have. */
const LIFE = 1_000

/**
 * A load target in a process of its own that comes and goes at one address. Every message of every stream it ever has bears a number of its
 * own; of the streams that it ended itself it is known how many messages they had.
 */
export class FlakyTarget {
  /** Messages by number of the stream, of those that the target ended with OK and that had closed by then. */
  readonly complete = new Map<number, number>()
  readonly #rate: number
  readonly #updates: number
  #process: LoadProcess | undefined
  #life = 0
  #port: number | undefined
  address = ''

  private constructor(rate: number, updates: number) {
    this.#rate = rate
    this.#updates = updates
  }

  /** @param rate messages per second and stream @param updates in each */
  static async start(rate: number, updates: number): Promise<FlakyTarget> {
    const self = new FlakyTarget(rate, updates)
    await self.#begin()
    return self
  }

  async suffer(fault: Fault): Promise<void> {
    if (fault === 'cut') await this.#running.counts('cut')
    else if (fault === 'end') await this.#end()
    else {
      await this.#running.kill()
      await this.#begin()
    }
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
  }

  get #running(): LoadProcess {
    if (!this.#process) throw new Error('the target does not run')
    return this.#process
  }

  async #begin(): Promise<void> {
    this.#process = await LoadProcess.start({
      ...{ kind: 'uint', updates: this.#updates, sequence: true, timestamps: true, rate: this.#rate },
      firstStream: LIFE * this.#life++,
      ...(this.#port !== undefined && { port: this.#port }),
    })
    this.address = this.#process.address
    this.#port = Number(this.address.split(':')[1])
  }

  /** Streams that came after the order go on, and are none of those. */
  async #end(): Promise<void> {
    const { streams } = await this.#running.counts('end')
    await waitFor('the ends of the streams', async () => {
      const now = (await this.#running.counts()).streams.slice(0, streams.length)
      if (now.some(({ ended, open }) => ended && open)) return false
      const first = LIFE * (this.#life - 1)
      for (const [i, { ended, messages }] of now.entries()) if (ended) this.complete.set(first + i, messages)
      return true
    })
  }
}

/** Which stream, and which of its messages, a value of a {@link FlakyTarget} belongs to. @param number value minus SEQUENCE_BASE */
export function placeOf(number: number): { stream: number; message: number } {
  return { stream: Math.floor(number / STREAM_NUMBERS), message: number % STREAM_NUMBERS }
}
