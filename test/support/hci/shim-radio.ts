import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TSX } from '../tsx.ts'
import { H4Framer } from './h4-framer.ts'
import { VirtualController } from './virtual-controller.ts'

const SOURCE = fileURLToPath(new URL('./shim.c', import.meta.url))
const SCANNER = fileURLToPath(new URL('./scanner.ts', import.meta.url))
const CONTROL = 0xf0

/** What the adapter is, as shim.c has it. */
export const ADAPTER = { up: 1, present: 2, mayWrite: 4 } as const
export const WORKING = ADAPTER.up | ADAPTER.present | ADAPTER.mayWrite

/** Why no program can be run upon the shim here, or undefined. */
export function shimMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the shim is for Linux'
  if (spawnSync('gcc', ['--version']).status !== 0) return 'gcc is not installed'
  // In a process of its own: a process can load the driver once, and this one may have to load it for another test.
  const load = "require('@abandonware/bluetooth-hci-socket')"
  const { status, stderr } = spawnSync(process.execPath, ['-e', load], { cwd: resolve('.'), encoding: 'utf8' })
  return status === 0 ? undefined : `the native driver cannot be loaded: ${/^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr}`
}

/** Compile the shim into a folder; its path. */
export function compileShim(dir: string): string {
  const path = join(dir, 'shim.so')
  const { status, stderr } = spawnSync('gcc', [
    '-shared',
    '-fPIC',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    path,
    SOURCE,
    '-ldl',
    '-lpthread',
  ])
  if (status !== 0) throw new Error(`shim.c does not compile:\n${stderr}`)
  return path
}

/** A controller for a process that runs upon the shim. */
export class ShimRadio {
  readonly controller: VirtualController
  /** Path of the socket that the shim connects to. */
  readonly path: string
  readonly #server: Server
  readonly #hosts = new Set<Socket>()
  #adapter = WORKING

  private constructor(path: string) {
    this.path = path
    this.controller = new VirtualController((packet) => this.#toHosts(packet))
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(dir: string): Promise<ShimRadio> {
    const radio = new ShimRadio(join(dir, 'controller'))
    await new Promise<void>((listening) => radio.#server.listen(radio.path, listening))
    return radio
  }

  /** The environment of a program that is to find this adapter. */
  env(shim: string): Record<string, string> {
    return { LD_PRELOAD: shim, SHITOPS_HCI_CONTROLLER: this.path }
  }

  /** Change what the adapter is, to a sum of {@link ADAPTER}. */
  set adapter(state: number) {
    this.#adapter = state
    if ((state & ADAPTER.up) === 0) this.controller.powerCycle()
    this.#toHosts(Buffer.from([CONTROL, state]))
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const host of this.#hosts) host.destroy()
    await closed
  }

  #serve(socket: Socket): void {
    const framer = new H4Framer()
    this.#hosts.add(socket)
    socket.write(Buffer.from([CONTROL, this.#adapter]))
    socket.on('error', () => {})
    socket.on('close', () => this.#hosts.delete(socket))
    socket.on('data', (chunk) => {
      for (const packet of framer.push(chunk)) this.controller.receive(packet)
    })
  }

  #toHosts(packet: Buffer): void {
    for (const host of this.#hosts) host.write(packet)
  }
}

/** A process that opens `--source noble` on the shim's adapter and writes what it hears as JSON lines. */
export class ShimScanner {
  stdout = ''
  stderr = ''
  /** Resolves with its exit code, null after a signal. */
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(shim: string, radio: ShimRadio) {
    const env = { ...process.env, ...radio.env(shim) }
    const child = spawn(process.execPath, ['--import', TSX, SCANNER], { env, cwd: resolve('.'), stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk
    })
    this.#child = child
    this.ended = new Promise((done) => child.once('close', done))
  }

  /** What it has heard so far. */
  get heard(): Array<Record<string, unknown>> {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}
