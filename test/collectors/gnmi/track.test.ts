import { expect } from 'chai'
import fc from 'fast-check'
import { Normaliser } from '../../../src/collectors/gnmi/track.ts'

const counters = (name: string, values: Record<string, unknown>) =>
  Object.entries(values).map(([leaf, value]) => ({
    schemaPath: `/interfaces/interface/state/counters/${leaf}`,
    keys: { interface_name: name },
    value,
  }))
const byMetric = (samples: ReturnType<Normaliser['samples']>) => Object.fromEntries(samples.map(({ metric, value }) => [metric, value]))

describe('normalised gNMI metrics', () => {
  it('are gauges as they are, in the units of the vocabulary', () => {
    const samples = new Normaliser().samples(1000, [
      { schemaPath: '/system/cpus/cpu/state/total/instant', keys: { cpu_index: 'ALL' }, value: 97 },
      { schemaPath: '/system/state/up-time', keys: {}, value: '9007199254740993000' },
      { schemaPath: '/interfaces/interface/state/oper-status', keys: { interface_name: 'e1' }, value: 'DOWN' },
    ])
    expect(samples).to.deep.equal([
      { metric: 'cpu_load', unit: 'ratio', instance: '', value: 0.97 },
      { metric: 'uptime', unit: 's', instance: '', value: 9_007_199_254 },
      { metric: 'if_oper_status', unit: 'state', instance: 'e1', value: 0 },
    ])
  })

  it('are rates of counters, exact beyond 2^53', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 60 }),
        (start, passed, lost, seconds) => {
          const normaliser = new Normaliser()
          const reading = (pkts: bigint, discards: bigint) =>
            counters('e1', { 'in-octets': String(start + pkts * 100n), 'in-pkts': String(start + pkts), 'in-discards': String(discards) })
          expect(normaliser.samples(1000, reading(0n, 0n))).to.deep.equal([])
          const samples = normaliser.samples(1000 + seconds * 1000, reading(BigInt(passed), BigInt(lost)))
          expect(byMetric(samples)).to.deep.equal({
            if_in_bps: Math.round((passed * 800) / seconds),
            ...(passed + lost > 0 && { packet_loss: lost / (lost + passed) }),
          })
          for (const { interval } of samples) expect(interval).to.equal(seconds)
        },
      ),
    )
  })

  it('are no rates across a restart, a repeat or a step back in time', () => {
    const normaliser = new Normaliser()
    normaliser.samples(10_000, counters('e1', { 'in-octets': 1_000 }))
    expect(normaliser.samples(20_000, counters('e1', { 'in-octets': 10 }))).to.deep.equal([])
    expect(normaliser.samples(20_000, counters('e1', { 'in-octets': 20 }))).to.deep.equal([])
    expect(normaliser.samples(15_000, counters('e1', { 'in-octets': 30 }))).to.deep.equal([])
    expect(byMetric(normaliser.samples(30_000, counters('e1', { 'in-octets': 1_010 })))).to.deep.equal({ if_in_bps: 800 })
  })

  it('keep interfaces apart, and pass over what is no number', () => {
    const normaliser = new Normaliser()
    normaliser.samples(0, [...counters('e1', { 'in-octets': 0 }), ...counters('e2', { 'in-octets': 0, 'out-octets': 'many' })])
    const samples = normaliser.samples(1000, [
      ...counters('e1', { 'in-octets': 1 }),
      ...counters('e2', { 'in-octets': 2, 'out-octets': 'many' }),
    ])
    expect(samples.map(({ instance, metric, value }) => [instance, metric, value])).to.deep.equal([
      ['e1', 'if_in_bps', 8],
      ['e2', 'if_in_bps', 16],
    ])
  })
})
