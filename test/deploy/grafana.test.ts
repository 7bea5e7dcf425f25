import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { TestServer, TOKENS, until } from '../server/support/server.ts'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

interface Panel {
  title: string
  targets?: Array<{ expr: string }>
}

describe('metrics and the Grafana dashboard', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let test: TestServer
  beforeEach(async () => {
    test = await TestServer.start(dir())
  })
  afterEach(() => test.close())
  const scrape = async () => (await test.fetch('/metrics', TOKENS.metrics)).text()

  it('names only metrics that the server has', async () => {
    const { panels } = JSON.parse(await readFile('deploy/grafana/shitops.json', 'utf8')) as { panels: Panel[] }
    const text = await scrape()
    const known = new Set<string>()
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      known.add(name)
      if (type === 'histogram') for (const suffix of ['bucket', 'sum', 'count']) known.add(`${name}_${suffix}`)
    }
    const named = panels.flatMap(({ title, targets = [] }) =>
      targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:shitops|process|nodejs)_\w+/g)].map(([name]) => `${title}: ${name}`)),
    )
    expect(named.length).to.be.greaterThan(30)
    expect(named.filter((name) => !known.has(name.split(': ')[1] ?? ''))).to.deep.equal([])
    const shown = new Set(named.map((name) => name.split(': ')[1]?.replace(/_bucket$/, '')))
    // Everything that is promised has a place on the dashboard.
    expect(
      [...known].filter((name) => name.startsWith('shitops_') && !/_(bucket|sum|count)$/.test(name) && !shown.has(name)).sort(),
    ).to.deep.equal(['shitops_job_watermark_timestamp_seconds', 'shitops_server_forgotten_series_total', 'shitops_websocket_opened_total'])
  })

  it('tells the lag of groups, and that of a job its watermark, late records and time in rules', async () => {
    await test.append(
      'device_metrics',
      ...(await Promise.all([1, 2, 3].map((value) => test.example('device_metrics', { metric: 'uptime', value })))),
    )
    const bus = test.bus.url
    const { code, stderr } = await runCli(['analyze', '--until-end', '--insight', 'telemetry_silent', '--bus', bus, '--json'])
    expect(code, stderr).to.equal(0)
    await test.server.watch.look()
    const text = await scrape()
    // A job may run as several units, which have its name in theirs.
    const job = 'job="insights\\.telemetry_silent[^"]*"'
    const samples = (name: string) => [...text.matchAll(new RegExp(`^${name}\\{${job}\\} (\\S+)$`, 'gm'))].map(([, value]) => Number(value))
    const sum = (name: string) => samples(name).reduce((all, value) => all + value, 0)
    expect(sum('shitops_job_records_total')).to.equal(3)
    expect([samples('shitops_job_late_records_total').length > 0, sum('shitops_job_late_records_total')]).to.deep.equal([true, 0])
    expect(samples('shitops_job_watermark_delay_seconds').filter(Number.isFinite)).not.to.deep.equal([])
    expect(sum('shitops_job_evaluation_seconds_total')).to.be.greaterThan(0)
    expect(text).to.match(
      /shitops_consumer_group_lag_records\{group="insights\.telemetry_silent[^"]*",topic="device_metrics",partition="\d"\} 0/,
    )
    await test.bus.commitOffsets('reader', [{ topic: 'device_metrics', partition: 0, offset: 0 }])
    await test.bus.createTopic({ name: 'gone', partitions: 1 })
    await test.bus.commitOffsets('reader', [{ topic: 'gone', partition: 0, offset: 0 }])
    await test.bus.deleteTopic('gone')
    await test.server.watch.look()
    const reader = (await scrape()).split('\n').filter((line) => line.includes('group="reader"') && line.includes('lag'))
    expect(reader.join('\n')).to.match(/lag_records\{group="reader",topic="device_metrics",partition="0"\} \d/)
    expect(reader).to.include('shitops_consumer_group_lag_known{group="reader",topic="device_metrics",partition="0"} 1')
    // Unknown is not 0: where it is listed at all it has no lag.
    expect(
      reader.filter((line) => line.includes('topic="gone"') && !line.endsWith('_known{group="reader",topic="gone",partition="0"} 0')),
    ).to.deep.equal([])
  })

  it('counts alerts by state, those there are none of as 0, and asks for a token', async () => {
    await test.append('alerts', await test.example('alerts', { channel: 'finance', severity: 'critical', status: 'firing' }))
    await until('the alert', () => [...test.server.feed.book.alerts()].length === 1)
    const text = await scrape()
    expect(text).to.contain('shitops_alerts{channel="finance",severity="critical",status="firing"} 1')
    expect(text).to.contain('shitops_alerts_withheld 1')
    expect(text).to.contain('shitops_alerts{channel="operations",severity="critical",status="firing"} 0')
    expect((await test.fetch('/metrics')).status).to.equal(401)
    expect((await test.fetch('/metrics', TOKENS.finance)).status).to.equal(403)
  })
})
