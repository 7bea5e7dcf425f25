import { expect } from 'chai'
import fc from 'fast-check'
import { formatPath } from '../../../../src/collectors/gnmi/path/format.ts'
import { parsePath } from '../../../../src/collectors/gnmi/path/parse.ts'
import { pathElem } from '../../../../src/collectors/gnmi/path/path.ts'
import { parseAssignment } from '../../../../src/collectors/gnmi/request/assignment.ts'
import { VALUE_TYPES } from '../../../../src/collectors/gnmi/request/value-types.ts'

const parts = (text: string) => {
  const { path, type, value } = parseAssignment(text, 'json_ietf', '--update')
  return [path, type, value]
}

describe('PATH:TYPE=VALUE', () => {
  const CASES: ReadonlyArray<readonly [text: string, path: string, type: string, value: string]> = [
    ['/a/b:=5', '/a/b', 'json_ietf', '5'],
    ['/a/b:uint=5', '/a/b', 'uint', '5'],
    ['/a:=', '/a', 'json_ietf', ''],
    ['/a[k=v]/b:="x=y:=z"', '/a[k=v]/b', 'json_ietf', '"x=y:=z"'],
    ['/a[k=v:=w]/b:=1', '/a[k=v:=w]/b', 'json_ietf', '1'],
    ['/a[k=\\]:=w]/b:=1', '/a[k=\\]:=w]/b', 'json_ietf', '1'],
    ['/a[k=[:=]:=1', '/a[k=[:=]', 'json_ietf', '1'],
    ['openconfig:/a:=1', 'openconfig:/a', 'json_ietf', '1'],
    ['openconfig::=1', 'openconfig:', 'json_ietf', '1'],
    ['ietf-interfaces:interfaces/if-mib:x:json={"a":1}', 'ietf-interfaces:interfaces/if-mib:x', 'json', '{"a":1}'],
    ['/a:string=@file', '/a', 'string', '@file'],
  ]
  for (const [text, ...wanted] of CASES) it(text, () => expect(parts(text)).to.deep.equal(wanted))

  it('is not PATH=VALUE, nor a path alone', () => {
    for (const text of ['/a', '/a=5', '/a[k=v]', '/a[k=v:=5]']) expect(() => parts(text)).to.throw('--update: a path without a value')
    expect(() => parts('/a[k=v:=5')).to.throw(/^--update: "\]" is missing\n {2}\/a\[k=v:=5\n/)
    expect(() => parts('/a:unit=5'))
      .to.throw('--update /a: there is no type of value "unit"')
      .with.nested.property('suggestions[0]', 'the type uint')
  })

  it('is read back from every path that is printed', () => {
    const text = fc.string({ maxLength: 5 })
    const elem = fc.tuple(text, fc.dictionary(text, text, { maxKeys: 2 })).map(([name, keys]) => pathElem(name, Object.entries(keys)))
    fc.assert(
      fc.property(fc.array(elem, { maxLength: 4 }), fc.constantFrom(...VALUE_TYPES), fc.string(), (elems, type, value) => {
        // A name in which `:=` or `:type=` stands is of no YANG model.
        fc.pre(elems.every(({ name }) => !/:\w*=/.test(name) && !name.endsWith(':')))
        const path = formatPath({ origin: '', elems })
        const read = parseAssignment(`${path}:${type}=${value}`, 'json', '--update')
        expect(read).to.deep.equal({ path, type, value })
        expect(parsePath(read.path)).to.deep.equal({ origin: '', elems })
      }),
    )
  })
})
