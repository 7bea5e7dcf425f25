import { readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { makeTlsFiles } from '../support/kafka/tls.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops librenms receive', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const path = (...names: string[]) => join(dir(), ...names)
  let receiver: LiveCli | undefined
  afterEach(async () => {
    if (receiver?.child.exitCode === null) await receiver.signal('SIGKILL')
  })

  async function start(...args: string[]): Promise<string> {
    const live = new LiveCli(['librenms', 'receive', '--listen', '127.0.0.1:0', ...args], dir(), { SHITOPS_BUS: `embedded:${path('bus')}` })
    receiver = live
    await live.until(({ stderr }) => /^plugin: .*\n/m.test(stderr))
    return /alert transport: (\S+)\/librenms\/alert,/.exec(live.stderr)?.[1] ?? ''
  }

  it('makes its secrets at the first start, says where, and puts rings on the bus until Ctrl-C', async () => {
    const url = await start()
    const file = path('.config', 'shitops', 'librenms-receive', 'webhook.secret')
    const secret = (await readFile(file, 'utf8')).trim()
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect(receiver?.stderr).to.contain(`${file} (made now)`).and.not.to.contain(secret)
    const call = (headers: Record<string, string>) =>
      fetch(`${url}/librenms/alert`, {
        method: 'POST',
        headers,
        body: '{"uid":"9","alert_id":"55","device_id":"17","rule_id":"4","state":"1"}',
      })
    expect((await call({})).status).to.equal(401)
    expect((await call({ 'x-shitops-secret': secret })).status).to.equal(200)
    expect(await receiver?.signal('SIGINT')).to.equal(130)
    const env = { SHITOPS_BUS: `embedded:${path('bus')}` }
    const { stdout } = await runCli(['tail', 'librenms_doorbell', '--from', 'start', '--to', 'end', '--output', 'ndjson'], { env })
    const { key, value } = JSON.parse(stdout)
    expect(key).to.equal('17')
    expect(value).to.deep.include({ about: 'alert', rung_by: 'webhook', alert_id: 55, alert_uid: '9' })
  })

  it('speaks TLS', async () => {
    const { clientCert, clientKey } = await makeTlsFiles(dir())
    const url = await start('--server-cert', clientCert, '--server-key', clientKey)
    expect(url).to.match(/^https:/)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/healthz`, { rejectUnauthorized: false }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).to.equal(200)
  })

  it('refuses to let a secret cross the network in plain text, secrets that are short, and addresses that are taken', async () => {
    const receive = (...args: string[]) =>
      runCli(['librenms', 'receive', '--json', ...args], {
        env: { SHITOPS_BUS: `embedded:${path('bus')}`, XDG_CONFIG_HOME: path('config') },
      })
    const code = async (...args: string[]) => {
      const { stdout, code: exit } = await receive(...args)
      return [JSON.parse(stdout).error.code, exit]
    }
    expect(await code('--listen', '0.0.0.0:0')).to.deep.equal(['SHITOPS_E_USAGE', 2])
    await writeFile(path('short'), 'abc\n', { mode: 0o600 })
    expect(await code('--secret-file', path('short'))).to.deep.equal(['SHITOPS_E_RECEIVE_SECRET', 78])
    await writeFile(path('open'), 'a secret of enough characters\n', { mode: 0o644 })
    expect(await code('--secret-file', path('open'))).to.deep.equal(['SHITOPS_E_SECRET_MODE', 77])
    const taken = new URL(await start()).port
    expect(await code('--listen', `127.0.0.1:${taken}`)).to.deep.equal(['SHITOPS_E_RECEIVE_LISTEN', 69])
  })
})
