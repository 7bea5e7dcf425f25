import { expect } from 'chai'
import fc from 'fast-check'
import { type Device, deviceFrom } from '../../../../src/collectors/gnmi/targets/device.ts'
import { discovered, distinctNames } from '../../../../src/collectors/gnmi/targets/discover.ts'
import { mergePlans } from '../../../../src/collectors/gnmi/targets/merge.ts'
import type { TargetPlan } from '../../../../src/collectors/gnmi/targets/plan.ts'
import { resolveTargets } from '../../../../src/collectors/gnmi/targets/resolve.ts'
import type { DefaultSettings, RuleSettings } from '../../../../src/collectors/gnmi/targets/settings.ts'
import { examples } from '../../../../src/events/librenms_devices.ts'

const device = (id: number, more: Partial<Device> = {}): Device => ({
  ...{ id, instance: '', hostname: `10.0.0.${id}`, up: true, disabled: false },
  ...more,
})

const found = (devices: readonly Device[], rules: RuleSettings[], defaults: DefaultSettings = {}) =>
  discovered(devices, resolveTargets({ defaults, subscriptions: [{ name: 's', paths: ['/'] }], librenms: { rules } }).rules)

describe("targets among LibreNMS's devices", () => {
  it('are those that a rule matches; the first one counts', () => {
    const devices = [
      device(1, { os: 'eos' }),
      device(2, { os: 'Arista_EOS' }),
      device(3, { os: 'junos' }),
      device(4),
      device(5, { os: 'ping' }),
      device(6, { os: 'eos', hostname: 'lab-1.example' }),
      device(7, { os: 'eos', sysName: 'LAB-2' }),
    ]
    const rules = [
      { os: 'p*', skip: true },
      { hostname: 'lab-*', skip: true },
      { os: ['eos', 'arista_*'], port: 6030 },
      { os: 'junos', port: 32767 },
    ]
    expect(found(devices, rules).flatMap(({ addresses }) => addresses)).to.deep.equal(['10.0.0.1:6030', '10.0.0.2:6030', '10.0.0.3:32767'])
    expect(found(devices, [{}])).to.have.length(7)
    expect(found(devices, [])).to.have.length(0)
  })

  it('must be all that a rule says: os, host name, type, whether it is up', () => {
    const rule: RuleSettings = { os: 'eos', hostname: '*.hq', type: 'net*', up: true }
    const right = device(1, { os: 'eos', hostname: 'a.hq', type: 'network' })
    expect(found([right], [rule])).to.have.length(1)
    for (const wrong of [{ os: 'xeos' }, { hostname: 'a.hqx' }, { type: 'server' }, { up: false }]) {
      expect(found([{ ...right, ...wrong }], [rule]), JSON.stringify(wrong)).to.have.length(0)
    }
  })

  it('are also those that are down, but not those that are disabled', () => {
    expect(found([device(1, { up: false }), device(2, { disabled: true })], [{}]).map(({ name }) => name)).to.deep.equal(['10.0.0.1'])
    expect(found([device(1, { up: false })], [{ up: true }])).to.have.length(0)
    expect(found([device(1, { up: false }), device(2)], [{ up: false }]).map(({ name }) => name)).to.deep.equal(['10.0.0.1'])
  })

  it('take dots and the like in a pattern for what they are', () => {
    for (const [pattern, hostname, fits] of [
      ['a.b', 'axb', false],
      ['a+', 'aa', false],
      ['[a]', 'a', false],
      ['*', 'anything', true],
      ['a*c', 'abbbc', true],
      ['a*c', 'abcd', false],
    ] as const) {
      expect(found([device(1, { hostname })], [{ hostname: pattern }]).length === 1, pattern).to.equal(fits)
    }
  })

  it('have the address, the name and the labels of the device', () => {
    const row = deviceFrom(Buffer.from(JSON.stringify(examples.full)))
    if (typeof row === 'string') return expect.fail(row)
    const rule: RuleSettings = { port: 6030, team: 'network', username: 'u', passwordEnv: 'P', prefixTarget: 'x' }
    const [target] = found([row], [rule], { site: 'default', role: 'default' })
    expect(target).to.deep.include({
      name: 'access-1',
      addresses: ['10.0.4.11:6030'],
      site: 'hq, floor 2',
      role: 'network',
      team: 'network',
    })
    expect(target).to.deep.include({ how: { username: 'u', passwordEnv: 'P' }, prefixTarget: 'x' })
    const [named] = found([row], [{ ...rule, dial: 'hostname', site: 'mine', role: 'switch' }])
    expect(named).to.deep.include({ addresses: ['access-1.example:6030'], site: 'mine', role: 'switch' })
    const [bare] = found([device(1, { hostname: '2001:db8::1' })], [{ port: 1 }], { site: 'default' })
    expect(bare).to.deep.include({ name: '2001:db8::1', addresses: ['[2001:db8::1]:1'], site: 'default' })
  })

  it('read what LibreNMS may leave empty, and say what is no device', () => {
    const of = (value: unknown) => deviceFrom(Buffer.from(JSON.stringify(value)))
    expect(of({ device_id: 1, hostname: 'a', up: true, sys_name: '', ip: null, os: ' eos\n', extra: {} })).to.deep.equal({
      ...{ id: 1, instance: '', hostname: 'a', up: true, disabled: false, os: 'eos' },
    })
    for (const value of [null, 1, [], {}, { device_id: 1 }, { device_id: 1, hostname: ' ' }, { hostname: 'a' }])
      expect(of(value)).to.be.a('string')
    expect(deviceFrom(Buffer.from('{'))).to.equal('is not JSON')
  })

  it('are told apart where several call themselves the same', () => {
    const named = (...devices: Array<Partial<Device>>) => distinctNames(devices.map((more, i) => device(i + 1, more)))
    expect(named({ sysName: 'a' }, { sysName: 'b' })).to.deep.equal(['a', 'b'])
    expect(named({ sysName: 'sw' }, { sysName: 'sw' }, { sysName: 'b' })).to.deep.equal(['sw@10.0.0.1', 'sw@10.0.0.2', 'b'])
    expect(named({ hostname: 'h', instance: 'x' }, { hostname: 'h', instance: 'y' })).to.deep.equal(['h@x:1', 'h@y:2'])
    expect(named({ sysName: 'h', hostname: 'h' }, { hostname: 'h', instance: 'y' })).to.deep.equal(['h@h', 'h'])
  })

  it('never share a name, and are the same in whatever order they come', () => {
    const some = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 9 }),
        instance: fc.constantFrom('', 'x'),
        hostname: fc.constantFrom('h', 'i'),
        sysName: fc.constantFrom('sw', 'h', 'cœur'),
      }),
      { selector: ({ id, instance }) => `${instance}:${id}` },
    )
    fc.assert(
      fc.property(some, (rows) => {
        const devices = rows.map(({ id, ...more }) => device(id, more))
        const targets = found(devices, [{}])
        expect(new Set(targets.map(({ name }) => name)).size).to.equal(devices.length)
        expect(found(devices.toReversed(), [{}])).to.deep.equal(targets)
      }),
    )
  })
})

