import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { examplesOf, toRecord } from '../../src/events/index.ts'
import { StreamClient } from '../../src/live/client.ts'
import { connectByWs } from '../../src/live/connect-ws.ts'
import { WebhookReceiver } from '../alerts/notify/receiver.ts'
import { until } from '../server/support/server.ts'
import { describeKafka } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'

const TOKEN = 'a-token-of-enough-characters'

/** What the server promises on the embedded bus, on a real broker (dist must be built: `node scripts/build.mjs`). */
describeKafka('shitops serve, on Kafka', { racks: ['a'] }, (kafka) => {
  const home = mkdtempSync(join(tmpdir(), 'shitops-kafka-serve-'))
  const servers: LiveCli[] = []
  let bus: Bus
  before(async () => {
    bus = await openBus(kafka().url())
  })
  after(async () => {
    for (const server of servers) if (server.child.exitCode === null) await server.signal('SIGKILL')
    await bus?.close()
    rmSync(home, { recursive: true, force: true })
  })

  async function start(port: string, ...args: string[]): Promise<{ live: LiveCli; base: string }> {
    const live = new LiveCli(['serve', '--port', port, ...args], home, {
      SHITOPS_BUS: kafka().url(),
      SHITOPS_SERVE_TOKENS: `ops operations,write ${TOKEN}`,
    })
    servers.push(live)
    await live.until(({ stderr }) => stderr.includes('Ready'), undefined, 120_000)
    return { live, base: /Listening on (\S+?)[,;]/.exec(live.stderr)?.[1] ?? '' }
  }

  it('killed again and again, its clients miss nothing and are told nothing twice, transactions included', async () => {
    const first = await start('0')
    const { full } = await examplesOf('insights')
    let n = 0
    const record = () => toRecord('insights', { ...full, event_time: new Date().toISOString(), subject: `s${n++}` }, { source: '/test' })
    const append = (round: number) =>
      round % 2 === 0
        ? bus.append('insights', [record()])
        : bus.transact({ id: 'test-writer', appends: [{ topic: 'insights', records: [record(), record()] }] })
    const got: string[] = []
    const gaps: unknown[] = []
    const take = (changes: ReadonlyArray<{ topic: string; value: Record<string, unknown> | null }>) => {
      for (const { topic, value } of changes) if (topic === 'insights') got.push(String(value?.subject))
    }
    const client = await new StreamClient({
      ...{ url: first.base, token: TOKEN, backoff: { shortest: 50, longest: 300 }, connect: await connectByWs() },
      ...{ onSnapshot: take, onChanges: take, onGap: (gap) => gaps.push(gap) },
    }).start()
    await until('live', () => client.state === 'live')
    try {
      let { live } = first
      for (let kill = 0; kill < 2; kill++) {
        for (let i = 0; i < 20; i++) await append(i)
        await live.signal('SIGKILL')
        for (let i = 0; i < 20; i++) await append(i)
        live = (await start(new URL(first.base).port)).live
      }
      for (let i = 0; i < 20; i++) await append(i)
      await live.until(() => got.length >= n)
    } finally {
      client.close()
    }
    expect(got).to.have.length(n)
    expect(new Set(got).size).to.equal(n)
    expect(gaps).to.deep.equal([])
  })

  it('takes an acknowledgement and tells receivers, each once, also when it is killed in between; clients resume', async () => {
    const receiver = await WebhookReceiver.open()
    const changes: string[] = []
    const take = (of: ReadonlyArray<{ topic: string; value: Record<string, unknown> | null }>) => {
      for (const { topic, value } of of) {
        if (topic === 'alerts') changes.push(`${value?.subject} ${value?.status}`)
        else if (topic === 'alert_acks') changes.push(`${value?.fingerprint} by ${value?.acked_by}`)
      }
    }
    const config = join(home, 'notify.yaml')
    const receivers = [{ name: 'ops', webhook: [{ url: receiver.url }] }]
    writeFileSync(config, JSON.stringify({ alerts: { receivers, route: { groupBy: ['...'], groupWait: '0s', groupInterval: '1s' } } }))
    const given = ['--notify', '--allow-writes', '--config', config]
    const { minimal } = await examplesOf('alerts')
    const put = (subject: string, status: 'firing' | 'resolved') => {
      const at = new Date().toISOString()
      const ends = { fired_at: minimal.active_at, resolved_at: status === 'resolved' ? at : null }
      const name = { subject, fingerprint: subject.repeat(16), labels: { alertname: 'x', subject } }
      return bus.append('alerts', [toRecord('alerts', { ...minimal, ...ends, ...name, event_time: at, status }, { source: '/test' })])
    }
    /** Once for each key. */
    const told = () => {
      const byKey = new Map(receiver.calls.map(({ headers, body }) => [headers['idempotency-key'], body.alerts]))
      return [...byKey.values()].flatMap((alerts) => alerts.map(({ status, labels }) => `${labels.subject} ${status}`)).sort()
    }
    let { live, base } = await start('0', ...given)
    const client = await new StreamClient({
      ...{
        url: base,
        token: TOKEN,
        backoff: { shortest: 50, longest: 300 },
        connect: await connectByWs(),
        topics: ['alerts', 'alert_acks'],
      },
      ...{ onSnapshot: take, onChanges: take },
    }).start()
    try {
      await until('live', () => client.state === 'live')
      await put('a', 'firing')
      await live.until(() => told().includes('a firing') && changes.includes('a firing'))
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      const answer = await fetch(`${base}/api/v1/alerts/${'a'.repeat(16)}/ack`, { method: 'POST', headers, body: '{"comment":"on it"}' })
      expect(answer.status).to.equal(200)
      await live.until(() => changes.includes(`${'a'.repeat(16)} by ops`))
      await live.signal('SIGKILL')
      await put('a', 'resolved')
      await put('b', 'firing')
      ;({ live, base } = await start(new URL(base).port, ...given))
      await live.until(() => told().length >= 3 && changes.includes('b firing'), undefined, 60_000)
    } finally {
      client.close()
      await receiver.close()
    }
    expect(told()).to.deep.equal(['a firing', 'a resolved', 'b firing'])
    expect(changes).to.deep.equal(['a firing', `${'a'.repeat(16)} by ops`, 'a resolved', 'b firing'])
  })
})
