import { expect } from 'chai'
import { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import { parseMapping } from '../../../../src/collectors/gnmi/normalise/parse-mapping.ts'
import { parsePath } from '../../../../src/collectors/gnmi/path/parse.ts'
import { WirePath } from '../../../../src/collectors/gnmi/wire/wire-path.ts'
import { counters, message } from './support/messages.ts'
import { samplesOf } from './support/notifications.ts'

const FILE = `
family: own
about: ours
rules:
  - {metric: cpu_load, path: '/cpus/cpu[index=ALL]/load', kind: gauge}
  - {metric: cpu_load, path: '/cpus/cpu[index=*]/load', kind: gauge}
  - {metric: battery, path: 'shitops:/charge', kind: gauge}
  - {metric: battery, path: 'openconfig:/level', kind: gauge}
  - {metric: temperature, path: '/sensors/hidden/value', kind: ignore}
  - {metric: temperature, path: '/sensors/*/value', kind: gauge, instance: '{2}'}
  - {metric: if_in_bps, path: '/interfaces/interface[name=*]/state/counters/in-octets', kind: counter, unit: octets}
`

function path(text: string): WirePath {
  const parsed = parsePath(text)
  if (!('elems' in parsed)) throw new Error(parsed.message)
  return new WirePath(parsed.origin, '', parsed.elems)
}

describe('compiled mappings', () => {
  const compiled = async (capacity?: number) => new CompiledMappings([await parseMapping(FILE, 'own.yaml')], capacity)
  const metricsAt = (mappings: CompiledMappings, prefix: string, below: string) =>
    mappings.verdict(path(prefix), path(below))?.node.here.map(({ metric, pattern }) => `${metric} ${pattern.text}`) ?? null

  it('find the first rule for each metric, wherever the prefix ends', async () => {
    const mappings = await compiled()
    const places = [
      ['', '/cpus/cpu[index=ALL]/load'],
      ['/cpus', '/cpu[index=ALL]/load'],
      ['/cpus/cpu[index=ALL]/load', ''],
    ] as const
    for (const [prefix, below] of places) expect(metricsAt(mappings, prefix, below)).to.deep.equal(['cpu_load /cpus/cpu[index=ALL]/load'])
    expect(metricsAt(mappings, '', '/m:cpus/x:cpu[x:index=3]/load')).to.deep.equal(['cpu_load /cpus/cpu[index=*]/load'])
  })

  it('have nothing to say to what no rule is about', async () => {
    const mappings = await compiled()
    for (const text of ['/cpus/cpu/load', '/cpu', '/cpus/cpu[index=ALL]/load/deeper', '/load', '/sensors/known/other'])
      expect(metricsAt(mappings, '', text), text).to.equal(null)
  })

  it('want the origin that a rule names; without one OpenConfig is meant', async () => {
    const mappings = await compiled()
    expect(metricsAt(mappings, '', '/charge')).to.equal(null)
    expect(metricsAt(mappings, '', 'shitops:/charge')).to.have.length(1)
    expect(metricsAt(mappings, 'shitops:/', '/charge')).to.have.length(1)
    expect(metricsAt(mappings, 'else:/', '/charge')).to.equal(null)
    expect(metricsAt(mappings, '', '/level')).to.have.length(1)
    expect(metricsAt(mappings, 'openconfig:/', '/level')).to.have.length(1)
    expect(metricsAt(mappings, 'shitops:/', '/level')).to.equal(null)
    expect(metricsAt(mappings, 'anything:/', '/cpus/cpu[index=ALL]/load')).to.have.length(1)
  })

  it('take the order of a file as precedence; what is ignored gives nothing', async () => {
    const normaliser = new Normaliser(await compiled())
    const json = { json_val: Buffer.from('{"hidden": {"value": 3}, "third": {"value": 4}}').toString('base64') }
    const values = { '/sensors/hidden/value': 1, '/sensors/other/value': 2, '/sensors': json }
    expect(samplesOf(normaliser, message(1, values)).map(({ instance, value }) => [instance, value])).to.deep.equal([
      ['other', 2],
      ['third', 4],
    ])
  })

  it('remember a bounded number of paths, and go on when that is used up', async () => {
    const mappings = await compiled(8)
    const normaliser = new Normaliser(mappings)
    const take = (time: number, name: string) => samplesOf(normaliser, counters(time, name, { 'in-octets': time, 'out-octets': 1 }))
    for (let i = 0; i < 100; i++) take(1000, `e${i}`)
    for (let i = 0; i < 100; i++) expect(take(2000, `e${i}`), `e${i}`).to.have.length(1)
    for (let i = 0; i < 100; i++) expect(metricsAt(mappings, '', `/junk-${i}/x`)).to.equal(null)
  })
})
