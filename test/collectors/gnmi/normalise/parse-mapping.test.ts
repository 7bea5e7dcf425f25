import { expect } from 'chai'
import fc from 'fast-check'
import { ShitopsError } from '../../../../src/base/errors.ts'
import { builtInMappings, compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import { parseMapping } from '../../../../src/collectors/gnmi/normalise/parse-mapping.ts'
import { METRICS } from '../../../../src/events/metrics.ts'
import { message } from './support/messages.ts'
import { samplesOf } from './support/notifications.ts'

const file = (...rules: string[]) =>
  `family: own\nabout: ours\nmetrics:\n  fan_speed: {unit: rpm, about: of a fan}\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`
const problem = async (text: string): Promise<string> => {
  try {
    await parseMapping(text, 'own.yaml')
  } catch (error) {
    if (!(error instanceof ShitopsError)) throw error
    expect(error.code).to.equal('SHITOPS_E_GNMI_MAPPING')
    expect(error.suggestions).to.not.be.empty
    return error.message
  }
  return 'no problem'
}

describe('a mapping file', () => {
  it('becomes rules', async () => {
    const { family, rules } = await parseMapping(
      file(
        '{metric: fan_speed, path: [/fans/fan/speed, "/fan[name=*]/rpm"], kind: gauge, unit: rpm}',
        '{metric: uptime, path: /up, kind: duration, unit: ms}',
      ),
      'own.yaml',
    )
    expect(family).to.equal('own')
    expect(rules.map(({ metric, unit, pattern, factor }) => [metric, unit, pattern.text, factor.divide])).to.deep.equal([
      ['fan_speed', 'rpm', '/fans/fan/speed', 1],
      ['fan_speed', 'rpm', '/fan[name=*]/rpm', 1],
      ['uptime', 's', '/up', 1000],
    ])
  })

  it('is refused with the line, what is wrong, and what may be meant', async () => {
    const cases: Record<string, string> = {
      'rules: [': 'own.yaml:1:9: is not YAML',
      'family: x\nabout: y\nrules: []': 'own.yaml:3:8: rules ',
      [file('{metric: cpu_load, path: /a, knd: gauge, kind: gauge}')]: 'own.yaml:6:34: rules[1].knd is not known here; did you mean kind?',
      [`famly: x\n${file('{metric: cpu_load, path: /a, kind: gauge}')}`]: 'own.yaml:1:1: famly is not known here; did you mean family?',
      [file('{metric: cpu_load, path: /a, kind: guage}')]: 'own.yaml:6:40: rules[1].kind is none of gauge, counter',
      [file('{metric: cpu_laod, path: /a, kind: gauge}')]: 'own.yaml:6:14: rules[1].metric is no metric; did you mean cpu_load?',
      [file('{metric: fan_sped, path: /a, kind: gauge}')]: 'did you mean fan_speed?',
      [file('{metric: cpu_load, path: "/a[name", kind: gauge}')]: 'own.yaml:6:30: rules[1].path is no path: a key is [name=value]',
      [file('{metric: cpu_load, path: [/a, "/"], kind: gauge}')]: 'own.yaml:6:35: rules[1].path[2] is no path: the root',
      [file('{metric: cpu_load, path: /a, kind: gauge, unit: bytes}')]:
        'rules[1].unit is bytes, which does not become ratio; ratio, percent,',
      [file('{metric: if_in_bps, path: /a, kind: counter}')]: 'wants its unit: octets,',
      [file('{metric: if_in_bps, path: /a, kind: counter, unit: packets}')]: 'whose rate does not become bit/s; octets, bits does',
      [file('{metric: cpu_load, path: /a, kind: enum}')]: 'wants values',
      [file('{metric: cpu_load, path: /a, kind: gauge, bits: 32}')]: 'own.yaml:6:47: rules[1].bits means nothing for a gauge',
      [file('{metric: cpu_load, path: /a, kind: counter, unit: octets, bits: 48}')]: 'rules[1].bits is neither 32 nor 64',
      [file('{metric: packet_loss, path: /a, kind: counter, unit: packets}')]: 'part is lost or passed; it is missing',
      [file('{metric: packet_loss, path: /a, kind: counter, unit: packets, part: used}')]: 'rules[1].part of a counter is lost or passed',
      [file('{metric: uptime, path: /a, kind: gauge, part: used}')]: 'makes a ratio; uptime has the unit s',
      [file('{metric: cpu_load, path: /a, kind: timestamp}')]: 'is timestamp, which gives seconds; the metric has ratio',
      [file('{metric: cpu_load, path: "/a[name=*]", kind: gauge, instance: "{nmae}"}')]:
        'rules[1].instance does not fit /a[name=*]: "{nmae}"',
      [file('{metric: cpu_load, kind: gauge}')]: 'rules[1].path is no path, nor a list of paths',
      'family: x\nabout: y\nmetrics: {Fan: {unit: rpm, about: z}}\nrules: [{metric: cpu_load, path: /a, kind: gauge}]':
        'own.yaml:3:11: metrics.Fan is no name of a metric',
      'family: x\nabout: y\nmetrics: {cpu_load: {unit: percent, about: z}}\nrules: [{metric: cpu_load, path: /a, kind: gauge}]':
        'own.yaml:3:11: metrics.cpu_load is a metric already, in ratio',
    }
    for (const [text, expected] of Object.entries(cases)) expect(await problem(text), text).to.contain(expected)
  })

  it('is refused with all that is wrong at once', async () => {
    const message = await problem(file('{metric: cpu_laod, path: /, kind: gauge}', '{metric: cpu_load, path: /a, kind: gauge, unit: m}'))
    expect(message.split('\n')).to.have.length(4)
    expect(message).to.contain('3 problems').and.contain('own.yaml:7:')
  })

  it('is refused with an error of ours, whatever it holds', async () => {
    const valid = file('{metric: cpu_load, path: "/a[name=*]", kind: gauge, unit: percent, instance: "{name}"}')
    const damaged = fc
      .tuple(fc.nat(valid.length), fc.nat(8), fc.string({ maxLength: 8 }))
      .map(([at, gone, put]) => valid.slice(0, at) + put + valid.slice(at + gone))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), damaged), async (text) => {
        const message = await problem(text)
        expect(message).to.match(/^(own\.yaml:\d+:\d+: |\d+ problems in the mapping:\n {2}own\.yaml:\d+:\d+: |no problem$)/)
      }),
      { numRuns: 300 },
    )
  })

  it('goes before the built-in ones, and may silence them', async () => {
    const text = file(
      '{metric: cpu_load, path: "/system/cpus/cpu[index=ALL]/state/total/instant", kind: gauge, unit: ratio, instance: all}',
      '{metric: uptime, path: /system/state/up-time, kind: ignore}',
      '{metric: fan_speed, path: "/fans/fan[name=*]/state/speed", kind: gauge, unit: rpm}',
    )
    const normaliser = new Normaliser(await compileMappings([{ name: 'own.yaml', text }]))
    const values = {
      '/system/cpus/cpu[index=ALL]/state/total/instant': 1,
      '/system/state/up-time': 1,
      '/fans/fan[name=f1]/state/speed': 900,
    }
    expect(samplesOf(normaliser, message(1_774_965_731_000, values))).to.deep.equal([
      { metric: 'cpu_load', unit: 'ratio', instance: 'all', value: 1 },
      { metric: 'fan_speed', unit: 'rpm', instance: 'f1', value: 900 },
    ])
  })
})

describe('the built-in mappings', () => {
  it('are the families of the documentation, each in a file of its name', async () => {
    const mappings = await builtInMappings()
    for (const { source, family } of mappings) expect(source).to.equal(`${family}.yaml`)
    expect(mappings.map(({ family }) => family)).to.deep.equal([
      'arista-eos',
      'cisco-nxos',
      'cisco-xe',
      'cisco-xr',
      'juniper',
      'nokia-srlinux',
      'openconfig',
      'shitops',
    ])
  })

  it('give metrics of the vocabulary only, and no two rules are the same', async () => {
    const seen = new Set<string>()
    for (const { rules, metrics } of await builtInMappings()) {
      expect(metrics).to.deep.equal({})
      for (const { metric, unit, pattern } of rules) {
        expect((METRICS as Record<string, { unit: string }>)[metric]?.unit).to.equal(unit)
        const name = `${metric} ${pattern.text}`
        expect(seen.has(name), name).to.equal(false)
        seen.add(name)
      }
    }
  })
})
