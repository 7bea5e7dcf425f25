import { connect } from 'node:net'
import { expect } from 'chai'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Logger } from '../../../../src/base/log.ts'
import type { Bus } from '../../../../src/bus/bus.ts'
import { openEmbeddedBus } from '../../../../src/bus/embedded/index.ts'
import { createMissing } from '../../../../src/bus/ops/create-missing.ts'
import { LibrenmsV0 } from '../../../../src/collectors/librenms/client/v0.ts'
import { fixedZone } from '../../../../src/collectors/librenms/client/zone.ts'
import { AlertTruth } from '../../../../src/collectors/librenms/receive/alert-truth.ts'
import { DOORBELL_TOPICS, DoorbellLog } from '../../../../src/collectors/librenms/receive/doorbell-log.ts'
import { Receiver, type ReceiverOptions } from '../../../../src/collectors/librenms/receive/receiver.ts'
import { type RunningServer, serveReceiver } from '../../../../src/collectors/librenms/receive/server.ts'
import { signatureOf } from '../../../../src/collectors/librenms/receive/signature.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import type { LibrenmsAlert, LibrenmsDoorbell } from '../../../../src/events/index.ts'
import { SAFE_BODY, UNSAFE_BODY, WebhookSender } from '../../../../src/office/librenms/webhook.ts'
import { TOKEN, useLibrenms } from '../../../office/librenms/setup.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { useTempDir } from '../../../support/temp-dir.ts'

const ALERT_SECRET = 'the secret of the transport'
const PLUGIN_SECRET = 'the secret of the plugin'

