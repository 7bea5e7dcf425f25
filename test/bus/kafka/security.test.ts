import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { loadSecurity } from '../../../src/bus/kafka/security.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'

describe('secrets of a Kafka connection', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shitops-security-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const load = (query: string, secrets: Record<string, string> = {}) => loadSecurity(parseKafkaUrl(`kafka://me@h?${query}`), secrets)
  const codeOf = (loading: Promise<unknown>) =>
    loading.then(
      () => 'none',
      (error: ShitopsError) => error.code,
    )
  const secretFile = async (name: string, text: string, mode = 0o600) => {
    const file = join(folder, name)
    await writeFile(file, text)
    await chmod(file, mode)
    return file
  }

  it('a password is the first line of its file', async () => {
    for (const text of ['pass word', 'pass word\n', 'pass word\r\nnot this\n']) {
      const { sasl } = await load(`sasl=plain&saslPasswordFile=${await secretFile('password', text)}`)
      expect(sasl).to.deep.equal({ mechanism: 'plain', username: 'me', password: 'pass word' })
    }
  })

  it('what is handed over goes before the file', async () => {
    const file = await secretFile('other', 'from the file')
    const { sasl } = await load(`sasl=plain&saslPasswordFile=${file}`, { saslPassword: 'handed over' })
    expect(sasl).to.deep.include({ password: 'handed over' })
  })

  it('a file that others can read is refused, with the command that mends it', async () => {
    for (const mode of [0o644, 0o640, 0o604, 0o620]) {
      const file = await secretFile('loose', 'x', mode)
      const error: ShitopsError = await load(`sasl=plain&saslPasswordFile=${file}`).then(
        () => Promise.reject(new Error('it should have been refused')),
        (reason) => reason,
      )
      expect(error.code).to.equal('SHITOPS_E_SECRET_MODE')
      expect(error.suggestions).to.deep.equal([`chmod 600 ${file}`])
    }
  })

  it('the key of the client certificate is a secret too', async () => {
    const [cert, key] = [await secretFile('cert', 'c', 0o644), await secretFile('key', 'k', 0o644)]
    const settings = parseKafkaUrl(`kafka://h?tlsCert=${cert}&tlsKey=${key}`)
    expect(await codeOf(loadSecurity(settings, {}))).to.equal('SHITOPS_E_SECRET_MODE')
    await chmod(key, 0o600)
    expect((await loadSecurity(settings, {})).tls).to.deep.equal({ cert: 'c', key: 'k' })
  })

  it('a missing file, variable or password is named', async () => {
    expect(await codeOf(load(`sasl=plain&saslPasswordFile=${folder}/none`))).to.equal('SHITOPS_E_FILE')
    expect(await codeOf(load('sasl=plain&saslPasswordEnv=SHITOPS_TEST_NOT_SET'))).to.equal('SHITOPS_E_BUS_URL')
    expect(await codeOf(load('sasl=plain'))).to.equal('SHITOPS_E_BUS_URL')
    expect(await codeOf(loadSecurity(parseKafkaUrl(`kafka://h?tlsCa=${folder}/none`), {}))).to.equal('SHITOPS_E_FILE')
  })
})
