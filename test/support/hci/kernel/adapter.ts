import { type ChildProcess, fork } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../../kafka/wait-for.ts'
import type { Report } from '../encode.ts'

const require = createRequire(import.meta.url)

/** An adapter of this kernel's, with a virtual controller in it. */
export class KernelAdapter {
  scanning: string | false = false
  readonly #process: ChildProcess
  #ready = false

  private constructor() {
    this.#process = fork(fileURLToPath(new URL('./vhci.mjs', import.meta.url)))
    this.#process.on('message', (said: { ready?: true; scanning?: string | false }) => {
      if (said.ready) this.#ready = true
      if (said.scanning !== undefined) this.scanning = said.scanning
    })
  }

  /** Put it in; it is off then, as any adapter is that nobody has switched on. */
  static async plugIn(): Promise<KernelAdapter> {
    const adapter = new KernelAdapter()
    await waitFor('the kernel to take the adapter', () => adapter.#ready)
    return adapter
  }

  /** Pull it out. */
  async pullOut(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await gone
  }

  hear({ data, ...report }: Report): void {
    this.#process.send({ hear: { ...report, data: data.toString('hex') } })
  }
}

/** Opcodes and events of the kernel's management interface (bluez/doc/mgmt-api.txt); all numbers little endian. */
const SET_POWERED = 0x0005
const COMMAND_COMPLETE = 0x0001
const COMMAND_STATUS = 0x0002

interface ControlSocket {
  bindControl(): void
  start(): void
  stop(): void
  write(packet: Buffer): void
  on(event: 'data', listener: (packet: Buffer) => void): void
}

/** Not there, or still being set up by the kernel. */
const INVALID_INDEX = 0x11

/** Switch the adapter on or off, as bluetoothctl does it. */
export async function power(on: boolean): Promise<void> {
  let status = INVALID_INDEX
  await waitFor('the kernel to know the adapter', async () => {
    status = await setPowered(on)
    return status !== INVALID_INDEX
  })
  if (status !== 0) throw new Error(`the kernel answers "set powered ${on}" with status ${status}`)
}

async function setPowered(on: boolean): Promise<number> {
  // One that was put back is hci1 as long as somebody holds a socket of hci0.
  const [name = 'hci0'] = await readdir('/sys/class/bluetooth')
  const index = Number(name.replace(/^hci/, ''))
  const Socket = require('@abandonware/bluetooth-hci-socket') as new () => ControlSocket
  const socket = new Socket()
  socket.bindControl()
  const answer = new Promise<number>((resolve) => {
    socket.on('data', (packet) => {
      const event = packet.readUInt16LE(0)
      const isAnswer = (event === COMMAND_COMPLETE || event === COMMAND_STATUS) && packet.readUInt16LE(6) === SET_POWERED
      if (isAnswer) resolve(packet.readUInt8(8))
    })
  })
  socket.start()
  socket.write(Buffer.from([SET_POWERED, 0, index, 0, 1, 0, on ? 1 : 0]))
  const status = await answer
  socket.stop()
  return status
}
