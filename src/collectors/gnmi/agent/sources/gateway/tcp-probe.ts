import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Burst, PATIENCE, PAUSE, PROBES } from './burst.ts'

/** DNS and the web page: what a gateway answers at, if only with a refusal. */
const PORTS = [53, 80, 443] as const

/** A burst of TCP connections to the gateway: one that is refused has come back as well as one that is taken. */
export class TcpProbe {
  readonly #ports: readonly number[]
  /** The port that answered last, per address. */
  #answering: { address: string; port: number } | undefined

  constructor(ports: readonly number[] = PORTS) {
    this.#ports = ports
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
    const answers = await Promise.all(ports.map(async (port) => ({ port, delay: await knock(address, port) })))
    const first = answers.find(({ delay }) => delay !== undefined)
    if (first) this.#answering = { address, port: first.port }
    return first?.delay
  }
}

function knock(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const start = process.hrtime.bigint()
    const socket = connect({ host, port, timeout: PATIENCE })
    const done = (answered: boolean) => {
      socket.destroy()
      resolve(answered ? Number((process.hrtime.bigint() - start) / 1000n) : undefined)
    }
    socket.once('connect', () => done(true))
    socket.once('timeout', () => done(false))
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'))
  })
}
