import { expect } from 'chai'
import fc from 'fast-check'
import { subscribeRequest } from '../../../../src/collectors/gnmi/request/subscribe.ts'
import { targetProblems } from '../../../../src/collectors/gnmi/targets/check.ts'
import { contradictions, layered } from '../../../../src/collectors/gnmi/targets/layers.ts'
import { resolveTargets } from '../../../../src/collectors/gnmi/targets/resolve.ts'
import type { DefaultSettings, SubscriptionSettings, TargetsSettings } from '../../../../src/collectors/gnmi/targets/settings.ts'

const COUNTERS: SubscriptionSettings = { name: 'counters', paths: ['/interfaces'] }
const told = (settings: TargetsSettings, under?: TargetsSettings) =>
  targetProblems(settings, under).map(({ keys, message }) => `${keys.join('.')} ${message}`)

describe('targets from settings', () => {
  it('are resolved with what holds for all of them', () => {
    const { targets } = resolveTargets({
      defaults: { port: 57400, username: 'a', passwordFile: '/pw', site: 'hq', encoding: 'proto', keepalive: '30s' },
      subscriptions: [
        COUNTERS,
        { name: 'state', groups: [{ paths: ['/system'], streamMode: 'on-change', heartbeatInterval: '1m' }], encoding: 77 },
      ],
      targets: [
        { address: '10.0.0.1' },
        {
          name: 'b',
          address: ['b', '2001:db8::1', 'c:1', 'unix:/s'],
          subscriptions: ['state'],
          encoding: 'auto',
          site: 'dc',
          person: 'p-1',
          prefixTarget: 'x',
        },
      ],
    })
    const how = { username: 'a', passwordFile: '/pw', keepalive: '30s' }
    const counters = { name: 'counters', mode: 'stream', groups: [{ paths: ['/interfaces'], mode: 'sample', sampleInterval: 10_000 }] }
    const state = {
      name: 'state',
      mode: 'stream',
      encoding: 77,
      groups: [{ paths: ['/system'], mode: 'on_change', heartbeatInterval: 60_000 }],
    }
    expect(targets).to.deep.equal([
      { name: '10.0.0.1', addresses: ['10.0.0.1:57400'], how, subscriptions: [{ ...counters, encoding: 'PROTO' }, state], site: 'hq' },
      {
        ...{ name: 'b', addresses: ['b:57400', '[2001:db8::1]:57400', 'c:1', 'unix:/s'], how, subscriptions: [state] },
        ...{ site: 'dc', person: 'p-1', prefixTarget: 'x' },
      },
    ])
  })

  it('carry everything that a subscription says', () => {
    const subscription: SubscriptionSettings = {
      ...{ name: 's', mode: 'poll', paths: ['/a', '/b'], encoding: 'json_ietf', prefix: '/p', updatesOnly: true, qos: 10, depth: 2 },
      ...{ allowAggregation: true, models: ['m'], pollInterval: '1m', polls: 3, staleAfter: '0s' },
    }
    expect(resolveTargets({ subscriptions: [subscription], targets: [{ address: 'a' }] }).targets[0]?.subscriptions).to.deep.equal([
      {
        ...{ name: 's', mode: 'poll', encoding: 'JSON_IETF', groups: [{ paths: ['/a', '/b'], mode: 'sample' }], prefix: '/p' },
        ...{ updatesOnly: true, qos: 10, allowAggregation: true, models: [{ name: 'm' }], extensions: [{ depth: { level: 2 } }] },
        ...{ pollInterval: 60_000, polls: 3, staleAfter: 0 },
      },
    ])
  })

  it('build on those of another place', () => {
    const under: TargetsSettings = { defaults: { port: 1, site: 'hq' }, subscriptions: [COUNTERS] }
    const file: TargetsSettings = {
      defaults: { site: 'branch' },
      subscriptions: [{ ...COUNTERS, name: 'more' }],
      targets: [{ address: 'a' }, { address: 'b', subscriptions: ['counters'] }],
    }
    const { targets } = resolveTargets(file, under)
    expect(
      targets.map(({ addresses, site, subscriptions }) => [...addresses, site, ...subscriptions.map(({ name }) => name)]),
    ).to.deep.equal([
      ['a:1', 'branch', 'counters', 'more'],
      ['b:1', 'branch', 'counters'],
    ])
    expect(told(file, under)).to.deep.equal([])
    expect(told({ subscriptions: [COUNTERS] }, under)).to.deep.equal(['subscriptions.0.name is the name of another subscription'])
  })

  it('ask for what the command line asks for, where it does', () => {
    const asked = [
      { name: 'default', mode: 'once' as const, encoding: 'auto' as const, groups: [{ paths: ['/'], mode: 'sample' as const }] },
    ]
    const { targets } = resolveTargets({ targets: [{ address: 'a' }], subscriptions: [COUNTERS] }, {}, asked)
    expect(targets[0]?.subscriptions).to.deep.equal(asked)
  })

  it('share what they have in common, so that a thousand of them stay small', () => {
    const targets = Array.from({ length: 1_000 }, (_, i) => ({ address: `10.0.${i >> 8}.${i & 255}` }))
    const resolved = resolveTargets({ subscriptions: [COUNTERS], targets }).targets
    expect(new Set(resolved.map(({ subscriptions }) => subscriptions)).size).to.equal(1)
  })
})

