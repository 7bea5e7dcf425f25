import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Burst, PATIENCE, PAUSE, PROBES } from './burst.ts'

/** DNS and the web page: what a gateway answers at, if only with a refusal. */
const PORTS = [53, 80, 443] as const

/** A burst of TCP connections to the gateway: one that is refused has come back as well as one that is taken. */
export class TcpProbe {
  readonly #ports: readonly number[]
  readonly #patience: number
  /** The port that answered last, per address. */
  #answering: { address: string; port: number } | undefined

  /** @param patience ms to wait for each answer */
  constructor(ports: readonly number[] = PORTS, patience = PATIENCE) {
    this.#ports = ports
    this.#patience = patience
  }

  async burst(address: string): Promise<Burst> {
    const delays: number[] = []
    for (let i = 0; i < PROBES; i++) {
      if (i > 0) await sleep(PAUSE)
      const delay = await this.#probe(address)
      if (delay !== undefined) delays.push(delay)
    }
    const average = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
    return { sent: PROBES, received: delays.length, ...(delays.length > 0 && { averageDelay: Math.round(average) }) }
  }

  /** Microseconds until an answer; undefined when none came. */
  async #probe(address: string): Promise<number | undefined> {
    const ports = this.#answering?.address === address ? [this.#answering.port] : this.#ports
    const answers = await Promise.all(ports.map(async (port) => ({ port, delay: await knock(address, port, this.#patience) })))
    const first = answers.find(({ delay }) => delay !== undefined)
    if (first) this.#answering = { address, port: first.port }
    return first?.delay
  }
}

function knock(host: string, port: number, patience: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const start = process.hrtime.bigint()
    const socket = connect({ host, port, timeout: patience })
    const done = (answered: boolean) => {
      socket.destroy()
      resolve(answered ? Number((process.hrtime.bigint() - start) / 1000n) : undefined)
    }
    socket.once('connect', () => done(true))
    // A process that was held up itself finds the answer beside the time that has run out: that is looked for first, or its own stall were a loss.
    socket.once('timeout', () => setImmediate(done, false))
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'))
  })
}
