import { expect } from 'chai'
import { jsonSubtree } from '../../../../../src/collectors/gnmi/agent/tree/json-subtree.ts'
import { LeafPaths, type LeafValue } from '../../../../../src/collectors/gnmi/agent/tree/leaf.ts'
import { typedValue } from '../../../../../src/collectors/gnmi/agent/tree/typed-value.ts'

const paths = new LeafPaths()
const leaf = (path: string, value: LeafValue) => ({ path: paths.get(path), value, kind: 'state' as const })

describe("the agent's JSON", () => {
  const leaves = [
    leaf('/interfaces/interface[name=eth0]/state/name', 'eth0'),
    leaf('/interfaces/interface[name=eth0]/state/counters/in-octets', 2n ** 64n - 1n),
    leaf('/interfaces/interface[name=7]/state/name', '7'),
  ]

  it('is RFC 7951: modules on the outermost members, keys in their entries, 64 bits as text', () => {
    expect(jsonSubtree(leaves, 0, 'JSON_IETF')).to.equal(
      '{"openconfig-interfaces:interfaces":{"interface":[' +
        '{"name":"eth0","state":{"name":"eth0","counters":{"in-octets":"18446744073709551615"}}},{"name":"7","state":{"name":"7"}}]}}',
    )
    expect(jsonSubtree(leaves.slice(0, 2), 2, 'JSON_IETF')).to.equal(
      '{"openconfig-interfaces:name":"eth0","openconfig-interfaces:state":{"name":"eth0","counters":{"in-octets":"18446744073709551615"}}}',
    )
  })

  it('is plain JSON with every digit', () => {
    expect(jsonSubtree(leaves.slice(0, 2), 3, 'JSON')).to.equal('{"name":"eth0","counters":{"in-octets":18446744073709551615}}')
  })

  it('has a leaf by itself as its value', () => {
    expect(jsonSubtree([leaf('/system/state/hostname', 'a"b')], 3, 'JSON_IETF')).to.equal('"a\\"b"')
  })

  it("has a processor's index as a number where it is one", () => {
    const cpus = [leaf('/system/cpus/cpu[index=ALL]/state/total/instant', 5), leaf('/system/cpus/cpu[index=0]/state/total/instant', 6)]
    expect(JSON.parse(jsonSubtree(cpus, 2, 'JSON'))).to.deep.equal({
      cpu: [
        { index: 'ALL', state: { total: { instant: 5 } } },
        { index: 0, state: { total: { instant: 6 } } },
      ],
    })
  })

  it('names several modules at the root, and the own one', () => {
    const both = [leaf('/system/state/hostname', 'x'), ...leaves.slice(0, 1)]
    expect(Object.keys(JSON.parse(jsonSubtree(both, 0, 'JSON_IETF')))).to.deep.equal([
      'openconfig-system:system',
      'openconfig-interfaces:interfaces',
    ])
    expect(jsonSubtree([leaf('shitops:/battery/state/percent', 7)], 1, 'JSON_IETF')).to.equal('{"shitops-endpoint:state":{"percent":7}}')
  })

  it('is a TypedValue of the encoding', () => {
    expect(typedValue(2n ** 53n + 1n, 'PROTO')).to.deep.equal({ uint_val: '9007199254740993' })
    expect(typedValue(7, 'PROTO')).to.deep.equal({ uint_val: '7' })
    expect(typedValue(true, 'PROTO')).to.deep.equal({ bool_val: true })
    expect(typedValue('x', 'JSON')).to.deep.equal({ json_val: Buffer.from('"x"') })
    expect(typedValue(5n, 'JSON')).to.deep.equal({ json_val: Buffer.from('5') })
    expect(typedValue(5n, 'JSON_IETF')).to.deep.equal({ json_ietf_val: Buffer.from('"5"') })
    expect(typedValue(5, 'JSON_IETF')).to.deep.equal({ json_ietf_val: Buffer.from('5') })
  })
})
