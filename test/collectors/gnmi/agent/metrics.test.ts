import { expect } from 'chai'
import { BatterySource } from '../../../../src/collectors/gnmi/agent/sources/battery.ts'
import { CpuSource } from '../../../../src/collectors/gnmi/agent/sources/cpu.ts'
import { GatewaySource } from '../../../../src/collectors/gnmi/agent/sources/gateway/gateway-source.ts'
import { InterfaceSource } from '../../../../src/collectors/gnmi/agent/sources/interfaces.ts'
import { MemorySource } from '../../../../src/collectors/gnmi/agent/sources/memory.ts'
import { SystemSource } from '../../../../src/collectors/gnmi/agent/sources/system.ts'
import { Outbox } from '../../../../src/collectors/gnmi/agent/subscribe/outbox.ts'
import { LeafPaths } from '../../../../src/collectors/gnmi/agent/tree/leaf.ts'
import { loadGnmi } from '../../../../src/collectors/gnmi/client/grpc.ts'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import type { Sample } from '../../../../src/collectors/gnmi/normalise/sample.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import { stillClock } from '../../compliance.ts'

const T = Date.UTC(2026, 0, 30, 8)

describe('what the gNMI agent tells', () => {
  it('becomes every metric of a laptop, in its unit', async () => {
    let now = T
    const clock = { ...stillClock(T), now: () => now }
    const step = () => (now - T) / 1000
    const paths = new LeafPaths()
    const counters = () => ({ 'in-octets': BigInt(step() * 125), 'in-pkts': BigInt(step() * 9), 'in-errors': BigInt(step()) })
    const sources = [
      new SystemSource(paths, clock, '1', async () => ({ hostname: 'laptop-7', uptime: 3_600 + step(), version: 'x' })),
      new CpuSource(paths, clock, async () => [{ user: step() * 25, nice: 0, kernel: 0, idle: step() * 75, other: 0 }]),
      new MemorySource(paths, async () => ({ physical: 1_000, free: 100, available: 600 })),
      new InterfaceSource(paths, async () => [{ name: 'eth0', operState: 'up', counters: counters() }]),
      new GatewaySource(paths, {
        gateway: async () => '192.0.2.1',
        icmp: async () => ({ sent: 5, received: 4, averageDelay: 2_500 }),
        tcp: async () => ({ sent: 5, received: 0 }),
      }),
      new BatterySource(paths, async () => ({ hasBattery: true, percent: 57, isCharging: false, acConnected: true })),
    ]
    const { methods } = await loadGnmi()
    const decoder = new ResponseDecoder()
    const normaliser = new Normaliser(await compileMappings())
    let samples: Sample[] = []
    const outbox = new Outbox({
      ...{ target: '', encoding: 'PROTO', metrics: new Counters() },
      write: async (message) => {
        const response = decoder.decode(
          (methods.Subscribe as unknown as { responseSerialize(m: object): Buffer }).responseSerialize(message),
        )
        if (response instanceof Malformed) throw new Error(response.message)
        samples.push(...normaliser.samples(response, now))
      },
    })
    for (now = T; now <= T + 10_000; now += 10_000) {
      samples = []
      for (const source of sources) for (const leaf of await source.read()) outbox.update(leaf, now)
      await outbox.flush()
    }
    const byName = Object.fromEntries(samples.map(({ metric, instance, value }) => [`${metric} ${instance}`.trim(), value]))
    expect(byName).to.deep.equal({
      cpu_load: 0.25,
      'cpu_load 0': 0.25,
      memory_used: 0.4,
      uptime: 3_610,
      'if_oper_status eth0': 1,
      'if_in_bps eth0': 1_000,
      'packet_loss eth0': 0.1,
      'packet_loss gateway/loss': 0.2,
      'latency gateway/loss': 0.0025,
      battery: 0.57,
    })
    expect(normaliser.counts.unreadable).to.equal(0)
  })
})
