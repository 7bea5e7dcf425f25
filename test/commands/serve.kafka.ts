import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { examplesOf, toRecord } from '../../src/events/index.ts'
import { StreamClient } from '../../src/live/client.ts'
import { connectByWs } from '../../src/live/connect-ws.ts'
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

  async function start(port: string): Promise<{ live: LiveCli; base: string }> {
    const live = new LiveCli(['serve', '--port', port], home, {
      SHITOPS_BUS: kafka().url(),
      SHITOPS_SERVE_TOKENS: `ops operations ${TOKEN}`,
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
})
