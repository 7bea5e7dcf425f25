import { type ChildProcess, spawn } from 'node:child_process'
import { CLI, cliEnv } from './cli.ts'
import { PATIENCE } from './patience.ts'

/** A command of the built CLI that runs until it is told to stop. Kill it in an `after` when a test may leave it behind. */
export class LiveCli {
  readonly child: ChildProcess
  readonly exited: Promise<number>
  stdout = ''
  stderr = ''
  #changed = () => {}
  /** How it ended, once all that it wrote has been read. */
  #over: number | string | null | undefined

  constructor(args: readonly string[], home: string, env: Record<string, string | undefined> = {}) {
    const child = spawn(process.execPath, [CLI, ...args], { env: cliEnv(home, env), cwd: home, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child = child
    child.stdin.on('error', () => {})
    // Decoded as a stream: a character may be torn between two chunks.
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#changed()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#changed()
    })
    this.exited = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        this.#over = code ?? signal
        resolve(code ?? (signal === 'SIGKILL' ? 137 : 1))
        this.#changed()
      })
    })
  }

  /** Resolves once `holds`; fails when the command ends before, or after `ms`. `nudge` is called now and then meanwhile. */
  async until(holds: (cli: this) => boolean, nudge: () => Promise<unknown> | unknown = () => {}, ms = PATIENCE): Promise<void> {
    const end = Date.now() + ms
    while (!holds(this)) {
      if (this.#over !== undefined || Date.now() > end) {
        throw new Error(`${this.#over === undefined ? 'still waiting' : `ended with ${this.#over}`}: ${this.stdout}${this.stderr}`)
      }
      await nudge()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number> {
    this.child.kill(name)
    return this.exited
  }
}
