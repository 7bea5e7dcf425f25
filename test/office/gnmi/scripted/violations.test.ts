import { expect } from 'chai'
import { GnmiMessages, pathViolations, violations } from '../../../../src/office/gnmi/scripted/index.ts'
import type { RequestContext } from '../../../../src/office/gnmi/scripted/violations.ts'

describe('what a strict gNMI target refuses', () => {
  let messages: GnmiMessages
  before(async () => {
    messages = await GnmiMessages.load()
  })

  /** Of a request as it comes off the wire. */
  const found = (request: object, context?: RequestContext) =>
    violations(messages.decodeRequest('Subscribe', messages.encodeRequest('Subscribe', request)), context)
  const path = { elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: '*' } }] }
  const list = (subscription: object, rest: object = {}) => ({ subscribe: { subscription: [subscription], ...rest } })
  const SECONDS = '10000000000'

  const TAKEN: Record<string, object> = {
    'nothing but a path': list({ path }),
    'the root': list({ path: {} }),
    'SAMPLE with an interval': list({ path, mode: 'SAMPLE', sample_interval: SECONDS }),
    'SAMPLE as fast as it can': list({ path, mode: 'SAMPLE', sample_interval: 0 }),
    'SAMPLE, redundant ones suppressed, with a heartbeat': list({
      ...{ path, mode: 'SAMPLE', sample_interval: SECONDS },
      ...{ suppress_redundant: true, heartbeat_interval: '60000000000' },
    }),
    'ON_CHANGE with a heartbeat': list({ path, mode: 'ON_CHANGE', heartbeat_interval: SECONDS }),
    'target and origin in the prefix': list({ path }, { prefix: { target: 'core-1', origin: 'openconfig' } }),
    'origins in the paths': { subscribe: { subscription: [{ path: { ...path, origin: 'a' } }, { path: { ...path, origin: 'b' } }] } },
    'ONCE and POLL': list({ path }, { mode: 'ONCE', updates_only: true }),
    'a snapshot with ONCE': { ...list({ path }, { mode: 'ONCE' }), extension: [{ history: { snapshot_time: '5' } }] },
    'a range with STREAM': { ...list({ path }), extension: [{ history: { range: { start: '5', end: '6' } } }, { depth: { level: 1 } }] },
  }
  for (const [what, request] of Object.entries(TAKEN)) {
    it(`not ${what}`, () => {
      expect(found(request)).to.deep.equal([])
    })
  }

  const REFUSED: Record<string, [request: object, context?: RequestContext]> = {
    '1: the first message of the RPC carries poll, not subscribe': [{ poll: {} }],
    '1: the first message of the RPC carries nothing, not subscribe': [{}],
    '1: a second SubscriptionList on one RPC': [list({ path }), { earlier: 1 }],
    '2: no subscription in the list': [{ subscribe: { mode: 'ONCE' } }],
    '4: target in a path (path 0)': [list({ path: { ...path, target: 'core-1' } })],
    '5: origin in the prefix and in a path (path 0)': [list({ path: { origin: 'a' } }, { prefix: { origin: 'b' } })],
    '5: origin in a path under a prefix with elems (path 0)': [list({ path: { origin: 'a' } }, { prefix: path })],
    '7: an elem without a name (path 0)': [list({ path: { elem: [{}] } })],
    '8: a key without a name (prefix)': [list({ path }, { prefix: { elem: [{ name: 'a', key: { '': 'b' } }] } })],
    '11: element is used (path 0)': [list({ path: { element: ['a'] } })],
    '12: sample_interval of 10000 ns (subscription 0)': [list({ path, mode: 'SAMPLE', sample_interval: 10_000 })],
    '13: sample_interval with TARGET_DEFINED (subscription 0)': [list({ path, sample_interval: SECONDS })],
    '13: sample_interval with ON_CHANGE (subscription 0)': [list({ path, mode: 'ON_CHANGE', sample_interval: SECONDS })],
    '14: suppress_redundant with ON_CHANGE (subscription 0)': [list({ path, mode: 'ON_CHANGE', suppress_redundant: true })],
    '14: heartbeat_interval with TARGET_DEFINED (subscription 0)': [list({ path, heartbeat_interval: SECONDS })],
    '14: heartbeat_interval with SAMPLE, without suppress_redundant (subscription 0)': [
      list({ path, mode: 'SAMPLE', sample_interval: SECONDS, heartbeat_interval: SECONDS }),
    ],
    '15: qos is set': [list({ path }, { qos: { marking: 20 } })],
    '15: allow_aggregation is set': [list({ path }, { allow_aggregation: true })],
    '15: use_models is set': [list({ path }, { use_models: [{ name: 'a' }] })],
    '16: mode with ONCE (subscription 0)': [list({ path, mode: 'SAMPLE' }, { mode: 'ONCE' })],
    '16: sample_interval with POLL (subscription 0)': [list({ path, sample_interval: SECONDS }, { mode: 'POLL' })],
    '16: heartbeat_interval with ONCE (subscription 0)': [list({ path, heartbeat_interval: SECONDS }, { mode: 'ONCE' })],
    '16: suppress_redundant with ONCE (subscription 0)': [list({ path, suppress_redundant: true }, { mode: 'ONCE' })],
    '17: a history snapshot with STREAM': [{ ...list({ path }), extension: [{ history: { snapshot_time: '5' } }] }],
    '17: a history range with ONCE': [{ ...list({ path }, { mode: 'ONCE' }), extension: [{ history: { range: { end: '6' } } }] }],
    '17: a history range that ends before it starts': [
      { ...list({ path }), extension: [{ history: { range: { start: '6', end: '5' } } }] },
    ],
  }
  for (const [what, [request, context]] of Object.entries(REFUSED)) {
    it(what, () => {
      expect(found(request, context)).to.deep.equal([what])
    })
  }

  it('finds all there is, each where it is', () => {
    const subscription = [{ path }, { path: { ...path, target: 'x' }, sample_interval: SECONDS }]
    expect(found({ subscribe: { subscription, qos: {} } })).to.deep.equal([
      '4: target in a path (path 1)',
      '13: sample_interval with TARGET_DEFINED (subscription 1)',
      '15: qos is set',
    ])
  })

  it('takes what was asked for in so many words', () => {
    const request = list({ path }, { qos: { marking: 20 }, allow_aggregation: true, use_models: [{ name: 'a' }] })
    expect(found(request, { asked: { qos: true, allowAggregation: true, useModels: true } })).to.deep.equal([])
  })

  it('takes polls after the list', () => {
    expect(found({ poll: {} }, { earlier: 1 })).to.deep.equal([])
    expect(found({}, { earlier: 1 })).to.have.length(1)
  })

  it('looks at the paths of the other RPCs', () => {
    expect(pathViolations({ origin: 'a' }, [undefined, { origin: 'b' }])).to.deep.equal(['5: origin in the prefix and in a path (path 1)'])
  })
})