describe("the receiver of LibreNMS's calls", () => {
  const dir = useTempDir()
  const nms = useLibrenms()
  let bus: Bus
  let server: RunningServer
  let receiver: Receiver
  let metrics: Counters
  let said: string[]
  let url: string

  beforeEach(async () => {
    bus = await openEmbeddedBus(`embedded:${dir()}/bus`, {})
    await createMissing(bus, [...DOORBELL_TOPICS, 'librenms_alerts'])
    await start()
  })
  afterEach(async () => {
    await server.close()
    await bus.close()
    for (const secret of [ALERT_SECRET, PLUGIN_SECRET]) expect(said.join('\n')).not.to.contain(secret)
  })

  async function start(
    options: Partial<ReceiverOptions> = {},
    limits: { bodyLimit?: number; requestTimeout?: number } = {},
  ): Promise<void> {
    metrics = new Counters()
    said = []
    const say = (message: string) => void said.push(message)
    const logger: Logger = { debug: say, info: say, warn: say, error: say }
    const log = new DoorbellLog(bus, systemClock, { source: '/test', writer: 'test' })
    receiver = new Receiver({
      alertSecret: ALERT_SECRET,
      pluginSecret: PLUGIN_SECRET,
      log,
      clock: systemClock,
      metrics,
      logger,
      ...options,
    })
    await receiver.remember(bus, new AbortController().signal)
    server = await serveReceiver({ host: '127.0.0.1', port: 0, receiver, logger, ...limits })
    url = `http://127.0.0.1:${server.port}`
  }

  async function restart(...options: Parameters<typeof start>): Promise<void> {
    await server.close()
    await start(...options)
  }

  async function valuesOf<T>(topic: string): Promise<T[]> {
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const values: T[] = []
    for await (const batch of bus.read({ topic, partitions })) for (const { value } of batch) values.push(JSON.parse(String(value)) as T)
    return values
  }
  const rings = () => valuesOf<LibrenmsDoorbell>('librenms_doorbell')

  const call = (body: string, headers: Record<string, string> = { 'x-shitops-secret': ALERT_SECRET }, method = 'POST') =>
    fetch(`${url}/librenms/alert`, { method, headers, body })

  function batch(lines: string, { key = 'batch-1', at = Date.now(), secret = PLUGIN_SECRET } = {}) {
    const timestamp = String(Math.floor(at / 1000))
    const signature = signatureOf(secret, timestamp, key, Buffer.from(lines))
    const headers = { 'idempotency-key': key, 'x-shitops-timestamp': timestamp, 'x-shitops-signature': signature }
    return fetch(`${url}/librenms/plugin`, { method: 'POST', headers, body: lines })
  }
  const line = (id: number, given: object = {}) =>
    JSON.stringify({
      v: 1,
      id,
      kind: 'port',
      device_id: id,
      at: '2026-11-25T11:59:58Z',
      data: { reference: id, action: 'updated' },
      ...given,
    })

  describe('as a webhook', () => {
    const transport = (body: string, more = {}) =>
      new WebhookSender(nms.world, {
        method: 'POST',
        url: `${url}/librenms/alert`,
        headers: `X-Shitops-Secret=${ALERT_SECRET}`,
        body,
        ...more,
      })
    const operated = () => nms.world.alerts.addRule({ name: 'Port "status"\nup/down', alert_operation_id: 1 })

    it('rings once for each state of an alert, by every method of the transport', async () => {
      const sender = transport(SAFE_BODY)
      const rule = operated()
      nms.world.raiseAlert(1, rule)
      expect(await sender.run()).to.deep.equal([200])
      nms.world.clear(1, rule)
      expect(await sender.run()).to.deep.equal([200])
      expect(
        (await rings()).map(({ alert_state: state, about, rung_by: by, device_id: device }) => [state, about, by, device]),
      ).to.deep.equal([
        [1, 'alert', 'webhook', 1],
        [0, 'alert', 'webhook', 1],
      ])
      // LibreNMS repeats what stays as it is.
      expect(await transport(SAFE_BODY).run()).to.deep.equal([200, 200])
      const options = 'uid={{ $uid }}9\nalert_id={{ $alert_id }}\nstate={{ $state }}'
      expect(await transport('', { method: 'GET', options }).run()).to.deep.equal([200, 200])
      expect(await rings()).to.have.lengthOf(4)
      expect(metrics.toJSON()).to.deep.equal({ duplicates: 2, rings: 4 })
    })

    it('answers the test button, and says so', async () => {
      expect(await transport(SAFE_BODY).test()).to.equal(200)
      expect(said.join()).to.contain('test button')
      expect(await rings()).to.deep.equal([])
    })

    it('survives JSON that values have broken, and keeps no secret of what else is in it', async () => {
      const rule = operated()
      nms.world.raiseAlert(1, rule)
      const broken = UNSAFE_BODY.replace(
        '"uid":"{{ $uid }}"',
        '"uid":"{{ $uid }}","alert_id":"{{ $alert_id }}","device_id":"{{ $device_id }}"',
      )
      expect(await transport(broken).run()).to.deep.equal([200])
      // The same row of the alert log, so that it does not ring again.
      expect(await transport(UNSAFE_BODY).run()).to.deep.equal([200])
      expect(await transport('{{ $title }} of {{ $sysName }}').run()).to.deep.equal([422])
      expect((await rings()).map(({ alert_id: id, device_id: device }) => [id ?? 0, device])).to.deep.equal([[1, 1]])
      const everything = JSON.stringify([await rings(), said, await valuesOf('librenms_doorbell.dlq').catch(() => [])])
      for (const secret of nms.world.secrets()) expect(everything).not.to.contain(secret)
    })

    it('refuses who does not know the secret', async () => {
      for (const headers of [{}, { 'x-shitops-secret': 'x' }, { authorization: `Bearer ${PLUGIN_SECRET.replaceAll(' ', '-')}` }]) {
        const response = await call(SAFE_BODY, headers as Record<string, string>)
        expect(response.status).to.equal(401)
      }
      expect(metrics.get('refused')).to.equal(3)
      expect(await rings()).to.deep.equal([])
    })

    it('knows after a restart what rang before', async () => {
      const body = '{"uid":"5","alert_id":"1","device_id":"1","state":"1"}'
      await call(body)
      await restart()
      expect(await (await call(body)).json()).to.deep.equal({ status: 'ok', duplicate: true })
    })

    it('is asked to come again when the bus is away, and then rings', async () => {
      const body = '{"uid":"5","alert_id":"1","device_id":"1","state":"1"}'
      let away = true
      const log = new DoorbellLog({ transact: (t) => (away ? Promise.reject(new Error('away')) : bus.transact(t)) }, systemClock, {
        source: '/test',
        writer: 'test',
      })
      await restart({ log })
      const response = await call(body)
      expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '5'])
      away = false
      expect((await call(body)).status).to.equal(200)
      expect(await rings()).to.have.lengthOf(1)
    })

    it('reads what became of the alert and publishes that, not what was said', async () => {
      const signal = AbortSignal.timeout(PATIENCE)
      const api = new LibrenmsV0({ url: nms.server.url, token: TOKEN }, { clock: systemClock, signal })
      const counters = new Counters()
      const truth = new AlertTruth({
        api,
        person: () => 'person_1',
        bus,
        zone: fixedZone(0),
        clock: systemClock,
        signal,
        metrics: counters,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
      })
      await restart({ onAlert: (id) => truth.rang(id) })
      const alert = nms.world.raiseAlert(1, 1)
      nms.world.ack(alert, { note: 'on it' })
      // Rung as active, acknowledged by now; and twice at once.
      const body = (uid: number) => `{"uid":"${uid}","alert_id":"${alert.id}","device_id":"1","rule_id":"1","state":"1"}`
      nms.server.fault({ kind: 'status', status: 503, times: 2, on: 'get_alert' })
      expect((await Promise.all([call(body(1)), call(body(2))])).map(({ status }) => status)).to.deep.equal([200, 200])
      await counters.reaches('published', 1, signal)
      await truth.settled()
      const alerts = await valuesOf<LibrenmsAlert>('librenms_alerts')
      expect(new Set(alerts.map(({ alert_state: state }) => state))).to.deep.equal(new Set(['acknowledged']))
      expect(alerts[0]).to.deep.include({ alert_id: alert.id, device_id: 1, rule_id: 1 })
      truth.rang(4711)
      await truth.settled()
      expect(counters.get('gone')).to.equal(1)
      api.close()
    })
  })

  describe('of the plugin', () => {
    it('takes a batch once, also when it comes twice at once and after a restart', async () => {
      const lines = `${line(1)}\n${line(2)}\n`
      const [first, second] = await Promise.all([batch(lines), batch(lines)])
      expect([first?.status, second?.status]).to.deep.equal([200, 200])
      expect(await (await batch(lines)).json()).to.deep.equal({ status: 'ok', duplicate: true })
      await restart()
      expect(await (await batch(lines)).json()).to.deep.equal({ status: 'ok', duplicate: true })
      expect((await rings()).map(({ outbox_id: id }) => id).sort()).to.deep.equal([1, 2])
    })

    it('keeps rows that cannot be used as dead letters, and takes the rest', async () => {
      expect(await (await batch(`${line(1)}\nnot JSON\n${line(3, { kind: 'rules' })}\n`)).json()).to.deep.equal({
        status: 'ok',
        rings: 1,
        malformed: 2,
      })
      expect((await bus.offsets('librenms_doorbell.dlq')).reduce((sum, { latest }) => sum + latest, 0)).to.equal(2)
    })

    it('refuses a wrong or an old signature, and takes nothing of it', async () => {
      expect((await batch(line(1), { secret: 'another secret' })).status).to.equal(401)
      expect((await batch(line(1), { at: Date.now() - 600_000 })).status).to.equal(401)
      expect((await fetch(`${url}/librenms/plugin`, { method: 'POST', body: line(1) })).status).to.equal(400)
      expect(await rings()).to.deep.equal([])
    })

    it('takes a batch again that it could not write', async () => {
      let away = true
      const log = new DoorbellLog({ transact: (t) => (away ? Promise.reject(new Error('away')) : bus.transact(t)) }, systemClock, {
        source: '/test',
        writer: 'test',
      })
      await restart({ log })
      expect((await batch(line(1))).status).to.equal(503)
      away = false
      expect(await (await batch(line(1))).json()).to.deep.equal({ status: 'ok', rings: 1, malformed: 0 })
    })
  })

  describe('as a server', () => {
    it('has nothing else, and nothing where there is no secret', async () => {
      expect((await fetch(`${url}/`)).status).to.equal(404)
      expect((await fetch(`${url}/librenms/plugin`)).status).to.equal(405)
      expect((await fetch(`${url}/librenms/alert`, { method: 'DELETE' })).status).to.equal(405)
      expect(await (await fetch(`${url}/healthz`)).json()).to.deep.equal({ status: 'ok' })
      await restart({ alertSecret: undefined, pluginSecret: undefined })
      expect((await call(SAFE_BODY)).status).to.equal(404)
      expect((await batch(line(1))).status).to.equal(404)
    })

    it('takes no body that is too large or compressed', async () => {
      await restart({}, { bodyLimit: 100 })
      expect((await call('x'.repeat(101))).status).to.equal(413)
      const streamed = new Blob(['x'.repeat(150)]).stream()
      const init = { method: 'POST', body: streamed, duplex: 'half', headers: { 'x-shitops-secret': ALERT_SECRET } } as RequestInit
      expect((await fetch(`${url}/librenms/alert`, init)).status).to.equal(413)
      expect((await call('{}', { 'x-shitops-secret': ALERT_SECRET, 'content-encoding': 'gzip' })).status).to.equal(415)
    })

    it('ends a request that never becomes whole, and serves others meanwhile', async () => {
      await restart({}, { requestTimeout: 200 })
      const socket = connect(server.port, '127.0.0.1')
      const ended = new Promise<string>((resolve) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(text))
      })
      socket.write(`POST /librenms/alert HTTP/1.1\r\nhost: x\r\nx-shitops-secret: ${ALERT_SECRET}\r\ncontent-length: 50\r\n\r\n{"uid"`)
      // One that is held up by a busy machine may be ended too, and comes again.
      const answered = () =>
        call('{"uid":"5","alert_id":"1"}').then(
          ({ status }) => status,
          () => 408,
        )
      let status = 408
      while (status === 408) status = await answered()
      expect(status).to.equal(200)
      expect(await ended).to.match(/^HTTP\/1.1 408|^$/)
    })
  })
})
