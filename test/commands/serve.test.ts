import { readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { examplesOf, toRecord } from '../../src/events/index.ts'
import { StreamClient } from '../../src/live/client.ts'
import { connectByWs } from '../../src/live/connect-ws.ts'
import { WebhookReceiver } from '../alerts/notify/receiver.ts'
import { until } from '../server/support/server.ts'
import { runCli } from '../support/cli.ts'
import { makeTlsFiles } from '../support/kafka/tls.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops serve', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const path = (...names: string[]) => join(dir(), ...names)
  const url = () => `embedded:${path('bus')}`
  const servers: LiveCli[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) if (server.child.exitCode === null) await server.signal('SIGKILL')
  })

  async function start(...args: string[]): Promise<{ live: LiveCli; base: string }> {
    const live = new LiveCli(['serve', ...args], dir(), { SHITOPS_BUS: url() })
    servers.push(live)
    await live.until(({ stderr }) => stderr.includes('Ready'))
    return { live, base: /Listening on (\S+?)[,;]/.exec(live.stderr)?.[1] ?? '' }
  }

  const ownToken = async () => /^local \S+ (\S+)$/m.exec(await readFile(path('.config', 'shitops', 'serve', 'tokens'), 'utf8'))?.[1] ?? ''

  it('makes a token at the first start, says where it is and never what it is, and answers until Ctrl-C', async () => {
    const { live, base } = await start('--port', '0')
    const token = await ownToken()
    expect((await stat(path('.config', 'shitops', 'serve', 'tokens'))).mode & 0o777).to.equal(0o600)
    expect(live.stderr).to.contain('tokens (made now)').and.contain('read-only').and.not.contain(token)
    const get = (route: string, headers = {}) => fetch(`${base}${route}`, { headers })
    expect((await get('/-/ready')).status).to.equal(200)
    expect((await get('/api/v1/alerts')).status).to.equal(401)
    const answer = await get('/api/v1/alerts', { authorization: `Bearer ${token}` })
    expect(await answer.json()).to.deep.equal({ alerts: [], withheld: { alerts: 0, firing: 0, min_count: 5 } })
    const metrics = await (await get('/metrics', { authorization: `Bearer ${token}` })).text()
    expect(metrics).to.contain('shitops_ready 1')
    expect(await live.signal('SIGINT')).to.equal(130)
  })

  it('killed again and again, its clients miss nothing and are told nothing twice', async () => {
    const first = await start('--port', '0')
    const port = new URL(first.base).port
    const bus = await openBus(url())
    const { full } = await examplesOf('insights')
    let n = 0
    const append = () => {
      const event = { ...full, event_time: new Date().toISOString(), subject: `s${n++}` }
      return bus.append('insights', [toRecord('insights', event, { source: '/test' })])
    }
    const got: string[] = []
    const gaps: unknown[] = []
    const take = (changes: ReadonlyArray<{ topic: string; value: Record<string, unknown> | null }>) => {
      for (const { topic, value } of changes) if (topic === 'insights') got.push(String(value?.subject))
    }
    const client = await new StreamClient({
      ...{
        url: first.base,
        token: await ownToken(),
        channel: 'operations',
        backoff: { shortest: 50, longest: 300 },
        connect: await connectByWs(),
      },
      ...{ onSnapshot: take, onChanges: take, onGap: (gap) => gaps.push(gap) },
    }).start()
    await until('live', () => client.state === 'live')
    try {
      let { live } = first
      for (let kill = 0; kill < 3; kill++) {
        for (let i = 0; i < 30; i++) await append()
        // In the middle of sending.
        await live.signal('SIGKILL')
        for (let i = 0; i < 30; i++) await append()
        live = (await start('--port', port)).live
      }
      for (let i = 0; i < 30; i++) await append()
      await live.until(() => got.length >= n)
    } finally {
      client.close()
      await bus.close()
    }
    expect(got).to.have.length(n)
    expect(new Set(got).size).to.equal(n)
    expect(gaps).to.deep.equal([])
  })

  it('tells receivers too when it is asked to, each once, also when it is killed in between', async () => {
    const receiver = await WebhookReceiver.open()
    const bus = await openBus(url())
    try {
      const alerts = {
        receivers: [{ name: 'ops', webhook: [{ url: receiver.url }] }],
        route: { groupBy: ['...'], groupWait: '0s', groupInterval: '1s' },
      }
      await writeFile(path('shitops.yaml'), JSON.stringify({ alerts, serve: { notify: true } }))
      const { minimal } = await examplesOf('alerts')
      const put = (name: string, status: 'firing' | 'resolved') => {
        const at = new Date().toISOString()
        const event = {
          ...minimal,
          event_time: at,
          status,
          subject: name,
          fingerprint: name.repeat(16),
          labels: { alertname: 'x', subject: name },
        }
        const ends = { fired_at: event.active_at, resolved_at: status === 'resolved' ? at : null }
        return bus.append('alerts', [toRecord('alerts', { ...event, ...ends }, { source: '/test' })])
      }
      const told = () =>
        new Set(receiver.calls.map(({ body, headers }) => `${headers['idempotency-key']} ${body.status} ${body.alerts[0]?.labels.subject}`))
      const first = await start('--port', '0', '--config', path('shitops.yaml'))
      await put('a', 'firing')
      await receiver.until((calls) => calls.length > 0)
      await first.live.signal('SIGKILL')
      await put('a', 'resolved')
      await put('b', 'firing')
      const second = await start('--port', '0', '--config', path('shitops.yaml'), '--json')
      await receiver.until(() => told().size >= 3)
      expect([...told()].map((text) => text.split(' ').slice(1).join(' ')).sort()).to.deep.equal(['firing a', 'firing b', 'resolved a'])
      await second.live.signal('SIGINT')
      expect(JSON.parse(second.live.stdout).told.refused).to.equal(0)
    } finally {
      await receiver.close()
      await bus.close()
    }
  })

  it('refuses to tell where nobody is named, before it listens', async () => {
    const { code, stdout } = await runCli(['serve', '--port', '0', '--notify', '--json', '--bus', url()])
    expect([code, JSON.parse(stdout).error.code]).to.deep.equal([2, 'SHITOPS_E_RECEIVER_UNKNOWN'])
  })

  it('speaks TLS', async () => {
    const { clientCert, clientKey } = await makeTlsFiles(dir())
    const { base } = await start('--port', '0', '--server-cert', clientCert, '--server-key', clientKey)
    expect(base).to.match(/^https:/)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${base}/-/ready`, { rejectUnauthorized: false }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).to.equal(200)
  })

  it('refuses to let tokens cross the network in plain text, bad token files, and addresses that are taken', async () => {
    const code = async (args: string[], env: Record<string, string> = {}) => {
      const { stdout, code: exit } = await runCli(['serve', '--json', ...args], { env: { SHITOPS_BUS: url(), ...env } })
      return [JSON.parse(stdout).error.code, exit]
    }
    expect(await code(['--host', '0.0.0.0', '--port', '0'])).to.deep.equal(['SHITOPS_E_USAGE', 2])
    await writeFile(path('short'), 'ops operations abc\n', { mode: 0o600 })
    expect(await code(['--token-file', path('short')])).to.deep.equal(['SHITOPS_E_SERVE_TOKENS', 78])
    await writeFile(path('open'), 'ops operations a-token-of-enough-characters\n', { mode: 0o644 })
    expect(await code(['--token-file', path('open')])).to.deep.equal(['SHITOPS_E_SECRET_MODE', 77])
    expect(await code([], { SHITOPS_SERVE_TOKENS: 'ops king a-token-of-enough-characters' })).to.deep.equal(['SHITOPS_E_SERVE_TOKENS', 78])
    const { base } = await start('--port', '0')
    expect(await code(['--port', new URL(base).port])).to.deep.equal(['SHITOPS_E_SERVE_LISTEN', 69])
  })
})
