import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SMTPServer } from 'smtp-server'
import type { Delivery } from '../../../src/alerts/notify/dispatch.ts'
import { linesOf, titleOf, webhookBody } from '../../../src/alerts/notify/message.ts'
import { slackBody, teamsBody } from '../../../src/alerts/notify/send/chat.ts'
import { outcomeOf } from '../../../src/alerts/notify/send/http-post.ts'
import { makeSenders } from '../../../src/alerts/notify/send/make-senders.ts'
import type { ReceiverSettings } from '../../../src/alerts/notify/settings.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { WebhookReceiver } from './receiver.ts'

const told = (name: string, status: 'firing' | 'resolved', more: Record<string, string> = {}) => ({
  ...{ fingerprint: `${name}0`, active_at: '2026-03-31T14:04:00.000Z', status, starts_at: '2026-03-31T14:05:00.000Z' },
  labels: { alertname: 'call_quality_at_risk', severity: 'critical', subject: name, ...more },
  annotations: { summary: `${name} loses 3.4 % <of> its packets`, advice: 'move the calls' },
  ends_at: status === 'firing' ? null : '2026-03-31T14:15:00.000Z',
})
const delivery: Delivery = {
  ...{
    target: 'ops/webhook/0',
    receiver: 'ops',
    groupId: '1',
    groupKey: '{}:{alertname="call_quality_at_risk"}',
    reason: 'changed',
    attempt: 1,
  },
  ...{ groupLabels: { alertname: 'call_quality_at_risk' }, idempotencyKey: 'k1', truncated: 3 },
  alerts: [told('access-1', 'firing', { site: 'hq' }), told('access-2', 'resolved', { site: 'hq' })],
}
const body = webhookBody(delivery, { externalUrl: 'https://shitops.example/', runbookUrl: 'https://wiki.example/{alertname}' })
const signal = new AbortController().signal

