import { expect } from 'chai'
import { takeToken } from '../../../src/web/link/token.ts'

describe('web/link: the token', () => {
  const kept = new Map<string, string>()
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }

  it('is taken out of the address, and is there when the page is loaded again', () => {
    const shown: string[] = []
    const past = { replaceState: (_: unknown, __: string, url: string) => void shown.push(url) }
    expect(takeToken({ hash: '', pathname: '/' }, past, storage)).to.equal(undefined)
    expect(takeToken({ hash: '#token=a%2Bb', pathname: '/x' }, past, storage)).to.equal('a+b')
    expect(shown).to.eql(['/x'])
    expect(takeToken({ hash: '', pathname: '/' }, past, storage)).to.equal('a+b')
  })
})