describe('what holds for one target and for all', () => {
  it('is decided key by key, and what contradicts or doubles the own word gives way', () => {
    const base: DefaultSettings = {
      username: 'a',
      passwordFile: '/pw',
      tokenEnv: 'T',
      tlsCaFile: '/ca',
      tlsCertFile: '/c',
      tlsKeyFile: '/k',
    }
    expect(layered(base, {})).to.deep.equal(base)
    const keys = (own: DefaultSettings, under = base) => Object.keys(layered(under, own)).sort().join(' ')
    expect(keys({ passwordEnv: 'P' })).to.equal('passwordEnv tlsCaFile tlsCertFile tlsKeyFile tokenEnv username')
    expect(keys({ tokenFile: '/t' })).to.equal('passwordFile tlsCaFile tlsCertFile tlsKeyFile tokenFile username')
    expect(keys({ insecure: true })).to.equal('insecure passwordFile username')
    expect(keys({ skipVerify: true })).to.equal('passwordFile skipVerify tlsCertFile tlsKeyFile tokenEnv username')
    expect(keys({ tlsCaFile: '/other' }, { skipVerify: true, insecure: true })).to.equal('tlsCaFile')
    expect(layered({ insecure: true }, { insecure: false })).to.deep.equal({ insecure: false })
    expect(layered({ site: 'hq' }, { site: undefined })).to.deep.equal({ site: 'hq' })
  })

  it('is never contradictory where neither layer is', () => {
    const text = fc.constant('x')
    const settings = fc.record(
      {
        ...{ username: text, passwordFile: text, passwordEnv: text, tokenFile: text, tokenEnv: text, insecure: fc.boolean() },
        ...{ skipVerify: fc.boolean(), tlsCaFile: text, tlsCertFile: text, tlsKeyFile: text, tlsServerName: text },
      },
      { requiredKeys: [] },
    )
    const sound = settings.filter((layer) => contradictions(layer).length === 0)
    fc.assert(
      fc.property(sound, sound, (base, own) => {
        expect(contradictions(layered(base, own))).to.deep.equal([])
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('problems of targets', () => {
  it('are contradictions, told where the setting stands that is to blame', () => {
    const wrong: Array<[defaults: DefaultSettings, own: DefaultSettings, where: RegExp]> = [
      [
        {},
        { username: 'a', passwordFile: '/p', passwordEnv: 'P' },
        /^targets\.0\.passwordEnv says where the secret is, and so does passwordFile$/,
      ],
      [{}, { tokenFile: '/t', tokenEnv: 'T' }, /^targets\.0\.tokenEnv says where/],
      [{}, { passwordEnv: 'P' }, /^targets\.0\.passwordEnv is a password without a user$/],
      [{ passwordEnv: 'P' }, {}, /^defaults\.passwordEnv is a password without a user$/],
      [{}, { tokenEnv: 'T', insecure: true }, /^targets\.0\.tokenEnv is sent over TLS only/],
      [{}, { insecure: true, tlsServerName: 'x' }, /^targets\.0\.insecure is plaintext, and tlsServerName is about TLS$/],
      [{ insecure: true, tlsServerName: 'x' }, {}, /^defaults\.insecure is plaintext/],
      [{}, { skipVerify: true, tlsCaFile: '/ca' }, /^targets\.0\.skipVerify checks no certificate/],
      [{}, { tlsCertFile: '/c' }, /^targets\.0\.tlsCertFile is half of a client certificate$/],
      [{}, { tlsKeyFile: '/c' }, /^targets\.0\.tlsKeyFile is half of a client certificate$/],
    ]
    for (const [defaults, own, where] of wrong) {
      const problems = told({ defaults, targets: [{ address: 'a', ...own }] })
      expect(problems, JSON.stringify(own)).to.have.length(1)
      expect(problems[0]).to.match(where)
    }
    const many = { defaults: { passwordEnv: 'P' }, targets: ['a', 'b', 'c'].map((address) => ({ address })) }
    expect(told(many), 'a mistake in the defaults is one').to.have.length(1)
    expect(told({ targets: [{ address: 'a' }] }, { defaults: { passwordEnv: 'P' } })).to.deep.equal([
      'targets.0 contradicts itself: passwordEnv is a password without a user',
    ])
  })

  it('are names and addresses', () => {
    const at = (...targets: NonNullable<TargetsSettings['targets']>) => told({ subscriptions: [COUNTERS], targets })
    expect(at({ address: 'a' }, { address: 'a' })).to.deep.equal(['targets.1.address names the same target as targets[0]'])
    expect(at({ address: 'a' }, { name: 'a', address: 'b' })).to.deep.equal(['targets.1.name names the same target as targets[0]'])
    expect(at({ name: 'x', address: [] })).to.deep.equal(['targets.0.address is empty'])
    expect(at({ name: 'x', address: ['a', 'a'] })).to.deep.equal(['targets.0.address.1 stands there twice'])
    expect(at({ name: 'x', address: ['a', 'b,c'] })).to.deep.equal(['targets.0.address.1 holds a comma'])
    expect(at({ address: 'a:0' })).to.deep.equal(['targets.0.address has a port of no such number'])
    expect(at({ address: 'a', subscriptions: [] })).to.deep.equal(['targets.0.subscriptions is empty'])
    expect(at({ address: 'a', subscriptions: ['counters', 'counters'] })).to.deep.equal(['targets.0.subscriptions.1 stands there twice'])
    expect(told({ librenms: { rules: [{ subscriptions: ['x'] }] } })).to.deep.equal([
      'librenms.rules.0.subscriptions.0 names no subscription',
    ])
  })

  it('are rules that no device ever comes to', () => {
    const rules = (...all: NonNullable<NonNullable<TargetsSettings['librenms']>['rules']>) => told({ librenms: { rules: all } })
    expect(rules({ os: 'eos' }, {})).to.deep.equal([])
    expect(rules({ os: ['eos', '*'] }, { os: 'junos' })).to.deep.equal(['librenms.rules.1 is never reached: rules[0] takes every device'])
    expect(rules({ os: '*', up: true }, { os: 'junos' })).to.deep.equal([])
  })

  it('are whatever the request would be refused for, and nothing else', () => {
    const word = fc.constantFrom('/a', 'x:/b', 'y:/c', '/d[e', '/', '/a//b')
    const some = fc.record(
      {
        ...{ paths: fc.array(word, { maxLength: 3 }), mode: fc.constantFrom('stream' as const, 'once' as const, 'poll' as const) },
        ...{ streamMode: fc.constantFrom('sample' as const, 'on-change' as const, 'target-defined' as const), prefix: word },
        ...{ sampleInterval: fc.constantFrom('10s', '0s'), heartbeatInterval: fc.constant('1m'), suppressRedundant: fc.boolean() },
      },
      { requiredKeys: ['paths'] },
    )
    fc.assert(
      fc.property(some, (subscription) => {
        const settings = { subscriptions: [{ name: 's', ...subscription }], targets: [{ address: 'a' }] }
        const problems = told(settings)
        const request = () => {
          for (const one of resolveTargets(settings).targets[0]?.subscriptions ?? []) subscribeRequest({}, one, 'JSON')
        }
        if (problems.length === 0) expect(request).not.to.throw()
        // What does not go with its mode is left out of the request, and told all the same.
        else if (!problems.some((problem) => / is for (mode|samples)/.test(problem))) expect(request).to.throw()
      }),
      { numRuns: 2_000 },
    )
  })

  it('are groups that are none', () => {
    const of = (subscription: Omit<SubscriptionSettings, 'name'>) => told({ subscriptions: [{ name: 's', ...subscription }] })
    expect(of({ groups: [] })).to.deep.equal(['subscriptions.0.groups is empty'])
    expect(of({ groups: [{ paths: [] }] })).to.deep.equal(['subscriptions.0.groups.0.paths is empty'])
    expect(of({ groups: [{ paths: ['/'] }], paths: ['/'], streamMode: 'sample' })).to.deep.equal([
      'subscriptions.0.paths stands beside groups',
      'subscriptions.0.streamMode stands beside groups',
    ])
    expect(of({ groups: [{ paths: ['/'], sampleInterval: '1s', streamMode: 'on-change' }] })).to.deep.equal([
      'subscriptions.0.groups.0.sampleInterval is for samples, and the stream mode is on-change',
    ])
    expect(of({ paths: ['/'], polls: 2 })).to.deep.equal(['subscriptions.0.polls is for mode poll'])
    expect(of({ paths: ['a:/x', 'b:/y'], prefix: '/p' })[0]).to.match(
      /^subscriptions\.0 cannot be asked for: the paths under the prefix have several/,
    )
  })
})
