import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ShitopsError } from '../../src/base/errors.ts'
import { readServerTls, type ServerTlsFlags } from '../../src/cli/tls-files.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('certificate and key of a server', () => {
  const dir = useTempDir()
  const risk = { given: '--listen 0.0.0.0:1', local: '--listen 127.0.0.1:1', what: 'the secret' }
  const read = (flags: Partial<ServerTlsFlags>, host = '0.0.0.0') =>
    readServerTls({ 'allow-plaintext-network': false, ...flags }, { host, port: 1, text: `${host}:1` }, risk)
  const failure = (flags: Partial<ServerTlsFlags>, host?: string) =>
    read(flags, host).then(
      () => '',
      ({ code, message, suggestions }: ShitopsError) => `${code} ${message} (${suggestions[0]})`,
    )
  const file = async (name: string, text: string, mode = 0o600) => {
    await writeFile(join(dir(), name), text, { mode })
    return join(dir(), name)
  }

  it('are needed where it leaves this machine, unless somebody says otherwise', async () => {
    expect(await failure({})).to.equal(
      'SHITOPS_E_USAGE --listen 0.0.0.0:1 without TLS would let the secret cross the network for anybody to read (--listen 0.0.0.0:1 --server-cert CERT.pem --server-key KEY.pem)',
    )
    for (const host of ['127.0.0.1', '::1', 'localhost']) expect(await read({}, host)).to.equal(undefined)
    expect(await read({ 'allow-plaintext-network': true })).to.equal(undefined)
  })

  it('belong together, also on this machine', async () => {
    for (const flags of [{ 'server-cert': 'c' }, { 'server-key': 'k' }])
      expect(await failure(flags, '127.0.0.1')).to.match(/^SHITOPS_E_USAGE a certificate and its key belong together/)
  })

  it('are read and tried; a key that others may read is refused', async () => {
    const { generate } = await import('selfsigned')
    const pem = await generate([{ name: 'commonName', value: 'localhost' }])
    const other = await generate([{ name: 'commonName', value: 'localhost' }])
    const cert = await file('cert.pem', pem.cert)
    const key = await file('key.pem', pem.private)
    const both = await read({ 'server-cert': cert, 'server-key': key })
    expect([both?.cert, both?.key.trim()]).to.deep.equal([pem.cert, pem.private.trim()])
    const pair = (certFile: string, keyFile: string) => failure({ 'server-cert': certFile, 'server-key': keyFile })
    expect(await pair(cert, await file('other.pem', other.private))).to.match(/^SHITOPS_E_SERVE_TLS /)
    expect(await pair(cert, await file('open.pem', pem.private, 0o644))).to.match(/^SHITOPS_E_SECRET_MODE /)
    expect(await pair(join(dir(), 'nothing'), key)).to.match(/^SHITOPS_E_FILE .*nothing cannot be read/)
  })
})
