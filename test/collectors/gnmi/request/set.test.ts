import { expect } from 'chai'
import { loadGnmi } from '../../../../src/collectors/gnmi/client/grpc.ts'
import { protoJson } from '../../../../src/collectors/gnmi/request/proto-json.ts'
import { planSet, type SetSpec } from '../../../../src/collectors/gnmi/request/set.ts'

const spec = (more: Partial<SetSpec>): SetSpec => ({ deletes: [], replaces: [], updates: [], unionReplaces: [], ...more })
const at = (path: string, text = '1') => ({ path, value: { json_ietf_val: Buffer.from(text) } })
const elem = (...names: string[]) => names.map((name) => ({ name }))

describe('a gNMI Set', () => {
  it('statement 50: is one request, its operations in the order in which a target does them', async () => {
    const { request, operations } = planSet(
      spec({ updates: [at('/u1'), at('/u2', '"x"')], replaces: [at('/r1')], deletes: ['/d1', '/d2[k=v]'], target: 'leaf1' }),
    )
    expect(operations).to.deep.equal([
      { op: 'delete', path: '/d1' },
      { op: 'delete', path: '/d2[k=v]' },
      { op: 'replace', path: '/r1', type: 'json_ietf', value: '1' },
      { op: 'update', path: '/u1', type: 'json_ietf', value: '1' },
      { op: 'update', path: '/u2', type: 'json_ietf', value: '"x"' },
    ])
    const { requestSerialize, requestDeserialize } = (await loadGnmi()).methods.Set
    const val = (text: string) => ({ json_ietf_val: Buffer.from(text), value: 'json_ietf_val' })
    expect(JSON.parse(JSON.stringify(requestDeserialize(requestSerialize(request))))).to.deep.equal(
      JSON.parse(
        JSON.stringify({
          prefix: { target: 'leaf1' },
          delete: [{ elem: elem('d1') }, { elem: [{ name: 'd2', key: { k: 'v' } }] }],
          replace: [{ path: { elem: elem('r1') }, val: val('1') }],
          update: [
            { path: { elem: elem('u1') }, val: val('1') },
            { path: { elem: elem('u2') }, val: val('"x"') },
          ],
        }),
      ),
    )
  })

  it('statement 50: a union_replace stands alone, and may have several origins', () => {
    const union = [at('openconfig:/'), { path: 'xros_cli:/', value: { ascii_val: 'hostname x' } }]
    const { request, operations } = planSet(spec({ unionReplaces: union }))
    expect(request.union_replace?.map(({ path }) => path)).to.deep.equal([
      { origin: 'openconfig', elem: [] },
      { origin: 'xros_cli', elem: [] },
    ])
    expect(operations.map(({ op, path }) => [op, path])).to.deep.equal([
      ['union_replace', 'openconfig:/'],
      ['union_replace', 'xros_cli:/'],
    ])
    for (const more of [{ deletes: ['/a'] }, { replaces: [at('/a')] }, { updates: [at('/a')] }])
      expect(() => planSet(spec({ unionReplaces: union, ...more }))).to.throw('stands alone')
  })

  it('follows the rules of paths: one origin under a prefix', () => {
    const { request, prefix } = planSet(spec({ prefix: '/system', deletes: ['openconfig:/a'], updates: [at('b')] }))
    expect(request).to.deep.include({ prefix: { origin: 'openconfig', elem: elem('system') }, delete: [{ elem: elem('a') }] })
    expect(prefix).to.equal('openconfig:/system')
    expect(() => planSet(spec({ prefix: '/x', deletes: ['a:/b'], updates: [at('c:/d')] }))).to.throw('several origins')
    expect(() => planSet(spec({ replaces: [at('/a[')] }))).to.throw('--replace: a key is')
    expect(() => planSet(spec({ unionReplaces: [at('/a[')] }))).to.throw('--union-replace: a key is')
  })

  it('is something to do', () => {
    expect(() => planSet(spec({}))).to.throw('there is nothing to set')
    expect(() => planSet(spec({ commit: { action: 'commit', id: 'c' } }))).to.throw('there is nothing to set')
    expect(planSet(spec({ commit: { action: 'confirm', id: 'c' } })).request).to.deep.equal({
      extension: [{ commit: { id: 'c', confirm: {} } }],
    })
    expect(() => planSet(spec({ deletes: ['/a'], commit: { action: 'cancel', id: 'c' } }))).to.throw('cannot be added to')
  })

  it('is shown in the JSON mapping of protobuf', () => {
    const values = [
      { uint_val: '18446744073709551615' },
      { double_val: Number.NaN },
      { json_ietf_val: Buffer.from('{}') },
      { bool_val: false },
    ]
    const { request } = planSet(
      spec({
        updates: values.map((value, i) => ({ path: `/a[if_name=${i}]`, value })),
        commit: { action: 'commit', id: 'c', rollbackAfter: 90_500 },
      }),
    )
    expect(protoJson(request)).to.deep.equal({
      update: [{ uintVal: '18446744073709551615' }, { doubleVal: 'NaN' }, { jsonIetfVal: 'e30=' }, { boolVal: false }].map((val, i) => ({
        path: { elem: [{ name: 'a', key: { if_name: String(i) } }] },
        val,
      })),
      extension: [{ commit: { id: 'c', commit: { rollbackDuration: '90.500s' } } }],
    })
  })
})
