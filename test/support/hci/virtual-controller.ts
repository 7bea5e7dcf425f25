import { advertisingReport, commandComplete, extendedReport, type Report } from './encode.ts'

const OPCODE = {
  reset: 0x0c03,
  readLocalCommands: 0x1002,
  readLocalFeatures: 0x1003,
  readLocalVersion: 0x1001,
  readBufferSize: 0x1005,
  readAddress: 0x1009,
  readLeHostSupported: 0x0c6c,
  readLeBufferSize: 0x2002,
  readLeFeatures: 0x2003,
  readAdvertisingTxPower: 0x2007,
  readAcceptListSize: 0x200f,
  readSupportedStates: 0x201c,
  setScanEnable: 0x200c,
  setExtendedScanEnable: 0x2042,
} as const

const COMMAND = 0x01
const DISALLOWED = 0x0c
/** HCI and LMP version of Bluetooth 5.0; revision, manufacturer (0xffff: none) and LMP subversion. */
const VERSION = Buffer.from([0x09, 0, 0, 0x09, 0xff, 0xff, 0, 0])
const ADDRESS = Buffer.from('c0ffee123456', 'hex').reverse()

/** LMP features, byte 4: no BR/EDR (bit 5), but LE (bit 6). */
const LOW_ENERGY_ONLY = Buffer.from([0, 0, 0, 0, 0x60, 0, 0, 0])

/** What a command's answer carries beside the status; the kernel asks for more than noble. */
const ANSWERS: Readonly<Record<number, Buffer>> = {
  [OPCODE.readLocalVersion]: VERSION,
  [OPCODE.readBufferSize]: Buffer.from([0xfd, 0x03, 0x40, 0x08, 0x00, 0x08, 0x00]),
  [OPCODE.readAddress]: ADDRESS,
  [OPCODE.readLeHostSupported]: Buffer.from([1, 0]),
  [OPCODE.readLeBufferSize]: Buffer.from([0xfb, 0x00, 0x08]),
  [OPCODE.readLocalCommands]: Buffer.alloc(64),
  [OPCODE.readLocalFeatures]: LOW_ENERGY_ONLY,
  [OPCODE.readLeFeatures]: Buffer.alloc(8),
  [OPCODE.readAdvertisingTxPower]: Buffer.from([0]),
  [OPCODE.readAcceptListSize]: Buffer.from([8]),
  [OPCODE.readSupportedStates]: Buffer.alloc(8, 0xff),
}

/**
 * A Bluetooth controller without a radio: it answers commands as a real one does, and reports what a test lets it hear, as long as the
 * host has it scan. The same one serves behind every transport: in process, a serial line, a socket, /dev/vhci.
 */
export class VirtualController {
  /** Opcodes of the commands received, in order. */
  readonly commands: number[] = []
  /** Which commands the host scans with; false while it does not scan. */
  scanning: 'legacy' | 'extended' | false = false
  /** The host asked for repeated reports of the same device to be left out. */
  filtersDuplicates = false
  /** Refuse the old scan commands, as a controller does that has been given a new one since its reset. */
  refusesLegacy = false
  /** Say nothing to any command. */
  isMute = false
  readonly #send: (packet: Buffer) => void

  constructor(send: (packet: Buffer) => void) {
    this.#send = send
  }

  /** A packet from the host, with its H4 type byte; commands alone are understood. */
  receive(packet: Buffer): void {
    if (packet[0] !== COMMAND) return
    const opcode = packet.readUInt16LE(1)
    this.commands.push(opcode)
    if (this.isMute) return
    const refused = this.refusesLegacy && (opcode === OPCODE.setScanEnable || opcode === OPCODE.setScanEnable - 1)
    if (!refused) this.#obey(opcode, packet.subarray(4))
    const status = Buffer.from([refused ? DISALLOWED : 0])
    this.#send(commandComplete(opcode, Buffer.concat([status, ANSWERS[opcode] ?? Buffer.alloc(0)])))
  }

  /** Hear advertisements: one event with all of these reports; false when nobody listens. */
  hear(...reports: Report[]): boolean {
    if (!this.scanning) return false
    this.#send(this.scanning === 'legacy' ? advertisingReport(...reports) : extendedReport(...reports))
    return true
  }

  /** Send bytes as they are, to see what a host makes of nonsense. */
  sendRaw(packet: Buffer): void {
    this.#send(packet)
  }

  /** The adapter lost its power: it has forgotten everything. */
  powerCycle(): void {
    this.scanning = false
  }

  #obey(opcode: number, parameters: Buffer): void {
    if (opcode === OPCODE.reset) this.scanning = false
    if (opcode !== OPCODE.setScanEnable && opcode !== OPCODE.setExtendedScanEnable) return
    this.scanning = parameters[0] === 1 ? (opcode === OPCODE.setScanEnable ? 'legacy' : 'extended') : false
    this.filtersDuplicates = parameters[1] === 1
  }
}
