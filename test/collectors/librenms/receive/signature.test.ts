import { expect } from 'chai'
import fc from 'fast-check'
import { carriesSecret } from '../../../../src/collectors/librenms/receive/secret.ts'
import { signatureOf, verifySigned } from '../../../../src/collectors/librenms/receive/signature.ts'

const SECRET = 'a secret of enough characters'
const NOW = 1_700_000_000_000

function signed(body: string, { key = 'batch-1', at = NOW, secret = SECRET } = {}) {
  const timestamp = String(Math.floor(at / 1000))
  return {
    'idempotency-key': key,
    'x-shitops-timestamp': timestamp,
    'x-shitops-signature': signatureOf(secret, timestamp, key, Buffer.from(body)),
  }
}

describe('the signature of a batch', () => {
  it('is the one that PHP makes', () => {
    // php -r 'echo hash_hmac("sha256", "v1:1700000000:k:body\n", "a secret of enough characters");'
    expect(signatureOf(SECRET, '1700000000', 'k', Buffer.from('body\n'))).to.equal(
      'v1=4c84e4b95e6eb62a8f0c51b56e2a7461798140ee1da69d55f72cab249d074028',
    )
  })

  it('is taken within five minutes either way', () => {
    const check = (at: number) => verifySigned(signed('b', { at }), Buffer.from('b'), SECRET, NOW)
    expect(check(NOW)).to.deep.equal({ ok: true, key: 'batch-1' })
    expect(check(NOW - 300_000).ok).to.equal(true)
    expect(check(NOW + 300_000).ok).to.equal(true)
    expect(check(NOW - 301_000)).to.deep.include({ status: 401, why: 'the clocks differ by more than 5 minutes' })
    expect(check(NOW + 301_000).ok).to.equal(false)
  })

  it('does not fit when a byte of the body, the key or the time is another', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, mask) => {
        const body = Buffer.from(text)
        const changed = Buffer.from(body)
        const place = at % body.length
        changed[place] = (changed[place] ?? 0) ^ mask
        const headers = signed(text)
        expect(verifySigned(headers, body, SECRET, NOW).ok).to.equal(true)
        expect(verifySigned(headers, changed, SECRET, NOW).ok).to.equal(false)
        expect(verifySigned({ ...headers, 'idempotency-key': 'batch-2' }, body, SECRET, NOW).ok).to.equal(false)
        expect(verifySigned({ ...headers, 'x-shitops-timestamp': '1700000001' }, body, SECRET, NOW).ok).to.equal(false)
        expect(verifySigned(headers, body, `${SECRET}.`, NOW).ok).to.equal(false)
      }),
    )
  })

  it('is refused with a key that could be something else', () => {
    for (const key of ['', 'a b', 'x'.repeat(81), '../x']) {
      expect(verifySigned(signed('b', { key }), Buffer.from('b'), SECRET, NOW), key).to.deep.include({ ok: false, status: 400 })
    }
    expect(verifySigned({}, Buffer.from('b'), SECRET, NOW).ok).to.equal(false)
  })
})

describe('the secret of the alert transport', () => {
  it('comes in a header, as a bearer token, or as the password of basic authentication', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
    expect(carriesSecret({ 'x-shitops-secret': SECRET }, SECRET)).to.equal(true)
    expect(carriesSecret({ authorization: `Bearer ${SECRET.replaceAll(' ', '-')}` }, SECRET.replaceAll(' ', '-'))).to.equal(true)
    expect(carriesSecret({ authorization: basic(`librenms:${SECRET}`) }, SECRET)).to.equal(true)
    expect(carriesSecret({ authorization: basic(`librenms:x${SECRET}`) }, SECRET)).to.equal(false)
    for (const headers of [
      {},
      { 'x-shitops-secret': '' },
      { 'x-shitops-secret': `${SECRET} ` },
      { authorization: 'Basic !!!' },
      { authorization: 'x' },
    ])
      expect(carriesSecret(headers, SECRET), JSON.stringify(headers)).to.equal(false)
  })
})
