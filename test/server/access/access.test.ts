import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { hostAllowed, originAllowed } from '../../../src/server/access/places.ts'
import { RateLimit } from '../../../src/server/access/rate-limit.ts'
import { parseTokens } from '../../../src/server/access/tokens.ts'
import { thrownBy } from '../../support/thrown-by.ts'

describe('who may', () => {
  const token = 'a-token-of-enough-characters'

  it('tokens: names, roles, digests; comments and empty lines say nothing', () => {
    const digest = createHash('sha256').update(token).digest('hex')
    const tokens = parseTokens(`# tokens\n\nops operations,write another-token-of-enough\r\nfin finance sha256:${digest}\n`, 'test')
    expect(tokens.count).to.equal(2)
    expect(tokens.find(token)).to.deep.include({ name: 'fin', channels: ['finance'] })
    expect(tokens.find('another-token-of-enough')?.roles.has('write')).to.equal(true)
    for (const wrong of ['', 'a', `${token} `, `sha256:${digest}`]) expect(tokens.find(wrong), wrong).to.equal(undefined)
  })

  it('tokens that cannot be read are refused with their line, and never shown', async () => {
    for (const line of [
      'ops',
      `ops king ${token}`,
      'ops finance short',
      `Ops finance ${token}`,
      `ops finance ${token} more`,
      'ops finance sha256:abc',
      `ops finance ${token}ü`,
    ]) {
      const error = await thrownBy(async () => parseTokens(`fin finance ${token}-1\n${line}`, 'file'))
      expect(error.code, line).to.equal('SHITOPS_E_SERVE_TOKENS')
      expect(error.message, line).to.contain('line 2').and.not.contain(token).and.not.contain('short')
    }
    expect(await thrownBy(async () => parseTokens('# none', 'file'))).to.include({ code: 'SHITOPS_E_SERVE_TOKENS' })
  })

  it('hosts: loopback and those that are named, with or without a port', () => {
    const rules = { hosts: ['dash.example'], origins: [] }
    for (const host of ['localhost', 'LOCALHOST:7468', '127.0.0.1:7468', '[::1]:80', 'Dash.Example'])
      expect(hostAllowed(host, rules), host).to.equal(true)
    for (const host of [
      undefined,
      '',
      'evil.example',
      'localhost.evil.example',
      'dash.example.',
      '127.0.0.2',
      'a@localhost',
      'localhost:x',
    ]) {
      expect(hostAllowed(host, rules), host).to.equal(false)
    }
  })

  it('origins: none, our own, and those that are named', () => {
    const rules = { hosts: [], origins: ['https://dash.example'] }
    const allowed = (origin?: string) => originAllowed(origin, '127.0.0.1:7468', false, rules)
    expect(['http://127.0.0.1:7468', 'https://dash.example', undefined].map(allowed)).to.deep.equal([true, true, true])
    expect(['http://127.0.0.1:80', 'https://127.0.0.1:7468', 'null', '', 'https://dash.example.evil'].map(allowed)).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
    ])
    expect(originAllowed('https://127.0.0.1:7468', '127.0.0.1:7468', true, rules)).to.equal(true)
  })

  it('so many a minute', () => {
    const limit = new RateLimit(2)
    expect([0, 1, 2, 59_999, 60_000].map((now) => limit.next(now))).to.deep.equal([true, true, false, false, true])
  })
})
