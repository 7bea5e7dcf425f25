import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { SAFE_BODY, WebhookSender } from '../../src/office/librenms/webhook.ts'
import { TOKEN, useLibrenms } from '../office/librenms/setup.ts'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops librenms sync, receive and push together', function () {
  this.timeout(90_000)
  const dir = useTempDir()
  const nms = useLibrenms()
  const running: LiveCli[] = []
  afterEach(async () => {
    for (const { child, exited } of running.splice(0)) {
      child.kill('SIGKILL')
      await exited
    }
  })

  const env = () => ({ SHITOPS_BUS: `embedded:${join(dir(), 'bus')}` })
  function live(...args: string[]): LiveCli {
    const cli = new LiveCli(args, dir(), env())
    running.push(cli)
    return cli
  }
  const values = async (topic: string): Promise<Array<Record<string, unknown>>> => {
    const { stdout } = await runCli(['tail', topic, '--from', 'start', '--to', 'end', '--output', 'ndjson'], { env: env() })
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).value]))
  }

  it('an alert rings, is read and published; it is acknowledged from here, and no secret is said', async () => {
    nms.clock.set(Date.now())
    const token = join(dir(), 'token')
    await writeFile(token, `${TOKEN}\n`, { mode: 0o600 })
    const librenms = ['--url', nms.server.url, '--token-file', token]
    const receiver = live('librenms', 'receive', '--listen', '127.0.0.1:0')
    await receiver.until(({ stderr }) => /^plugin: .*\n/m.test(stderr))
    const [, url = '', file = ''] = /alert transport: (\S+), secret in (\S+)/.exec(receiver.stderr) ?? []
    // Without a ring it would look at the logs in an hour, and at the alerts in a minute.
    const sync = live('librenms', 'sync', ...librenms, '--tail-interval', '1h')
    const requests = (route: string) => nms.server.traffic.routes.get(route)?.requests ?? 0
    await sync.until(() => requests('list_links') > 0)
    const secret = (await readFile(file, 'utf8')).trim()
    const transport = new WebhookSender(nms.world, { method: 'POST', url, headers: `X-Shitops-Secret=${secret}`, body: SAFE_BODY })
    const rule = nms.world.alerts.addRule({ name: 'Port status', alert_operation_id: 1 })
    const alert = nms.world.raiseAlert(1, rule)
    const before = requests('list_alerts')
    expect(await transport.run()).to.deep.equal([200])
    await sync.until(() => requests('list_alerts') > before)
    while ((await values('librenms_alerts')).length === 0) if (sync.child.exitCode !== null) throw new Error(sync.stderr)
    expect((await values('librenms_alerts')).at(-1)).to.include({ alert_id: alert.id, alert_state: 'active', device_id: 1 })

    const command = { event_time: new Date().toISOString(), command_id: 'c1', device_id: 1, action: 'acknowledge', alert_id: alert.id }
    await runCli(['topic', 'create', 'librenms_commands'], { env: env() })
    const produced = await runCli(['produce', 'librenms_commands'], {
      env: env(),
      input: `${JSON.stringify({ key: '1', value: command })}\n`,
    })
    expect(produced.code, produced.stderr).to.equal(0)
    const pushed = await runCli(['librenms', 'push', ...librenms, '--once', '--yes'], { env: env() })
    expect(pushed.stdout).to.match(/^applied +acknowledge +device 1 +c1$/m)
    expect(alert.state).to.equal(2)
    expect((await values('librenms_results')).map(({ outcome }) => outcome)).to.deep.equal(['applied'])
    const said = running.map(({ stderr, stdout }) => stderr + stdout).join() + pushed.stderr
    for (const hidden of [TOKEN, secret, ...nms.world.secrets()]) expect(said).not.to.contain(hidden)
  })
})
