import { expect } from 'chai'
import { InstanceTemplate } from '../../../../src/collectors/gnmi/normalise/instance-template.ts'
import { keyMatches, type PathPattern, parsePattern } from '../../../../src/collectors/gnmi/normalise/path-pattern.ts'
import { pathElem } from '../../../../src/collectors/gnmi/path/path.ts'

const pattern = (text: string): PathPattern => {
  const parsed = parsePattern(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

describe('the pattern of a path', () => {
  it('has names without modules, and keys with any value, one, or some', () => {
    const { origin, elems } = pattern('eos_native:/oc-if:interfaces/*/interface[name=Eth*][index=0][oc:id=*]')
    expect(origin).to.equal('eos_native')
    expect(elems.map(({ name }) => name)).to.deep.equal(['interfaces', '', 'interface'])
    const [id, index, name] = [...(elems[2]?.keys ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))
    if (!id || !index || !name) throw new Error('a key is missing')
    expect([keyMatches(id, 'x'), keyMatches(id, ''), keyMatches(id, undefined)]).to.deep.equal([true, true, false])
    expect([keyMatches(index, '0'), keyMatches(index, '00')]).to.deep.equal([true, false])
    expect([keyMatches(name, 'Eth1/1'), keyMatches(name, 'xEth1'), keyMatches(name, 'Management1')]).to.deep.equal([true, false, false])
  })

  it('says what is wrong with it', () => {
    expect(parsePattern('/a[name')).to.contain('"=" is missing')
    expect(parsePattern('/')).to.contain('a leaf is wanted')
    expect(parsePattern('/a/.../b')).to.contain('"..."')
  })
})

describe('the template of an instance', () => {
  const above = [pathElem('interfaces'), pathElem('interface', [['name', 'e1']])]
  const below = [pathElem('subinterface', [['oc:index', '7']]), pathElem('state')]
  const P = pattern('/interfaces/interface[name=*]/subinterface[index=*]/state')
  const of = (text: string | undefined, path = P) => {
    const template = InstanceTemplate.parse(text, path)
    return typeof template === 'string' ? template : template.of(above, below)
  }

  it('is made of keys, of names of elements, and of text', () => {
    expect(of('{name}.{index}')).to.equal('e1.7')
    expect(of('{interface.name}')).to.equal('e1')
    expect(of('{3}: {index}')).to.equal('subinterface: 7')
    expect(of('')).to.equal('')
  })

  it('is all keys with any value, where nothing is said', () => {
    expect(of(undefined)).to.equal('e1/7')
    expect(of(undefined, pattern('/interfaces/interface[name=e1]'))).to.equal('')
  })

  it('must be of keys that the path has, each told apart', () => {
    expect(of('{nam}')).to.contain('"{nam}" is no key')
    expect(of('{9}')).to.contain('"{9}"')
    expect(of('{name')).to.contain('"{"')
    expect(of('{name}', pattern('/probe[name=*]/test[name=*]'))).to.contain('"{name}"')
  })

  it('tells of a shorter path what is known', () => {
    const template = InstanceTemplate.parse('{name}.{index}', P)
    if (typeof template === 'string') throw new Error(template)
    expect(template.known(above)).to.deep.equal({ text: 'e1.', whole: false })
    expect(template.known([...above, ...below])).to.deep.equal({ text: 'e1.7', whole: true })
    expect(template.known([pathElem('interfaces')])).to.deep.equal({ text: '', whole: false })
  })
})
