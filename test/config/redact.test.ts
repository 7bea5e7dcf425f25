import { expect } from 'chai'
import fc from 'fast-check'
import { redact } from '../../src/config/redact.ts'

describe('redact', () => {
  it('hides the user part of URLs and secrets in their options, and leaves the rest', () => {
    expect(redact('kafka://me:pw@k1:9092,k2:9092?rack=a')).to.equal('kafka://***@k1:9092,k2:9092?rack=a')
    expect(redact('kafka://k?saslPassword=pw&saslUsername=a@b&saslPasswordFile=/f')).to.equal(
      'kafka://k?saslPassword=***&saslUsername=a@b&saslPasswordFile=/f',
    )
    for (const plain of ['embedded:/data/bus', 'kafka://k1:9092', 17, true, 'a@b']) expect(redact(plain)).to.equal(plain)
  })

  it('never shows a password that stands before the host, whatever it is made of', () => {
    const password = fc.stringMatching(/^[^\s?#]{1,12}$/).map((text) => `<${text}>`)
    fc.assert(
      fc.property(fc.constantFrom('kafka', 'https', 'mqtt'), password, (scheme, secret) => {
        expect(redact(`${scheme}://user:${secret}@host:1/path`)).to.equal(`${scheme}://***@host:1/path`)
      }),
    )
  })
})
