import type { HeadsetState } from './headsets.ts'
import { during, type Incident } from './incidents.ts'
import { type Random, random } from './random.ts'
import { type Desk, type Roster, UPLINK } from './roster.ts'

/** Counters of one interface since it came up: 64-bit, as the device keeps them. */
export interface Counters {
  inOctets: bigint
  outOctets: bigint
  inPkts: bigint
  outPkts: bigint
  inDiscards: bigint
  outDiscards: bigint
}

export interface DeviceState {
  target: string
  /** Percent, 0–100. */
  cpu: number
  /** ms since the epoch */
  bootTime: number
  interfaces: ReadonlyMap<string, Counters>
}

/** Average packet, octets: what turns a bit rate into packets. */
const PACKET = 700
/** One call, one direction. Voice and video of a normal meeting client. */
const CALL_BPS = 2_500_000
/** Starting above 2^53 shows at once whether somebody squeezed a counter through a double. */
const ODOMETER = 2n ** 53n
const DAY = 86_400_000

interface Device {
  target: string
  desk?: Desk
  bootTime: number
  cpu: number
  interfaces: Map<string, Counters>
  dice: Random
  /** A harmless burst (CPU or loss) lasts until then: shorter than any alert waits. */
  burstUntil: number
}

/** Longest harmless burst and the least pause after it, ms; and how far apart they are on average, s. */
const BURST = 25_000
const BURST_PAUSE = 120_000
const BURST_EVERY = 1_200

/** The switches and laptops: counters and load, advanced step by step. Deterministic by seed. */
export class Network {
  readonly #devices: Device[]
  readonly #office: Roster
  readonly #incidents: readonly Incident[]
  #time = 0

  /** @param openedAt ms since the epoch when the office opened */
  constructor(seed: number, office: Roster, incidents: readonly Incident[], openedAt: number) {
    this.#office = office
    this.#incidents = incidents
    const device = (target: string, interfaces: string[], desk?: Desk): Device => {
      const dice = random(seed, `device/${target}`)
      return {
        target,
        ...(desk && { desk }),
        bootTime: openedAt - dice.int(1, 40) * DAY,
        cpu: 20,
        interfaces: new Map(interfaces.map((name) => [name, odometer(dice)])),
        dice,
        burstUntil: 0,
      }
    }
    this.#devices = [
      ...office.switches.map((target) => device(target, target === office.switches[0] ? ['ethernet-1/1', 'ethernet-1/2'] : [UPLINK])),
      ...office.desks.map((desk) => device(desk.laptop, ['en0'], desk)),
    ]
  }

  /**
   * Advance to `time` (ms since the office opened, not before the last call) and tell how every device stands.
   * @param headsets what each person's headset does now: calls are traffic
   */
  at(time: number, headsets: ReadonlyMap<string, HeadsetState>): DeviceState[] {
    const seconds = (time - this.#time) / 1000
    this.#time = time
    const inCall = (desk: Desk) => (headsets.get(desk.person)?.audio === 'call' ? 1 : 0)
    return this.#devices.map((device) => {
      if (time >= device.burstUntil + BURST_PAUSE && device.dice.next() < seconds / BURST_EVERY)
        device.burstUntil = time + device.dice.between(10_000, BURST)
      const calling = device.desk
        ? inCall(device.desk)
        : this.#office.desks.filter((d) => d.switch === device.target).reduce((n, d) => n + inCall(d), 0)
      device.cpu = this.#cpu(device, time, calling)
      const loss = this.#loss(device, time)
      for (const counters of device.interfaces.values()) advance(counters, device.dice, calling, loss, seconds)
      return { target: device.target, cpu: device.cpu, bootTime: device.bootTime, interfaces: device.interfaces }
    })
  }

  #cpu(device: Device, time: number, calling: number): number {
    const { dice } = device
    if (during(this.#incidents, 'laptop-overload', device.target, time)) return Math.round(dice.between(95, 100))
    if (device.desk && time < device.burstUntil) return Math.round(dice.between(91, 99))
    const wanted = device.desk ? dice.between(12, 45) + 12 * calling : dice.between(8, 20)
    return Math.round(device.cpu > 90 ? wanted : (device.cpu + wanted) / 2)
  }

  /** Share of packets lost, 0–1. */
  #loss(device: Device, time: number): number {
    const { dice } = device
    if (during(this.#incidents, 'link-loss', device.target, time)) return dice.between(0.05, 0.12)
    if (!device.desk && time < device.burstUntil) return dice.between(0.03, 0.06)
    return dice.next() < 0.2 ? dice.between(0, 0.004) : 0
  }
}

function odometer(dice: Random): Counters {
  const start = () => ODOMETER + BigInt(dice.int(1, 2 ** 40))
  return { inOctets: start(), outOctets: start(), inPkts: start(), outPkts: start(), inDiscards: 0n, outDiscards: 0n }
}

function advance(counters: Counters, dice: Random, calls: number, loss: number, seconds: number): void {
  const packets = (bps: number) => Math.round((bps * seconds) / 8 / PACKET)
  const offered = packets(dice.between(0.5e6, 6e6) + calls * CALL_BPS)
  const lost = Math.round(offered * loss)
  const sent = packets(dice.between(0.3e6, 2e6) + calls * CALL_BPS)
  counters.inPkts += BigInt(offered - lost)
  counters.inOctets += BigInt((offered - lost) * PACKET)
  counters.inDiscards += BigInt(lost)
  counters.outPkts += BigInt(sent)
  counters.outOctets += BigInt(sent * PACKET)
}
