import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Burst } from '../../../../../src/collectors/gnmi/agent/sources/gateway/burst.ts'
import { gatewayOfIpv6Routes, gatewayOfRoutes } from '../../../../../src/collectors/gnmi/agent/sources/gateway/default-gateway.ts'
import { GatewaySource } from '../../../../../src/collectors/gnmi/agent/sources/gateway/gateway-source.ts'
import { parsePing, ping, pingCommand } from '../../../../../src/collectors/gnmi/agent/sources/gateway/ping.ts'
import { TcpProbe } from '../../../../../src/collectors/gnmi/agent/sources/gateway/tcp-probe.ts'
import { LeafPaths } from '../../../../../src/collectors/gnmi/agent/tree/leaf.ts'
import { useTempDir } from '../../../../support/temp-dir.ts'

describe("the agent's gateway", () => {
  const all = (received = 5, averageDelay?: number): Burst => ({ sent: 5, received, ...(averageDelay && { averageDelay }) })

  /** A network that the test scripts. */
  class Network {
    gateway: string | undefined = '192.0.2.1'
    icmp: Burst | undefined = all(5, 900)
    tcp: Burst = all(5, 1_500)
    readonly #source = new GatewaySource(new LeafPaths(), {
      gateway: async () => this.gateway,
      icmp: async () => this.icmp,
      tcp: async () => this.tcp,
    })

    /** The names of the leaves, without what is before them. */
    async read(): Promise<Record<string, unknown>> {
      const leaves = await this.#source.read()
      return Object.fromEntries(leaves.map(({ path, value }) => [path.elems.at(-1)?.name, value]))
    }
  }

  let network: Network
  beforeEach(() => {
    network = new Network()
  })

  it('tells loss by ICMP over the last six bursts', async () => {
    expect(await network.read()).to.deep.equal({
      address: '192.0.2.1',
      'test-type': 'ICMP',
      'probes-sent': 5n,
      'probes-received': 5n,
      'loss-percentage': 0,
      'avg-delay': 900n,
    })
    network.icmp = all(2, 1_000)
    expect((await network.read())['loss-percentage']).to.equal(30)
    network.icmp = all(0)
    for (let i = 0; i < 6; i++) await network.read()
    const lost = await network.read()
    expect(lost).to.include({ 'loss-percentage': 100, 'probes-sent': 30n })
    expect(lost).to.not.have.property('avg-delay')
  })

  it('goes over to TCP where ICMP is not to be had, or not answered, and says so', async () => {
    for (const icmp of [undefined, all(0)]) {
      const other = new Network()
      other.icmp = icmp
      other.tcp = all(4)
      expect(await other.read()).to.include({ 'test-type': 'TCP', 'loss-percentage': 20 })
    }
  })

  it('says nothing about a gateway that never answered', async () => {
    Object.assign(network, { icmp: all(0), tcp: all(0) })
    expect(await network.read()).to.deep.equal({ address: '192.0.2.1' })
  })

  it('takes not being able to send for loss, once it has been able to', async () => {
    await network.read()
    network.icmp = undefined
    expect(await network.read()).to.include({ 'test-type': 'ICMP', 'loss-percentage': 50 })
  })

  it('begins anew with another gateway, and has nothing without one', async () => {
    network.icmp = all(1)
    await network.read()
    network.gateway = '192.0.2.254'
    network.icmp = all(5)
    expect(await network.read()).to.include({ address: '192.0.2.254', 'loss-percentage': 0, 'probes-sent': 5n })
    network.gateway = undefined
    expect(await network.read()).to.deep.equal({})
  })

  it("is found in Linux' tables: the default route of the lowest metric", () => {
    const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'
    const routes = [
      'tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0',
      'wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    ]
    expect(gatewayOfRoutes([head, ...routes].join('\n'))).to.equal('192.0.2.1')
    expect(gatewayOfRoutes(head)).to.equal(undefined)
    const zero = '0'.repeat(32)
    const own = `fe8000000000000000000000000000ff`
    expect(gatewayOfIpv6Routes(`${zero} 00 ${zero} 00 ${own} 00000400 00000001 00000000 00000003     eth0\n`)).to.equal(
      'fe80:0:0:0:0:0:0:ff%eth0',
    )
    expect(gatewayOfIpv6Routes(`${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo\n`)).to.equal(undefined)
  })

  const summaries: Array<[who: string, output: string, expected: Burst | undefined]> = [
    [
      'iputils',
      '\n--- 192.0.2.1 ping statistics ---\n5 packets transmitted, 4 received, 20% packet loss, time 812ms\nrtt min/avg/max/mdev = 0.412/0.731/1.101/0.210 ms\n',
      { sent: 5, received: 4, averageDelay: 731 },
    ],
    [
      'iputils, unreachable',
      '5 packets transmitted, 0 received, +5 errors, 100% packet loss, time 4090ms\npipe 4\n',
      { sent: 5, received: 0 },
    ],
    [
      'BusyBox',
      '5 packets transmitted, 5 packets received, 0% packet loss\nround-trip min/avg/max = 0.080/0.095/0.120 ms\n',
      { sent: 5, received: 5, averageDelay: 95 },
    ],
    [
      'macOS',
      '5 packets transmitted, 5 packets received, 0.0% packet loss\nround-trip min/avg/max/stddev = 1.9/2.5/3.1/0.4 ms\n',
      { sent: 5, received: 5, averageDelay: 2500 },
    ],
    [
      'Windows',
      'Ping statistics for 192.0.2.1:\r\n    Packets: Sent = 5, Received = 4, Lost = 1 (20% loss),\r\nApproximate round trip times in milli-seconds:\r\n    Minimum = 1ms, Maximum = 9ms, Average = 3ms\r\n',
      { sent: 5, received: 4, averageDelay: 3000 },
    ],
    [
      'Windows in German',
      'Ping-Statistik für 192.0.2.1:\r\n    Pakete: Gesendet = 5, Empfangen = 5, Verloren = 0\r\n    (0% Verlust),\r\nCa. Zeitangaben in Millisek.:\r\n    Minimum = 1ms, Maximum = 2ms, Mittelwert = 1ms\r\n',
      { sent: 5, received: 5, averageDelay: 1000 },
    ],
    [
      'Windows in French',
      'Paquets : envoyés = 5, reçus = 3, perdus = 2 (perte 40%),\r\n    Minimum = 1ms, Maximum = 2ms, Moyenne = 1ms\r\n',
      { sent: 5, received: 3, averageDelay: 1000 },
    ],
    ['not allowed', 'ping: socket: Operation not permitted\n', undefined],
    ['no program', '', undefined],
  ]
  for (const [who, output, expected] of summaries) {
    it(`reads what ping says: ${who}`, () => {
      expect(parsePing(output)).to.deep.equal(expected)
    })
  }

  it('calls ping as the platform wants it', () => {
    expect(pingCommand('192.0.2.1', 'linux')[1].join(' ')).to.equal('-n -q -c 5 -i 0.2 -W 1 192.0.2.1')
    expect(pingCommand('192.0.2.1', 'darwin')[1].join(' ')).to.equal('-n -q -c 5 -i 0.2 -W 1000 192.0.2.1')
    expect(pingCommand('fe80::1%en0', 'darwin')[0]).to.equal('ping6')
    expect(pingCommand('192.0.2.1', 'win32')[1].join(' ')).to.equal('-n 5 -w 1000 192.0.2.1')
  })

  describe('by the program ping', () => {
    const dir = useTempDir()
    const { PATH } = process.env
    afterEach(() => {
      process.env.PATH = PATH
    })

    /** Nothing but this script is found as `ping`. */
    async function program(script: string): Promise<void> {
      await writeFile(join(dir(), 'ping'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      process.env.PATH = dir()
    }

    it('reads its summary, asked for in English, whatever it ends with', async () => {
      await program('echo "$LC_ALL $*" >&2; [ "$LC_ALL" = C ] && echo "5 packets transmitted, 0 received, 100% packet loss"; exit 1')
      expect(await ping('192.0.2.1')).to.deep.equal({ sent: 5, received: 0 })
    })

    it('is not to be had where it may not, or is not there', async () => {
      await program('echo "ping: socktype: SOCK_RAW: Operation not permitted" >&2; exit 2')
      expect(await ping('192.0.2.1')).to.equal(undefined)
      process.env.PATH = join(dir(), 'empty')
      expect(await ping('192.0.2.1')).to.equal(undefined)
    })
  })

  describe('by TCP', () => {
    let server: Server
    const listen = () =>
      new Promise<number>((resolve) => {
        server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', () => {
          const address = server.address()
          resolve(typeof address === 'object' && address ? address.port : 0)
        })
      })

    it('takes a connection and a refusal for an answer', async () => {
      const port = await listen()
      const taken = await new TcpProbe([port]).burst('127.0.0.1')
      expect(taken).to.include({ sent: 5, received: 5 })
      expect(taken.averageDelay).to.be.above(0)
      await new Promise((resolve) => server.close(resolve))
      expect(await new TcpProbe([port]).burst('127.0.0.1')).to.include({ sent: 5, received: 5 })
    })

    it('takes no stall of its own for a loss: the answer is there, and only looked at late', async () => {
      const port = await listen()
      const held = new Int32Array(new SharedArrayBuffer(4))
      // From here timers come before what the system has for us; the connection is under way, and taken while this process stands still.
      await new Promise(setImmediate)
      const burst = new TcpProbe([port], 50).burst('127.0.0.1')
      process.nextTick(() => Atomics.wait(held, 0, 0, 200))
      expect(await burst).to.include({ sent: 5, received: 5 })
      await new Promise((resolve) => server.close(resolve))
    })
  })
})