describe('the webhook body', () => {
  it("is Alertmanager's, version 4", () => {
    expect(body).to.include({
      version: '4',
      status: 'firing',
      receiver: 'ops',
      truncatedAlerts: 3,
      externalURL: 'https://shitops.example/',
    })
    expect(body.commonLabels).to.deep.equal({ alertname: 'call_quality_at_risk', severity: 'critical', site: 'hq' })
    expect(body.commonAnnotations).to.have.keys(['advice', 'runbook_url'])
    expect(body.alerts[0]).to.include({ startsAt: '2026-03-31T14:05:00.000Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'access-10' })
    expect(body.alerts[0]?.generatorURL).to.equal('https://shitops.example/#/alerts/access-10')
    expect(body.alerts[1]).to.include({ status: 'resolved', endsAt: '2026-03-31T14:15:00.000Z' })
    expect(body.alerts[0]?.annotations.runbook_url).to.equal('https://wiki.example/call_quality_at_risk')
  })

  it('has a line for people', () => {
    expect(titleOf(body)).to.equal('FIRING 4: call_quality_at_risk')
    expect(linesOf(body).map(({ head }) => head)).to.deep.equal([
      'FIRING critical call_quality_at_risk: access-1',
      'RESOLVED critical call_quality_at_risk: access-2',
      'and 3 more',
    ])
  })

  it('is short and without mark-up of its own in a chat, however much there is', () => {
    const many = webhookBody(
      { ...delivery, alerts: Array.from({ length: 90 }, (_, i) => told(`${'x'.repeat(200)}${i} <!channel> *`, 'firing')) },
      {},
    )
    const slack = slackBody(many) as { blocks: Array<{ text: { text: string } }> }
    expect(slack.blocks.length).to.be.below(50)
    expect(JSON.stringify(slack)).to.not.include('<!channel>')
    const teams = teamsBody(many) as { attachments: Array<{ contentType: string; content: { body: unknown[] } }> }
    expect(teams.attachments[0]?.contentType).to.equal('application/vnd.microsoft.card.adaptive')
    expect(Buffer.byteLength(JSON.stringify(teams))).to.be.below(28_000)
  })
})

describe('what an answer means', () => {
  it('goes by the class of its status', () => {
    const kinds = (statuses: number[]) => [...new Set(statuses.map((status) => outcomeOf(status, '', null, 0).kind))]
    expect(kinds([200, 201, 202, 204])).to.deep.equal(['taken'])
    expect(kinds([408, 425, 429, 500, 502, 503, 504])).to.deep.equal(['later'])
    expect(kinds([301, 302, 307, 400, 401, 403, 404, 405, 410, 413, 422])).to.deep.equal(['refused'])
    expect(outcomeOf(429, '', '7', 0)).to.include({ askedFor: 7_000 })
    expect(outcomeOf(503, '', 'Thu, 01 Jan 1970 00:01:00 GMT', 10_000)).to.include({ askedFor: 50_000 })
    expect(outcomeOf(503, '', 'soon', 0)).to.not.have.property('askedFor')
  })
})

describe('the senders', function () {
  this.timeout(120_000)
  let dir: string
  let receiver: WebhookReceiver
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-senders-'))
    receiver = await WebhookReceiver.open()
    await writeFile(join(dir, 'secret'), 's3cret\n', { mode: 0o600 })
    await writeFile(join(dir, 'address'), `${receiver.url}/services/T000/SECRET\n`, { mode: 0o600 })
  })
  beforeEach(() => {
    receiver.calls.length = 0
    receiver.answer = () => ({ status: 200 })
  })
  after(async () => {
    await receiver.close()
    await rm(dir, { recursive: true })
  })

  async function send(settings: Omit<ReceiverSettings, 'name'>, allowExec = false, env = {}) {
    const senders = await makeSenders({ receivers: [{ name: 'ops', ...settings }], allowExec }, { env, now: () => 0 })
    const [sender] = [...senders.values()]
    return sender?.send(body, signal)
  }

  it('post the body with key, token and signature', async () => {
    const secretFile = join(dir, 'secret')
    expect(
      await send({ webhook: [{ url: `${receiver.url}/hook`, bearerTokenEnv: 'T', signingSecretFile: secretFile }] }, false, { T: 'tok' }),
    ).to.deep.equal({ kind: 'taken' })
    const [call] = receiver.calls
    expect(call?.body).to.deep.equal(body)
    expect(call?.headers).to.include({ 'idempotency-key': 'k1', authorization: 'Bearer tok', 'content-type': 'application/json' })
    expect(call?.headers['x-shitops-signature']).to.equal(
      `sha256=${createHmac('sha256', 's3cret')
        .update(call?.text ?? '')
        .digest('hex')}`,
    )
  })

  it('do not follow a redirect, and tell nothing of an address that is a secret', async () => {
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } })
    const refused = await send({ slack: [{ urlFile: join(dir, 'address') }] })
    expect(refused).to.deep.equal({ kind: 'refused', why: 'HTTP 302 Found' })
    expect(receiver.calls.map(({ path }) => path)).to.deep.equal(['/services/T000/SECRET'])
    const gone = await send({ teams: [{ urlEnv: 'U' }] }, false, { U: 'http://127.0.0.1:1/SECRET' })
    expect(gone?.kind).to.equal('later')
    expect(JSON.stringify(gone)).to.not.include('SECRET')
  })

  it('give up waiting', async () => {
    const { createServer } = await import('node:net')
    const silent = createServer((socket) => void socket.once('end', () => socket.destroy()).resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    expect(await send({ webhook: [{ url: `http://127.0.0.1:${port}`, timeout: '50ms' }] })).to.deep.equal({
      kind: 'later',
      why: 'no answer within 50 ms',
    })
    await new Promise((resolve) => silent.close(resolve))
  })

  it('send mail to a real server, with a Message-ID of the key', async () => {
    const mails: string[] = []
    const users: string[] = []
    let refuse: number | undefined
    const server = new SMTPServer({
      ...{ disabledCommands: ['STARTTLS'], allowInsecureAuth: true, logger: false },
      onAuth: ({ username, password }, _, done) => {
        users.push(`${username}:${password}`)
        return password === 's3cret' ? done(null, { user: username }) : done(new Error('no'))
      },
      onRcptTo: (_, __, done) => done(refuse ? Object.assign(new Error('no'), { responseCode: refuse }) : null),
      onData: (stream, _, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          mails.push(Buffer.concat(chunks).toString())
          done()
        })
      },
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.server.address() as { port: number }
    const mail = {
      to: ['a@corp.example', 'b@corp.example'],
      from: 'shitops <me@corp.example>',
      host: '127.0.0.1',
      port,
      tls: 'none' as const,
      username: 'me',
    }
    try {
      expect(await send({ email: [{ ...mail, passwordFile: join(dir, 'secret') }] })).to.deep.equal({ kind: 'taken' })
      expect(users).to.deep.equal(['me:s3cret'])
      expect(mails[0])
        .to.include('Message-ID: <k1@corp.example>')
        .and.include('Subject: FIRING 4: call_quality_at_risk')
        .and.include('What to do: move the calls')
      expect((await send({ email: [{ ...mail, passwordEnv: 'P' }] }, false, { P: 'wrong' }))?.kind).to.equal('refused')
      refuse = 451
      expect(await send({ email: [{ ...mail, passwordFile: join(dir, 'secret') }] })).to.deep.equal({ kind: 'later', why: 'SMTP 451' })
      refuse = 550
      expect(await send({ email: [{ ...mail, passwordFile: join(dir, 'secret') }] })).to.deep.equal({ kind: 'refused', why: 'SMTP 550' })
      // A server without STARTTLS gets neither password nor mail where encryption is asked for.
      users.length = 0
      expect((await send({ email: [{ ...mail, tls: 'starttls', passwordFile: join(dir, 'secret') }] }))?.kind).to.not.equal('taken')
      expect(users).to.deep.equal([])
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
    expect((await send({ email: [{ ...mail, passwordFile: join(dir, 'secret') }] }))?.kind).to.equal('later')
  })

  it('run a program only where that is allowed, with the body on stdin and no secret of ours', async () => {
    const out = join(dir, 'out')
    const exec = (script: string, timeout = '10s') => [{ command: [process.execPath, '-e', script], timeout }]
    const error = await thrownBy(() => send({ exec: exec('') }) as Promise<unknown>)
    expect(error.code).to.equal('SHITOPS_E_CONFIG')
    process.env.SOME_TOKEN = 'SECRET'
    const write = `let s='';process.stdin.on('data',c=>s+=c).on('end',()=>require('fs').writeFileSync(${JSON.stringify(out)},JSON.stringify([process.env,JSON.parse(s)])))`
    expect(await send({ exec: exec(write) }, true)).to.deep.equal({ kind: 'taken' })
    delete process.env.SOME_TOKEN
    const [env, read] = JSON.parse(await readFile(out, 'utf8'))
    expect(read).to.deep.equal(body)
    expect(env).to.include({ SHITOPS_IDEMPOTENCY_KEY: 'k1', SHITOPS_STATUS: 'firing' })
    expect(JSON.stringify(env)).to.not.include('SECRET')
    expect(await send({ exec: exec('process.exit(1)') }, true)).to.deep.equal({ kind: 'refused', why: 'the program ended with 1' })
    expect((await send({ exec: exec('process.exit(75)') }, true))?.kind).to.equal('later')
    expect((await send({ exec: exec('setInterval(()=>{},1000)', '100ms') }, true))?.kind).to.equal('later')
    expect((await send({ exec: [{ command: ['/nowhere/at/all'] }] }, true))?.kind).to.equal('refused')
  })

  it('are not made without their secrets', async () => {
    for (const [settings, env, code] of [
      [{ webhook: [{ urlEnv: 'NOT_SET' }] }, {}, 'SHITOPS_E_CONFIG'],
      [{ webhook: [{ urlEnv: 'U' }] }, { U: 'no address' }, 'SHITOPS_E_CONFIG'],
      [{ webhook: [{ url: 'http://x.example', bearerTokenFile: join(dir, 'none') }] }, {}, 'SHITOPS_E_FILE'],
    ] as const)
      expect((await thrownBy(() => send(settings, false, env) as Promise<unknown>)).code).to.equal(code)
  })
})
