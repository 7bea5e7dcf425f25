import { status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { formatCapabilities } from '../../../../src/cli/gnmi/capabilities-view.ts'
import { readGetAnswer } from '../../../../src/cli/gnmi/get-answer.ts'
import { type GetFlags, getSpec } from '../../../../src/cli/gnmi/get-spec.ts'
import { oddResults } from '../../../../src/cli/gnmi/set-view.ts'
import { GnmiConnection } from '../../../../src/collectors/gnmi/client/connection.ts'
import { askCapabilities } from '../../../../src/collectors/gnmi/request/capabilities.ts'
import { get } from '../../../../src/collectors/gnmi/request/get.ts'
import { planSet, type SetSpec } from '../../../../src/collectors/gnmi/request/set.ts'
import { set } from '../../../../src/collectors/gnmi/request/set-response.ts'
import { int64Text } from '../../../../src/collectors/gnmi/wire/int64.ts'
import { Refusal, type ScriptedTarget } from '../../../../src/office/gnmi/scripted/index.ts'
import { thrownBy } from '../../../support/thrown-by.ts'
import { collected, leaf, notification, path, useTarget } from './support.ts'

const TIMEOUT = { timeout: 10_000 }

/** docs/gnmi-conformance.md, statement 34 and 50–52: the unary calls. */
describe('gNMI conformance: calls', () => {
  const listen = useTarget()
  const connections: GnmiConnection[] = []
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close()
  })
  const dial = (target: ScriptedTarget) => {
    const connection = new GnmiConnection({ addresses: [target.address] })
    connections.push(connection)
    return connection
  }
  /** What the last request says; a field that is at its default is not there. */
  const lastAsked = (target: ScriptedTarget) => (target.requests.at(-1)?.message ?? {}) as { type?: string; encoding?: string }
  const got = async (target: ScriptedTarget, flags: Partial<GetFlags>) => {
    const bytes = await get(dial(target), getSpec({ path: ['/a'], type: 'all', encoding: 'json', ...flags }), TIMEOUT)
    const read: Array<[time: string, updates: number]> = []
    const failure = await readGetAnswer('t', bytes, ({ timestampLo, timestampHi, updateCount }) => {
      read.push([int64Text(timestampLo, timestampHi), updateCount])
    })
    expect(failure).to.equal(undefined)
    return read
  }

  it('34: a time is that of all updates of its notification; a Get has a notification for each path, each with its own', async () => {
    const target = await listen()
    const update = [leaf('a', { uint_val: '1' }), leaf('b', { uint_val: '2' })]
    const { notifications } = await collected(target, [notification({ update })])
    expect(notifications().map(({ timestamp_ns, updates }) => [timestamp_ns, updates?.length])).to.deep.equal([['1769759931250417113', 2]])

    const answers = ['5', '9223372036854775807'].map((timestamp) => ({ timestamp, update: [leaf('a', { uint_val: '1' })] }))
    target.answers.Get = { notification: answers }
    expect(await got(target, { path: ['/a', '/b'] })).to.deep.equal([
      ['5', 1],
      ['9223372036854775807', 1],
    ])
  })

  it('50: a Set is one transaction, in the order delete, replace, update; a union_replace stands alone; it is sent once, whatever happens', async () => {
    const target = await listen()
    const value = (at: string) => ({ path: at, value: { uint_val: '1' } })
    const none: SetSpec = { deletes: [], replaces: [], updates: [], unionReplaces: [] }
    const plan = planSet({ ...none, deletes: ['/d'], replaces: [value('/r')], updates: [value('/u'), value('/v')] })
    expect(plan.operations.map(({ op, path: at }) => `${op} ${at}`)).to.deep.equal(['delete /d', 'replace /r', 'update /u', 'update /v'])
    const answer = await set(dial(target), plan, TIMEOUT)
    expect(target.requests.map(({ method }) => method)).to.deep.equal(['Set'])
    expect(answer.results.map(({ op }) => op)).to.deep.equal(['delete', 'replace', 'update', 'update'])
    expect(oddResults(plan, answer)).to.equal(undefined)
    expect(oddResults(plan, { ...answer, results: answer.results.slice(1) })).to.match(/3.*4|4.*3/)
    expect(() => planSet({ ...none, deletes: ['/d'], unionReplaces: [value('/r')] }))
      .to.throw()
      .with.property('code', 'SHITOPS_E_USAGE')
    const union = planSet({ ...none, unionReplaces: [value('/r'), value('/s')] })
    expect((await set(dial(target), union, TIMEOUT)).results.map(({ op }) => op)).to.deep.equal(['union_replace', 'union_replace'])

    for (const name of ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ABORTED', 'RESOURCE_EXHAUSTED'] as const) {
      const before = target.requests.length
      target.answers.Set = new Refusal(status[name], 'busy')
      await thrownBy(() => set(dial(target), plan, TIMEOUT))
      expect(target.requests.length - before, name).to.equal(1)
    }
  })

  it('51: Get asks for the type and the encoding that were wanted, JSON where none was; a path that is missing is NOT_FOUND', async () => {
    const target = await listen()
    target.answers.Get = { notification: [] }
    for (const type of ['all', 'config', 'state', 'operational'] as const) {
      await got(target, { type })
      expect(lastAsked(target).type ?? 'ALL').to.equal(type.toUpperCase())
    }
    const encodingOf = async (encoding: string) => {
      await got(target, { encoding })
      return lastAsked(target).encoding ?? 'JSON'
    }
    expect(await encodingOf('proto')).to.equal('PROTO')
    expect(await encodingOf('auto')).to.equal('JSON_IETF')
    target.answers.Capabilities = new Refusal(status.UNIMPLEMENTED, 'no such call')
    expect(await encodingOf('auto')).to.equal('JSON')

    const big = notification({ update: [{ path: path('a'), val: { string_val: 'x'.repeat(20_000_000) } }] }).update
    target.answers.Get = { notification: [big] }
    expect(await got(target, {})).to.deep.equal([['1769759931250417113', 1]])

    target.answers.Get = new Refusal(status.NOT_FOUND, '/a is not here')
    const missing = await thrownBy(() => got(target, {}))
    expect(missing).to.include({ code: 'SHITOPS_E_GNMI_REFUSED' })
    expect(missing.message).to.match(/NOT_FOUND: \/a is not here/)
    target.answers.Get = new Refusal(status.UNIMPLEMENTED, 'encoding')
    expect((await thrownBy(() => got(target, { encoding: 'ascii' }))).message).to.match(/UNIMPLEMENTED.*encoding ascii/)
  })

  it('52: Capabilities has the version, the encodings by name and the models; an encoding that has no name is a number', async () => {
    const target = await listen()
    target.answers.Capabilities = {
      supported_models: [{ name: 'openconfig-system', organization: 'OpenConfig', version: '2.3.0' }, { name: 'own' }],
      supported_encodings: ['JSON', 'JSON_IETF', 42],
      gNMI_version: '0.10.0',
    }
    const capabilities = await askCapabilities(dial(target), TIMEOUT)
    expect(capabilities).to.deep.equal({
      version: '0.10.0',
      encodings: ['JSON', 'JSON_IETF', 42],
      models: [
        { name: 'openconfig-system', organization: 'OpenConfig', version: '2.3.0' },
        { name: 'own', organization: '', version: '' },
      ],
    })
    const text = formatCapabilities('leaf1', capabilities, 80)
    expect(text).to.match(/gNMI: +0\.10\.0/)
    expect(text).to.match(/encodings: json, json_ietf, 42/)
    expect(text).to.match(/openconfig-system +2\.3\.0 +OpenConfig/)
  })
})
