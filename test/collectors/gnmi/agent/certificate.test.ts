import { X509Certificate } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readOrCreateCertificate } from '../../../../src/collectors/gnmi/agent/certificate.ts'
import { readOrCreatePassword } from '../../../../src/collectors/gnmi/agent/password.ts'
import { useTempDir } from '../../../support/temp-dir.ts'

const NOW = Date.now()
const YEAR = 365 * 86_400_000
const modeOf = async (file: string) => (await stat(file)).mode & 0o777

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe("the agent's own certificate", () => {
  const dir = useTempDir()
  const folder = () => join(dir(), 'agent')
  const keyFile = () => join(folder(), 'key-and-certificate.pem')

  it('is made once, its key for the owner alone, its copy without the key', async () => {
    const first = await readOrCreateCertificate(folder(), '127.0.0.1', NOW)
    const second = await readOrCreateCertificate(folder(), '127.0.0.1', NOW)
    expect([first.created, second.created]).to.deep.equal([true, false])
    expect(second.fingerprint)
      .to.equal(first.fingerprint)
      .and.to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(await modeOf(keyFile())).to.equal(0o600)
    expect(await modeOf(folder())).to.equal(0o700)
    const copy = await readFile(first.file, 'utf8')
    expect(copy).to.not.include('PRIVATE')
    expect(new X509Certificate(copy).fingerprint256).to.equal(first.fingerprint)
  })

  it('holds for its names and addresses, as a server, for years', async () => {
    const { tls } = await readOrCreateCertificate(folder(), '192.0.2.9', NOW)
    const certificate = new X509Certificate(tls.certificate)
    for (const name of ['localhost', 'shitops-agent']) expect(certificate.checkHost(name), name).to.equal(name)
    for (const address of ['127.0.0.1', '::1', '192.0.2.9']) expect(certificate.checkIP(address), address).to.not.equal(undefined)
    expect(certificate.checkIP('192.0.2.10')).to.equal(undefined)
    expect(certificate.ca).to.equal(false)
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1'])
    expect(certificate.verify(certificate.publicKey)).to.equal(true)
    expect(Date.parse(certificate.validTo) - NOW).to.be.within(9.9 * YEAR, 10.1 * YEAR)
  })

  it('is made anew when it has expired', async () => {
    const old = await readOrCreateCertificate(folder(), '127.0.0.1', NOW - 11 * YEAR)
    const fresh = await readOrCreateCertificate(folder(), '127.0.0.1', NOW)
    expect(fresh.created).to.equal(true)
    expect(fresh.fingerprint).to.not.equal(old.fingerprint)
    expect(new X509Certificate(await readFile(fresh.file)).fingerprint256).to.equal(fresh.fingerprint)
  })

  it('is refused when others may read the key, or the file holds something else', async () => {
    await readOrCreateCertificate(folder(), '127.0.0.1', NOW)
    await chmod(keyFile(), 0o644)
    expect(await failureOf(readOrCreateCertificate(folder(), '127.0.0.1', NOW))).to.include({ code: 'SHITOPS_E_SECRET_MODE' })
    await chmod(keyFile(), 0o600)
    await writeFile(keyFile(), 'something else')
    expect(await failureOf(readOrCreateCertificate(folder(), '127.0.0.1', NOW))).to.include({ code: 'SHITOPS_E_AGENT_TLS' })
  })
})

describe("the agent's password", () => {
  const dir = useTempDir()
  const file = () => join(dir(), 'new', 'password')

  it('is made at random, once, for the owner alone', async () => {
    const first = await readOrCreatePassword(file())
    expect(first.created).to.equal(true)
    expect(first.password).to.match(/^[\w-]{32}$/)
    expect(await readOrCreatePassword(file())).to.deep.equal({ password: first.password, created: false })
    expect(await modeOf(file())).to.equal(0o600)
    const other = await readOrCreatePassword(join(dir(), 'other'))
    expect(other.password).to.not.equal(first.password)
  })

  it('is made once even when several come at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => readOrCreatePassword(file())))
    expect(new Set(all.map(({ password }) => password)).size).to.equal(1)
    expect(all.filter(({ created }) => created)).to.have.length(1)
  })

  it('is the first line; an empty file or one for everybody is refused, and never shown', async () => {
    const own = join(dir(), 'own')
    await writeFile(own, 'open sesame\r\nnotes\n', { mode: 0o600 })
    expect((await readOrCreatePassword(own)).password).to.equal('open sesame')
    await chmod(own, 0o640)
    const shared = await failureOf(readOrCreatePassword(own))
    expect(shared).to.include({ code: 'SHITOPS_E_SECRET_MODE' })
    expect(String(shared)).to.not.include('sesame')
    await chmod(own, 0o600)
    await writeFile(own, '\n')
    expect(await failureOf(readOrCreatePassword(own))).to.include({ code: 'SHITOPS_E_FILE' })
  })
})
