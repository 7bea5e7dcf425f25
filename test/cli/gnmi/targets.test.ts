import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type ConnectionFlags, requiredTargets, targetsOf } from '../../../src/cli/gnmi/targets.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const flags = (more: Partial<ConnectionFlags> = {}): ConnectionFlags => ({ timeout: '10s', 'max-message-size': '64MiB', ...more })
const failure = async (more: Partial<ConnectionFlags>, env = {}) => {
  const { code, message } = await thrownBy(() => targetsOf(flags(more), env))
  return `${code} ${message}`
}

describe('the connection flags of gnmi', () => {
  it('make a target of each --address', async () => {
    const { targets, timeout, warnings } = await targetsOf(flags({ address: ['leaf1:57400', 'h1:1, h2:2', '[2001:db8::1]:6030'] }), {})
    expect(targets.map(({ name }) => name)).to.deep.equal(['leaf1:57400', 'h1:1', '[2001:db8::1]:6030'])
    expect(targets[1]?.connection).to.deep.equal({
      addresses: ['h1:1', 'h2:2'],
      tls: {},
      credentials: {},
      connectTimeout: 10_000,
      maxMessageBytes: 64 << 20,
    })
    expect([timeout, warnings]).to.deep.equal([10_000, []])
    expect((await targetsOf(flags(), {})).targets).to.deep.equal([])
    expect(await thrownBy(() => requiredTargets(flags(), {}))).to.include({ code: 'SHITOPS_E_USAGE', message: 'no target is named' })
  })

  for (const address of ['leaf1', '10.0.0.1:57400', '2001:db8::1', '[::1]', 'unix:/run/gnmi.sock', 'ceos-1.lab.example:6030']) {
    it(`takes ${address}`, async () => expect((await targetsOf(flags({ address: [address] }), {})).targets).to.have.length(1))
  }
  for (const address of ['', 'a:1,', 'http://a:1', 'a:b', 'a:0', 'a:65536', 'a b:1', 'user@a:1', 'a:1/b']) {
    it(`refuses "${address}"`, async () => expect(await failure({ address: [address] })).to.match(/^SHITOPS_E_USAGE --address/))
  }
  it('refuses an address twice', async () => {
    expect(await failure({ address: ['a:1', 'b:1,a:1'] })).to.equal('SHITOPS_E_USAGE --address a:1 is given twice')
  })

  it('takes times and sizes with units', async () => {
    const more = { address: ['a:1'], timeout: '1m', 'max-message-size': '1GiB', 'window-size': '1MiB', keepalive: '30s' }
    const { targets, timeout } = await targetsOf(flags(more), {})
    expect(targets[0]?.connection).to.deep.include({
      connectTimeout: 60_000,
      maxMessageBytes: 2 ** 30,
      windowBytes: 2 ** 20,
      keepalive: 30_000,
    })
    expect(timeout).to.equal(60_000)
    expect(await failure({ timeout: '10' })).to.contain('--timeout "10" is no duration')
    expect(await failure({ timeout: '0s' })).to.contain('--timeout "0s" is no duration')
    expect(await failure({ keepalive: '5s' })).to.contain('--keepalive 5s is less than 10s')
    expect(await failure({ 'max-message-size': '64MB' })).to.contain('is no size: 65536')
    expect(await failure({ 'max-message-size': '2GiB' })).to.contain('is not from 1 to 2147483647 bytes')
    expect(await failure({ 'window-size': '1KiB' })).to.contain('is not from 65535')
  })

  describe('credentials', () => {
    const home = useTempDir()
    const secret = async (name: string, text: string, mode = 0o600) => {
      const file = join(home(), name)
      await writeFile(file, text)
      await chmod(file, mode)
      return file
    }
    const credentials = async (more: Partial<ConnectionFlags>, env = {}) =>
      (await targetsOf(flags({ address: ['a:1'], ...more }), env)).targets[0]?.connection.credentials

    it('come from files that nobody else may read, or from the environment', async () => {
      const env = { SHITOPS_GNMI_PASSWORD: 'from env', SHITOPS_GNMI_TOKEN: 't' }
      expect(await credentials({ username: 'op' }, env)).to.deep.equal({ username: 'op', password: 'from env', token: 't' })
      const passwordFile = await secret('password', ' pass word \n')
      const own = { username: 'op', 'password-file': passwordFile, 'token-file': await secret('token', 'abc\r\n') }
      expect(await credentials(own, env)).to.deep.equal({ username: 'op', password: ' pass word ', token: 'abc' })
      await chmod(passwordFile, 0o644)
      expect(await failure(own, env)).to.match(/^SHITOPS_E_SECRET_MODE /)
      expect(await failure({ username: 'op', 'password-file': join(home(), 'none') })).to.match(/^SHITOPS_E_FILE /)
    })

    it('are one line, and are not shown', async () => {
      const two = await failure({ username: 'op', 'password-file': await secret('two', 'hunter2\nhunter3\n') })
      expect(two)
        .to.match(/^SHITOPS_E_FILE .*one line of ASCII/)
        .and.not.contain('hunter')
      expect(await failure({ 'token-file': await secret('empty', '\n') })).to.match(/^SHITOPS_E_FILE .* is empty/)
      const env = await failure({ username: 'op' }, { SHITOPS_GNMI_PASSWORD: 'hünter2' })
      expect(env)
        .to.match(/^SHITOPS_E_USAGE SHITOPS_GNMI_PASSWORD: .*one line of ASCII/)
        .and.not.contain('hünter')
      expect(await failure({ username: 'jürgen' })).to.match(/^SHITOPS_E_USAGE --username: /)
    })

    it('do not cross the network unseen', async () => {
      const env = { SHITOPS_GNMI_PASSWORD: 'p', SHITOPS_GNMI_TOKEN: 't' }
      expect(await credentials({ insecure: true }, env)).to.deep.equal({})
      expect((await targetsOf(flags({ insecure: true, username: 'op' }), env)).warnings).to.deep.equal([
        '--insecure: the password crosses the network in plaintext',
      ])
      expect(await failure({ insecure: true, 'token-file': 'f' })).to.contain('a token is sent over TLS only')
      expect(await failure({ 'password-file': 'f' })).to.contain('--password-file without a user')
    })
  })

  describe('TLS', () => {
    const home = useTempDir()
    const at = (name: string) => join(home(), name)
    beforeEach(() => {
      const make = (name: string) =>
        execFileSync(
          'openssl',
          [
            ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
            ...['-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
          ],
          { stdio: 'ignore' },
        )
      make('one')
      make('two')
    })

    it('is on unless it is turned off', async () => {
      const tls = async (more: Partial<ConnectionFlags>) =>
        (await targetsOf(flags({ address: ['a:1'], ...more }), {})).targets[0]?.connection.tls
      expect(await tls({})).to.deep.equal({})
      expect(await tls({ insecure: true })).to.equal(undefined)
      expect(await tls({ 'skip-verify': true, 'tls-server-name': 'n' })).to.deep.equal({ skipVerify: true, serverName: 'n' })
      const files = { 'tls-ca': at('two.pem'), 'tls-cert': at('one.pem'), 'tls-key': at('one.key') }
      expect(Object.keys((await tls(files)) ?? {})).to.deep.equal(['ca', 'cert', 'key'])
    })

    it('has files that are looked at before anything is sent', async () => {
      const cert = at('one.pem')
      expect(await failure({ 'tls-ca': at('none') })).to.match(/^SHITOPS_E_FILE .*none cannot be read/)
      expect(await failure({ 'tls-ca': at('one.key') })).to.match(/^SHITOPS_E_FILE .*is no certificate in PEM/)
      expect(await failure({ 'tls-cert': cert, 'tls-key': at('two.key') })).to.match(/^SHITOPS_E_FILE .*is not the key of the certificate/)
      await writeFile(at('text'), 'no key', { mode: 0o600 })
      expect(await failure({ 'tls-cert': cert, 'tls-key': at('text') })).to.match(/^SHITOPS_E_FILE .*is no private key in PEM/)
      execFileSync('openssl', ['pkey', '-in', at('one.key'), '-aes256', '-passout', 'pass:x', '-out', at('locked.key')])
      await chmod(at('locked.key'), 0o600)
      expect(await failure({ 'tls-cert': cert, 'tls-key': at('locked.key') })).to.match(/^SHITOPS_E_FILE .*is locked with a passphrase/)
      await chmod(at('two.key'), 0o644)
      expect(await failure({ 'tls-cert': cert, 'tls-key': at('two.key') })).to.match(/^SHITOPS_E_SECRET_MODE /)
    })

    it('is not asked for in contradictory ways', async () => {
      for (const more of [{ 'skip-verify': true }, { 'tls-ca': 'f' }, { 'tls-cert': 'f' }, { 'tls-key': 'f' }, { 'tls-server-name': 'n' }])
        expect(await failure({ insecure: true, ...more })).to.match(/^SHITOPS_E_USAGE --insecure is plaintext/)
      expect(await failure({ 'skip-verify': true, 'tls-ca': 'f' })).to.match(/^SHITOPS_E_USAGE --skip-verify checks no certificate/)
      expect(await failure({ 'tls-cert': 'f' })).to.match(/^SHITOPS_E_USAGE a client certificate and its key/)
    })
  })
})
