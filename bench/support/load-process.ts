import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { StreamCounts } from '../../src/office/gnmi/load/load-stream.ts'
import type { LoadOptions } from '../../src/office/gnmi/load/load-target.ts'
import { TSX } from '../../test/support/tsx.ts'

/** What a load target has sent so far. */
export interface LoadCounts {
  messages: number
  updates: number
  bytes: number
  streams: StreamCounts[]
}

/** A gNMI load target in a process of its own; see gnmi-load.ts. */
export class LoadProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: Interface
  #waiting: Array<(line: string) => void> = []
  address = ''

  private constructor(options: LoadOptions) {
    const program = fileURLToPath(new URL('gnmi-load.ts', import.meta.url))
    this.#child = spawn(process.execPath, ['--import', TSX, program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line))
    this.#lines.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting('{}')
    })
  }

  static async start(options: LoadOptions): Promise<LoadProcess> {
    const self = new LoadProcess(options)
    const { port } = (await self.#line()) as { port?: number }
    if (!port) throw new Error('the load target did not start')
    self.address = `127.0.0.1:${port}`
    return self
  }

  /** @param order `end`: all streams end with OK, after what they have sent; `cut`: all connections go */
  async counts(order: 'end' | 'cut' | '' = ''): Promise<LoadCounts> {
    const line = this.#line()
    this.#child.stdin.write(`${order}\n`)
    return (await line) as LoadCounts
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGKILL')
    await gone
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.stdin.end()
    await gone
  }

  #line(): Promise<object> {
    return new Promise((resolve) => {
      this.#waiting.push((line) => resolve(JSON.parse(line) as object))
    })
  }
}
