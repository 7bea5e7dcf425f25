import { expect } from 'chai'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import { builtInInsights } from '../../../../src/insights/library.ts'
import type { Counters } from '../../../../src/office/network.ts'
import { leavesOf } from '../../../../src/office/openconfig.ts'
import { samplesOf } from './support/notifications.ts'

const T = Date.UTC(2026, 2, 31, 14)

/** What the simulated office sends for a device at a second. */
function notification(second: number, cpu: number, counters: Counters): object {
  const now = T + second * 1000
  const leaves = leavesOf({ target: 'access-1', cpu, bootTime: T - 3_600_000, interfaces: new Map([['ethernet-1/49', counters]]) }, now)
  const update = leaves.map(({ path, value }) => ({
    path: { elem: path },
    val: typeof value === 'bigint' ? { uint_val: String(value) } : { string_val: String(value) },
  }))
  return { update: { timestamp: String(BigInt(now) * 1_000_000n), prefix: { target: 'access-1' }, update } }
}

describe('the metrics of the simulated office', () => {
  it('are those that the insights read, by the same names, units and instances', async () => {
    const normaliser = new Normaliser(await compileMappings())
    const start: Counters = { inOctets: 2n ** 53n, outOctets: 2n ** 53n, inPkts: 0n, outPkts: 0n, inDiscards: 0n, outDiscards: 0n }
    const later: Counters = {
      inOctets: 2n ** 53n + 12_500n,
      outOctets: 2n ** 53n + 25_000n,
      inPkts: 70n,
      outPkts: 20n,
      inDiscards: 10n,
      outDiscards: 0n,
    }
    samplesOf(normaliser, notification(0, 20, start))
    const samples = samplesOf(normaliser, notification(10, 97, later))
    const interfaces = { instance: 'ethernet-1/49', interval: 10 }
    expect(samples).to.have.deep.members([
      { metric: 'cpu_load', unit: 'ratio', instance: '', value: 0.97 },
      { metric: 'uptime', unit: 's', instance: '', value: 3610 },
      { metric: 'if_oper_status', unit: 'state', instance: 'ethernet-1/49', value: 1 },
      { metric: 'if_in_bps', unit: 'bit/s', ...interfaces, value: 10_000 },
      { metric: 'if_out_bps', unit: 'bit/s', ...interfaces, value: 20_000 },
      { metric: 'packet_loss', unit: 'ratio', ...interfaces, value: 0.1 },
    ])
    // What the insights of the office's incidents look for by name is what the mappings make.
    const texts = (await builtInInsights()).map(({ sql }) => sql).join('\n')
    for (const name of ['cpu_load', 'packet_loss', 'uptime']) expect(texts).to.contain(`'${name}'`)
    expect(samples.map(({ metric }) => metric)).to.include.members(['cpu_load', 'packet_loss', 'uptime'])
  })
})
