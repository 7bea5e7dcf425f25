import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { toRecord } from '../../src/events/index.ts'
import { WebhookReceiver } from '../alerts/notify/receiver.ts'
import { runCli } from '../support/cli.ts'

const MINUTE = 60_000
const BEGIN = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE

describe('shitops alert', function () {
  this.timeout(120_000)
  let dir: string
  let receiver: WebhookReceiver
  const only = ['--insight', 'device_flapping']

  const run = (args: string[], input?: string) =>
    runCli(args, {
      env: { SHITOPS_BUS: `embedded:${join(dir, 'bus')}`, SHITOPS_CONFIG: join(dir, 'shitops.yaml'), USER: 'netops-1' },
      ...(input !== undefined && { input }),
    })

  /** States of an interface a minute apart, the first an hour ago, as `produce` takes them. */
  const states = (values: readonly number[]) =>
    values
      .map((value, i) => {
        const event_time = new Date(BEGIN + i * MINUTE).toISOString()
        const series = { target: 'access-1', metric: 'if_oper_status', instance: 'e1', unit: 'state', collector: 'gnmi' as const }
        const { headers, ...record } = toRecord('device_metrics', { event_time, ...series, value }, { source: '/test' })
        return JSON.stringify({ ...record, headers: Object.fromEntries(headers), value: JSON.parse(record.value ?? '') })
      })
      .join('\n')

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-alert-'))
    receiver = await WebhookReceiver.open()
    const config = {
      alerts: {
        receivers: [{ name: 'ops', webhook: [{ url: receiver.url }] }],
        route: { groupWait: '0s', groupInterval: '1s' },
        externalUrl: 'http://127.0.0.1:7468',
      },
    }
    await writeFile(join(dir, 'shitops.yaml'), JSON.stringify(config))
    await run(['topic', 'create', '--all'])
    // It flaps, and goes on doing so to the end.
    await run(['produce', 'device_metrics'], states([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]))
    expect((await run(['analyze', '--until-end', ...only])).code).to.equal(0)
  })
  after(async () => {
    await receiver.close()
    await rm(dir, { recursive: true })
  })

  async function fingerprint(): Promise<string> {
    return JSON.parse((await run(['alert', 'list', '--json'])).stdout).alerts[0].fingerprint
  }

  it('list: says so where there is nothing, on stderr', async () => {
    const { stdout, stderr, code } = await run(['alert', 'list', '--silences'])
    expect({ stdout, stderr, code }).to.deep.equal({ stdout: '', stderr: 'No silence is in force or to come.\n', code: 0 })
  })

  it('list: exit 3 while one fires that nobody handles', async () => {
    const { stdout, code } = await run(['alert', 'list'])
    expect(code).to.equal(3)
    expect(stdout).to.match(
      /^STATUS +SEVERITY +FOR +ALERT +SUBJECT +HANDLED +FINGERPRINT +SUMMARY\nfiring +warning .* device_flapping +access-1\/e1 +- /,
    )
    expect((await run(['alert', 'list', '--matcher', 'alertname=other'])).code).to.equal(0)
    expect((await run(['alert', 'list', '--matcher', 'alertname=~"("'])).stderr).to.include('SHITOPS_E_MATCHER')
    expect((await run(['alert', 'list', '--severity', 'critical', '--json'])).stdout).to.equal('{\n  "alerts": []\n}\n')
  })

  it('show: what was expected and seen, the events themselves and how to open them, the history', async () => {
    const id = await fingerprint()
    const { stdout, code } = await run(['alert', 'show', `${id.slice(0, 6)}…`, '--utc'])
    expect(code).to.equal(0)
    for (const text of [
      'FIRING  device_flapping access-1/e1',
      'observed',
      'expected',
      'labels',
      'runbook       shitops insight show device_flapping',
      'History',
    ])
      expect(stdout).to.include(text)
    const [, command = ''] = /^ +(shitops tail device_metrics --partition \d --from \d+ --max 1)$/m.exec(stdout) ?? []
    const opened = await run([...command.split(' ').slice(1), '--to', 'end', '--output', 'ndjson'])
    expect(stdout).to.include(JSON.stringify(JSON.parse(opened.stdout).value))
    expect((await run(['alert', 'show', 'ffff'])).stderr).to.include('SHITOPS_E_ALERT_UNKNOWN')
  })

  it('ack: it is handled, and no more when it is taken back', async () => {
    const id = await fingerprint()
    expect((await run(['alert', 'ack', id, '--comment', 'on it'])).stdout).to.equal(
      'device_flapping access-1/e1 is acknowledged by netops-1\n',
    )
    const { stdout, code } = await run(['alert', 'list', '--json'])
    expect([code, JSON.parse(stdout).alerts[0].acked_by]).to.deep.equal([0, 'netops-1'])
    await run(['alert', 'ack', id, '--undo'])
    expect((await run(['alert', 'list'])).code).to.equal(3)
    expect((await run(['alert', 'show', id])).stdout).to.match(/acked +netops-1 on it\n.*unacked/)
  })

  it('list and show: which alert hides one that nobody is told of', async () => {
    const id = await fingerprint()
    const [alert] = JSON.parse((await run(['alert', 'list', '--json'])).stdout).alerts
    const source = { ...alert, fingerprint: '91aa07c4de5b8f10', alert_name: 'site_down', subject: 'hq', acked_by: null, acked_at: null }
    const put = async (topic: string, key: string, value: object | null) =>
      run(['produce', topic], JSON.stringify({ timestamp: Date.now(), key, headers: {}, value }))
    await put('alerts', source.fingerprint, source)
    await put('alert_inhibitions', id, {
      ...{ event_time: alert.event_time, fingerprint: id, active_at: alert.active_at },
      inhibited_by: [source.fingerprint],
    })
    const named = ['--matcher', 'alertname=device_flapping']
    const listed = await run(['alert', 'list', ...named])
    expect([listed.code, listed.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 0 && text.includes(' hidden by 91aa07c4de5b8f10 '),
    )
    expect((await run(['alert', 'show', id])).stdout).to.match(/^ +hidden +by site_down hq \(91aa07c4de5b8f10\)$/m)
    // The one that hides it is for somebody to look at.
    expect((await run(['alert', 'list'])).code).to.equal(3)
    await put('alerts', source.fingerprint, null)
    await put('alert_inhibitions', id, null)
    expect((await run(['alert', 'show', id])).stdout).not.to.include('hidden')
  })

  it('silence and unsilence', async () => {
    const silence = ['alert', 'silence', '--matcher', 'alertname=device_flapping', '--comment', 'cabling']
    const dry = await run([...silence, '--for', '2h', '--dry-run'])
    expect([dry.stdout, dry.code]).to.deep.equal(['', 0])
    expect(dry.stderr).to.include('would mute device_flapping access-1/e1')
    expect((await run(['alert', 'list'])).code).to.equal(3)
    const { stdout } = await run([...silence, '--for', '2h'])
    const id = stdout.trim()
    expect((await run(['alert', 'list'])).code).to.equal(0)
    expect((await run(['alert', 'list', '--silences'])).stdout)
      .to.include(id)
      .and.include('cabling')
    expect((await run(['alert', 'unsilence', id])).code).to.equal(0)
    expect((await run(['alert', 'list'])).code).to.equal(3)
    expect((await run(['alert', 'unsilence', 'x'])).stderr).to.include('SHITOPS_E_SILENCE_UNKNOWN')
    expect((await run(silence)).code).to.equal(2)
    expect((await run(['alert', 'silence', '--matcher', 'a=~".*"', '--comment', 'c', '--for', '1h'])).stderr).to.include(
      'SHITOPS_E_SILENCE',
    )
  })

  it('check: a test of each receiver, exit 3 when one does not take it', async () => {
    const { stdout, code } = await run(['alert', 'check', '--no-color'])
    expect([code, stdout]).to.deep.equal([0, 'taken   ops/webhook/0\n'])
    expect(receiver.calls.at(-1)?.body.alerts[0]?.labels.alertname).to.equal('shitops_test')
    receiver.answer = () => ({ status: 404 })
    const failed = await run(['alert', 'check', '--json'])
    expect([failed.code, JSON.parse(failed.stdout).receivers]).to.deep.equal([
      3,
      [{ target: 'ops/webhook/0', status: 'failed', why: 'HTTP 404 Not Found' }],
    ])
    receiver.answer = () => ({ status: 200 })
    expect((await run(['alert', 'check', 'nobody'])).stderr).to.include('SHITOPS_E_RECEIVER_UNKNOWN')
  })

  it('analyze tells the receivers, and a run over the past does not', async () => {
    receiver.calls.length = 0
    await run(['analyze', '--until-end', ...only])
    expect(receiver.calls).to.have.length(0)
    const stop = new AbortController()
    const live = runCli(['alert', 'notify'], {
      env: { SHITOPS_BUS: `embedded:${join(dir, 'bus')}`, SHITOPS_CONFIG: join(dir, 'shitops.yaml') },
      signal: stop.signal,
    })
    await receiver.until((calls) => calls.length > 0)
    expect(receiver.calls[0]?.body).to.include({ version: '4', status: 'firing', receiver: 'ops' })
    stop.abort()
    await live.catch(() => {})
  })

  it('analyze backtest: what was noticed, missed and wrong', async () => {
    const at = (minutes: number) => new Date(BEGIN + minutes * MINUTE).toISOString()
    const labels = [
      { insight: 'device_flapping', subject: 'access-1/*', start: at(0), end: at(10) },
      { insight: 'device_flapping', subject: 'core-1/*', start: at(0), end: at(10) },
    ]
    await writeFile(join(dir, 'labels.json'), JSON.stringify(labels))
    const range = ['--from', at(-10), '--to', at(30)]
    const { stdout, code, stderr } = await run(['analyze', 'backtest', ...range, '--labels', join(dir, 'labels.json'), '--json'])
    expect(code, stderr).to.equal(0)
    expect(JSON.parse(stdout).verdict).to.include({ precision: 1, recall: 0.5 })
    const strict = await run([
      'analyze',
      'backtest',
      ...range,
      '--labels',
      join(dir, 'labels.json'),
      '--min-recall',
      '0.9',
      '--utc',
      '--no-color',
    ])
    expect(strict.code).to.equal(3)
    expect(strict.stdout).to.match(
      /^noticed .*device_flapping access-1\/\*: device_flapping access-1\/e1, .* before the harm\nmissed .*core-1\/\*\nprecision 100 % \(1 of 1 alert\), recall 50 % \(1 of 2 windows\)/,
    )
    const plain = await run(['analyze', 'backtest', ...range, ...only])
    expect(plain.stdout).to.include('1 alert of 1 insight')
  })
})