describe('targets of several sources', () => {
  const plan = (name: string, addresses: string[] = [name], prefixTarget?: string): TargetPlan => ({
    ...{ name, addresses, how: {}, subscriptions: [] },
    ...(prefixTarget !== undefined && { prefixTarget }),
  })

  it('are one set; what an earlier source has, a later one does not take over, and a warning says so', () => {
    const { plans, warnings } = mergePlans([
      { source: 'one', plans: [plan('a', ['10.0.0.1:1']), plan('b')] },
      { source: 'two', plans: [plan('b', ['elsewhere']), plan('c')] },
      { source: 'three', plans: [plan('d', ['10.0.0.1:1']), plan('e', ['10.0.0.1:2']), plan('c')] },
    ])
    expect(plans.map(({ name, addresses }) => [name, ...addresses])).to.deep.equal([
      ['a', '10.0.0.1:1'],
      ['b', 'b'],
      ['c', 'c'],
      ['e', '10.0.0.1:2'],
    ])
    expect(warnings).to.deep.equal([
      'b is a target of one; the one of that name from two is left out',
      'd from three has an address of a from one, and is left out',
      'c is a target of two; the one of that name from three is left out',
    ])
  })

  it('may have one address twice in one source, or for several devices behind a gateway', () => {
    const { plans, warnings } = mergePlans([
      { source: 'one', plans: [plan('a', ['x']), plan('b', ['x'])] },
      { source: 'two', plans: [plan('c', ['x'], 'behind')] },
    ])
    expect(plans).to.have.length(3)
    expect(warnings).to.deep.equal([])
  })
})
