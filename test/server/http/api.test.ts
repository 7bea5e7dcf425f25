import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { useTempDir } from '../../support/temp-dir.ts'
import { TestServer, TOKENS, until } from '../support/server.ts'

type Document = {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
  components: { schemas: Record<string, object> }
}

describe('the HTTP API', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let test: TestServer
  let problems: string[]
  let asked: Set<string>
  let document: Document
  let ajv: Ajv2020
  beforeEach(async () => {
    test = await TestServer.start(dir())
    problems = []
    asked = new Set()
    document = (await (await test.fetch('/api/v1/openapi.json')).json()) as Document
    ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ ...document, $id: 'https://openapi.example/v1' })
  })
  afterEach(async () => {
    await test.close()
    expect(problems, 'answers that are not as the OpenAPI document says').to.deep.equal([])
  })

  /** An answer, held against the document. @param path as the document has it, with parameters in braces */
  async function ask(method: string, path: string, token?: string, { params = {}, query = '', body }: Ask = {}): Promise<Answer> {
    const address = path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '') + query
    const response = await test.fetch(address, token, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(response.status)]
    asked.add(`${method} ${path} ${response.status}`)
    if (!document.paths[path]?.[method.toLowerCase()]?.responses[response.status])
      problems.push(`${method} ${address}: ${response.status} is not in the document`)
    if (!response.headers.get('content-type')?.startsWith('application/json'))
      return { status: response.status, body: text, headers: response.headers }
    const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const check = ajv.compile({ $ref: `https://openapi.example/v1#/${escaped}/content/application~1json/schema` })
    const answer = JSON.parse(text)
    if (!check(answer)) problems.push(`${method} ${address}: ${response.status} ${JSON.stringify(check.errors?.slice(0, 3))}`)
    return { status: response.status, body: answer, headers: response.headers }
  }

  interface Ask {
    params?: Record<string, string>
    query?: string
    body?: unknown
  }
  interface Answer {
    status: number
    // biome-ignore lint/suspicious/noExplicitAny: what the test looks into is checked against the document
    body: any
    headers: Headers
  }

  const alertAt = async (channel: 'finance' | 'operations', fingerprint: string, fields = {}) => {
    const name = channel === 'finance' ? { alert_name: 'workflow_bottleneck_growing' } : {}
    await test.append('alerts', await test.example('alerts', { channel, fingerprint, ...name, ...fields }))
    await until('the alert', () => test.server.feed.book.alert(fingerprint) !== undefined)
  }

  it('shows each token the alerts of its channels, the worst first', async () => {
    await alertAt('finance', 'f'.repeat(16))
    await alertAt('operations', 'e'.repeat(16), { severity: 'critical' })
    await alertAt('operations', 'd'.repeat(16), { status: 'resolved' })
    const of = async (token: string, query = '') =>
      (await ask('GET', '/api/v1/alerts', token, { query })).body.alerts.map((alert: { fingerprint: string }) => alert.fingerprint[0])
    expect(await of(TOKENS.finance)).to.deep.equal(['f'])
    expect(await of(TOKENS.operations)).to.deep.equal(['e', 'd'])
    expect(await of(TOKENS.both)).to.deep.equal(['e', 'f', 'd'])
    expect(await of(TOKENS.both, '?channel=operations&status=firing&severity=critical')).to.deep.equal(['e'])
    expect((await ask('GET', '/api/v1/alerts', TOKENS.both, { query: '?status=burning' })).status).to.equal(400)
    expect((await ask('GET', '/api/v1/alerts', TOKENS.both, { query: '?nothing=1' })).status).to.equal(400)
    expect((await ask('GET', '/api/v1/alerts')).status).to.equal(401)
    expect((await ask('GET', '/api/v1/alerts', 'nobody-knows-this-token')).status).to.equal(401)
    expect((await ask('GET', '/api/v1/alerts', TOKENS.metrics)).status).to.equal(403)
    expect((await ask('GET', '/api/v1/alerts/{fingerprint}', TOKENS.finance, { params: { fingerprint: 'e'.repeat(16) } })).status).to.equal(
      404,
    )
    const one = await ask('GET', '/api/v1/alerts/{fingerprint}', TOKENS.operations, { params: { fingerprint: 'e'.repeat(16) } })
    expect(one.body.alert.severity).to.equal('critical')
  })

  it('takes acknowledgements and silences, and writes down who did what', async () => {
    const params = { fingerprint: 'e'.repeat(16) }
    await alertAt('operations', params.fingerprint, { labels: { alertname: 'x', site: 'hq' } })
    expect((await ask('POST', '/api/v1/alerts/{fingerprint}/ack', TOKENS.operations, { params })).status).to.equal(403)
    expect((await ask('POST', '/api/v1/alerts/{fingerprint}/ack', TOKENS.writer, { params, body: { comment: 'on it' } })).status).to.equal(
      200,
    )
    const listed = async () => (await ask('GET', '/api/v1/alerts', TOKENS.writer)).body.alerts[0]
    await until('the ack', async () => (await listed()).acked_by === 'desk')
    const silence = { matchers: ['site="hq"'], comment: 'cabling', for: '2h' }
    const made = await ask('POST', '/api/v1/silences', TOKENS.writer, { body: silence })
    expect(made.status).to.equal(201)
    const { silence_id } = made.body.silences[0]
    await until('the silence', async () => (await listed()).silenced_by.includes(silence_id))
    expect((await ask('POST', '/api/v1/silences', TOKENS.writer, { body: { ...silence, matchers: ['site=~".*"'] } })).status).to.equal(400)
    expect((await ask('POST', '/api/v1/silences', TOKENS.writer, { body: { matchers: [] } })).status).to.equal(400)
    expect((await ask('POST', '/api/v1/silences', undefined, { body: silence })).status).to.equal(401)
    expect((await ask('GET', '/api/v1/silences', TOKENS.finance)).body.silences[0]).to.include({
      silence_id,
      state: 'active',
      author: 'desk',
    })
    expect((await ask('DELETE', '/api/v1/silences/{silence_id}', TOKENS.writer, { params: { silence_id } })).status).to.equal(200)
    await until('its end', async () => (await listed()).silenced_by.length === 0)
    expect((await ask('DELETE', '/api/v1/silences/{silence_id}', TOKENS.writer, { params: { silence_id: 'none' } })).status).to.equal(404)
    expect((await ask('DELETE', '/api/v1/alerts/{fingerprint}/ack', TOKENS.writer, { params })).status).to.equal(200)
    await until('nobody is on it', async () => (await listed()).acked_by === null)
    const history = (await ask('GET', '/api/v1/alerts/{fingerprint}', TOKENS.writer, { params })).body.history
    expect(history.map(({ transition, actor }: Record<string, string>) => `${transition} ${actor}`)).to.deep.equal([
      'acked desk',
      'unacked desk',
    ])
    const audited: string[] = []
    for (const { partition } of await test.bus.offsets('audit_log')) {
      for await (const batch of test.bus.read({ topic: 'audit_log', partitions: [{ partition, from: 0 }] })) {
        for (const { value } of batch) {
          const { actor, action, outcome, http_status: status } = JSON.parse(String(value))
          audited.push(`${actor} ${action} ${outcome} ${status}`)
        }
      }
    }
    expect(audited.sort()).to.deep.equal(
      [
        ...['ops ack refused 403', 'desk ack done 200', 'desk silence done 201', 'desk silence refused 400', 'desk silence refused 400'],
        ...['anonymous silence refused 401', 'desk unsilence done 200', 'desk unsilence refused 404', 'desk unack done 200'],
      ].sort(),
    )
  })

  it('takes alerts of others: Alertmanager, LibreNMS', async () => {
    const body = {
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical' },
          annotations: { summary: 'full' },
          startsAt: new Date().toISOString(),
        },
        { status: 'firing' },
      ],
    }
    const take = (path: string, token: string, of: unknown) => ask('POST', path, token, { body: of })
    expect((await take('/api/v1/inputs/alertmanager', TOKENS.writer, body)).status).to.equal(403)
    const taken = await take('/api/v1/inputs/alertmanager', TOKENS.input, body)
    expect(taken.body).to.deep.equal({ taken: 1, own: 0, problems: ['alerts[1] has no labels'] })
    expect((await take('/api/v1/inputs/alertmanager', TOKENS.input, 'x')).status).to.equal(400)
    const call = { alert_id: 5, device_id: 7, rule_id: 2, state: 1, hostname: 'access-1', severity: 'warning', name: 'Port down' }
    expect((await take('/api/v1/inputs/librenms', TOKENS.input, call)).body.taken).to.equal(1)
    await until('both', () => [...test.server.feed.book.alerts()].length === 2)
    expect((await take('/api/v1/inputs/librenms', TOKENS.input, call)).body.taken).to.equal(0)
    expect((await take('/api/v1/inputs/librenms', TOKENS.input, { ...call, state: 0 })).body.taken).to.equal(1)
    const alerts = async (token: string) =>
      (await ask('GET', '/api/v1/alerts', token)).body.alerts.map(({ subject, status }: Record<string, string>) => `${subject} ${status}`)
    await until('it is over', async () => (await alerts(TOKENS.operations)).includes('access-1/Port down resolved'))
    expect(await alerts(TOKENS.operations)).to.include('db-1 firing')
    expect(await alerts(TOKENS.finance)).to.deep.equal([])
  })

  it('is read-only unless it is told otherwise', async () => {
    await test.close()
    test = await TestServer.start(dir(), { writable: false })
    const refused = await ask('POST', '/api/v1/silences', TOKENS.writer, { body: { matchers: ['a=b'], comment: 'c', for: '1h' } })
    expect([refused.status, refused.body.error.code]).to.deep.equal([403, 'SHITOPS_E_SERVE_FORBIDDEN'])
  })

  it('shows insights, topics, groups and teams', async () => {
    await test.append(
      'insights',
      await test.example('insights'),
      await test.example('insights', { insight: 'workflow_bottleneck_growing', subject: 'ledger' }),
    )
    for (let i = 0; i < 5; i++) {
      const headset = { device: `hs_${i}`, person: `payables-${i}`, team: 'payables' }
      await test.append('device_presence', await test.example('device_presence', { ...headset, kind: 'arrived' }))
      await test.append(
        'audio_metrics',
        await test.example('audio_metrics', { ...headset, audio_state: i < 2 ? 'call' : 'idle', call_s: 30 }),
      )
    }
    await test.append('device_presence', await test.example('device_presence', { device: 'hs_9', team: 'ledger', kind: 'arrived' }))
    await until(
      'all of it',
      () => test.server.feed.teams.rows().length === 2 && test.server.feed.channels.finance.of('insights').length === 1,
    )
    const insights = async (token: string, query = '') =>
      (await ask('GET', '/api/v1/insights', token, { query })).body.insights.map(({ subject }: { subject: string }) => subject)
    expect(await insights(TOKENS.finance)).to.deep.equal(['ledger'])
    expect(await insights(TOKENS.both, '?limit=5&insight=call_quality_at_risk')).to.deep.equal(['payables-2'])
    await test.server.watch.look()
    const topics = async (token: string) =>
      (await ask('GET', '/api/v1/topics', token)).body.topics.map(({ topic }: { topic: string }) => topic)
    expect(await topics(TOKENS.operations)).to.include.members(['device_metrics', 'device_presence'])
    expect(await topics(TOKENS.finance))
      .to.include('workflow_events')
      .and.not.include.members(['device_metrics'])
    expect((await ask('GET', '/api/v1/groups', TOKENS.finance)).status).to.equal(403)
    expect((await ask('GET', '/api/v1/groups', TOKENS.operations)).body).to.deep.equal({ groups: [] })
    expect((await ask('GET', '/api/v1/teams', TOKENS.operations)).status).to.equal(403)
    const { teams } = (await ask('GET', '/api/v1/teams', TOKENS.finance)).body
    expect(teams[0]).to.include({ team: 'ledger', enrolled: null, present: null, in_call: null })
    expect(teams[1]).to.include({ team: 'payables', enrolled: 5, present: 5, in_call: 2, in_call_ratio: 0.4, call_s_last_hour: 150 })
  })

  it('answers to its names and to its own pages alone, under strict headers', async () => {
    const ready = await ask('GET', '/-/ready')
    expect(ready.status).to.equal(200)
    expect((await ask('GET', '/-/healthy')).status).to.equal(200)
    expect(ready.headers.get('content-security-policy')).to.contain("default-src 'self'").and.contain("frame-ancestors 'none'")
    expect(ready.headers.get('access-control-allow-origin')).to.equal(null)
    const from = (origin: string) => test.fetch('/api/v1/alerts', TOKENS.both, { headers: { origin } }).then(({ status }) => status)
    expect(await from('https://evil.example')).to.equal(403)
    expect(await from(test.server.url)).to.equal(200)
    expect(await from('https://dash.example')).to.equal(200)
    expect((await test.fetch('/nothing')).status).to.equal(404)
    expect((await test.fetch('/')).status).to.equal(404)
  })

  it('serves the web page when there is one, compressed, what has a hash in its name for ever', async () => {
    await test.close()
    await mkdir(join(dir(), 'web', 'assets'), { recursive: true })
    await writeFile(join(dir(), 'web', 'index.html'), '<!doctype html><title>shitops</title>')
    await writeFile(join(dir(), 'web', 'assets', 'index-Ab3dEf9h.js'), `export const a = '${'x'.repeat(5_000)}'\n`)
    test = await TestServer.start(dir())
    const page = await test.fetch('/')
    expect([page.status, page.headers.get('cache-control')]).to.deep.equal([200, 'no-store'])
    expect(page.headers.get('content-security-policy')).to.contain("default-src 'self'")
    const script = await test.fetch('/assets/index-Ab3dEf9h.js', undefined, { headers: { 'accept-encoding': 'br' } })
    expect(script.headers.get('content-encoding')).to.equal('br')
    expect(script.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
    expect((await test.fetch('/../package.json')).status).to.equal(404)
    expect((await test.fetch('/%2e%2e/package.json')).status).to.be.oneOf([403, 404])
  })

  it('gives out documents that a linter has nothing against', async () => {
    const config = await createConfig({ extends: ['recommended'] }, {})
    const lint = (source: string, path: string) => lintFromString({ source, absoluteRef: `${path.split('/').at(-1)}`, config })
    for (const path of ['/api/v1/openapi.json', '/api/v1/asyncapi.json']) {
      const text = await (await test.fetch(path)).text()
      const found = await lint(text, path)
      expect((await lint(text.replace('"info":', '"inform":'), path)).length, 'the linter looks').to.be.greaterThan(0)
      expect(
        found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
        path,
      ).to.deep.equal([])
    }
  })
})
