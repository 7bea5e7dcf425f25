import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { H4Framer } from './h4-framer.ts'
import { VirtualController } from './virtual-controller.ts'

const SCRIPT = fileURLToPath(new URL('./pty.py', import.meta.url))

/** Why no pseudo-terminal can be had here, or undefined. */
export function ptyMissing(): string | undefined {
  if (process.platform === 'win32') return 'Windows has no pseudo-terminals of this kind'
  return spawnSync('python3', ['-c', 'import pty']).status === 0 ? undefined : 'python3 is not installed'
}

/** A controller at the other end of a serial line. */
export class SerialRadio {
  readonly controller: VirtualController
  /** The device that a driver opens. */
  readonly path: string
  readonly #child: ChildProcessWithoutNullStreams

  private constructor(child: ChildProcessWithoutNullStreams, path: string, early: Buffer) {
    this.path = path
    this.#child = child
    this.controller = new VirtualController((packet) => void child.stdin.write(packet))
    const framer = new H4Framer()
    const receive = (chunk: Buffer) => {
      for (const packet of framer.push(chunk)) this.controller.receive(packet)
    }
    receive(early)
    child.stdout.on('data', receive)
  }

  static async start(): Promise<SerialRadio> {
    const child = spawn('python3', [SCRIPT])
    let said: Buffer = Buffer.alloc(0)
    while (!said.includes('\n')) {
      said = Buffer.concat([
        said,
        await new Promise<Buffer>((resolve, reject) => {
          child.stdout.once('data', resolve)
          child.once('exit', (code) => reject(new Error(`pty.py ended with ${code}`)))
        }),
      ])
    }
    const end = said.indexOf('\n')
    return new SerialRadio(child, said.subarray(0, end).toString(), said.subarray(end + 1))
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    this.#child.kill('SIGKILL')
    await gone
  }
}
