import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { AlertBook } from '../../../src/alerts/alert-book.ts'
import { PushSchedule, postable, RESEND, RESOLVED_FOR, runPush } from '../../../src/alerts/notify/alertmanager-push.ts'
import { parseAlertmanagerWebhook } from '../../../src/alerts/receive/alertmanager.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { type Alert, examplesOf, toEventTime } from '../../../src/events/index.ts'
import { WebhookReceiver } from './receiver.ts'

const NOW = Date.parse('2026-03-31T14:10:00Z')

describe('what is pushed to an Alertmanager', () => {
  let firing: Alert
  let resolved: Alert
  before(async () => {
    firing = (await examplesOf('alerts')).full
    resolved = { ...firing, status: 'resolved', resolved_at: toEventTime(NOW) }
  })

  it('is what fires, every minute; what is over, for five; and at once what has changed', () => {
    const schedule = new PushSchedule()
    const due = (alert: Alert, now: number) => {
      const found = schedule.due([alert], now)
      schedule.took(found, now)
      return found.length
    }
    expect(due({ ...firing, status: 'pending' }, NOW)).to.equal(0)
    expect([due(firing, NOW), due(firing, NOW + RESEND - 1), due(firing, NOW + RESEND)]).to.deep.equal([1, 0, 1])
    expect(schedule.next([firing], NOW + RESEND)).to.equal(NOW + 2 * RESEND)
    expect(schedule.next([resolved], NOW)).to.equal(NOW)
    expect([due(resolved, NOW + RESEND + 1), due(resolved, NOW + RESOLVED_FOR - 1), due(resolved, NOW + RESOLVED_FOR)]).to.deep.equal([
      1, 1, 0,
    ])
  })

  it('ends in four minutes unless it is pushed again, or when it was resolved', () => {
    expect(postable(firing, {}, NOW)).to.include({ startsAt: '2026-03-31T14:05:00.000Z', endsAt: '2026-03-31T14:14:00.000Z' })
    expect(postable(resolved, {}, NOW).endsAt).to.equal('2026-03-31T14:10:00.000Z')
    expect(postable({ ...resolved, resolved_at: '2026-03-31T14:00:00.000Z' }, {}, NOW).endsAt).to.equal('2026-03-31T14:05:00.000Z')
  })
})

describe('a real Alertmanager', function () {
  this.timeout(120_000)
  const program = ['prometheus-alertmanager', 'alertmanager'].find((name) => spawnSync(name, ['--version']).status === 0)
  let dir: string
  let child: ChildProcess
  let url: string
  let hook: WebhookReceiver

  before(async function () {
    if (!program) {
      console.log('      skipped: no Alertmanager here (apt-get install prometheus-alertmanager)')
      this.skip()
    }
    dir = await mkdtemp(join(tmpdir(), 'shitops-am-'))
    hook = await WebhookReceiver.open()
    const config = {
      route: { receiver: 'back', group_wait: '0s', group_interval: '1s' },
      receivers: [{ name: 'back', webhook_configs: [{ url: hook.url }] }],
    }
    await writeFile(join(dir, 'am.yml'), JSON.stringify(config))
    const args = [
      `--config.file=${join(dir, 'am.yml')}`,
      `--storage.path=${dir}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ]
    const running = spawn(program ?? '', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    child = running
    let said = ''
    running.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    // It chooses a port that is free, and says which.
    const listening = /msg="?Listening on"? .*?address=(127\.0\.0\.1:\d+)/
    while (!listening.test(said)) await systemClock.sleep(20)
    url = `http://${listening.exec(said)?.[1]}`
    while (
      !(await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await systemClock.sleep(50)
  })
  after(async () => {
    child?.kill('SIGKILL')
    await hook?.close()
    if (dir) await rm(dir, { recursive: true, force: true })
  })

  it('takes alerts as they fire and are resolved, and its webhook is read again as the same', async () => {
    const book = new AlertBook()
    const base = (await examplesOf('alerts')).full
    const now = Date.now()
    const alert: Alert = { ...base, active_at: toEventTime(now - 60_000), fired_at: toEventTime(now - 30_000), runbook_url: null }
    book.apply('alerts', alert.fingerprint, JSON.stringify(alert))
    const stop = new AbortController()
    let wake = () => {}
    const changed = () => new Promise<void>((resolve) => (wake = resolve))
    const pushing = runPush({
      url,
      headers: {},
      timeout: 5_000,
      links: {},
      book,
      clock: systemClock,
      logger: silentLogger,
      signal: stop.signal,
      changed,
    })
    await hook.until((calls) => calls.length > 0)
    const held = (await (await fetch(`${url}/api/v2/alerts`)).json()) as Array<{ labels: object; annotations: object }>
    expect(held.map(({ labels }) => labels)).to.deep.equal([alert.labels])
    expect(hook.calls[0]?.body).to.include({ version: '4', status: 'firing' })
    // What comes back is ours, and no new alert.
    expect(parseAlertmanagerWebhook(hook.calls[0]?.text ?? '', now)).to.deep.include({ own: 1, alerts: [] })
    const strange = JSON.stringify({
      ...hook.calls[0]?.body,
      alerts: hook.calls[0]?.body.alerts.map((each) => ({ ...each, annotations: {} })),
    })
    expect(parseAlertmanagerWebhook(strange, now).alerts).to.have.length(1)
    book.apply('alerts', alert.fingerprint, JSON.stringify({ ...alert, status: 'resolved', resolved_at: toEventTime(Date.now()) }))
    wake()
    await hook.until((calls) => calls.some(({ body }) => body.status === 'resolved'))
    stop.abort()
    await pushing
  })
})
