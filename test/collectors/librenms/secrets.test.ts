import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import { messageOf } from '../../../src/base/errors.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { LibrenmsV0 } from '../../../src/collectors/librenms/client/v0.ts'
import { ALLOWED_BY_DEFAULT } from '../../../src/collectors/librenms/push/actions/index.ts'
import { PUSH_TOPICS, push } from '../../../src/collectors/librenms/push/push.ts'
import { DOORBELL_TOPICS, DoorbellLog } from '../../../src/collectors/librenms/receive/doorbell-log.ts'
import { Receiver } from '../../../src/collectors/librenms/receive/receiver.ts'
import { serveReceiver } from '../../../src/collectors/librenms/receive/server.ts'
import { type LibrenmsCommand, toRecord } from '../../../src/events/index.ts'
import { SAFE_BODY, UNSAFE_BODY, WebhookSender } from '../../../src/office/librenms/webhook.ts'
import { change } from '../../../src/office/librenms/world/device.ts'
import { TOKEN } from '../../office/librenms/setup.ts'
import { Rig } from './sync/rig.ts'

const WEBHOOK_SECRET = 'secret-of-the-webhook'
const IN_NOTES = 'community-in-the-notes'

/** What LibreNMS knows must not be anywhere where we put things: topics, dead letters, results, what is logged, what is thrown. */
describe('secrets of LibreNMS', () => {
  let rig: Rig
  /** What was thrown, and whatever else people may read. */
  let thrown: string[]

  beforeEach(async () => {
    rig = await Rig.open()
    thrown = []
    await createMissing(rig.bus, [...PUSH_TOPICS, ...DOORBELL_TOPICS])
    // Where credentials also are: JSON in a device's notes, whole device rows among an alert's details, in JSON that stands in text.
    rig.world.setNotes(1, JSON.stringify({ rack: 4, snmp: { community: IN_NOTES } }))
    rig.world.alerts.addRule({ name: 'down', alert_operation_id: 1 })
    const alert = rig.world.raiseAlert(1, 1, rig.world.device(1).ports)
    alert.info = JSON.stringify({ until_clear: false, rule: [rig.world.device(2).row] })
  })
  afterEach(() => rig.close())

  const secrets = () => [...rig.world.secrets(), TOKEN, IN_NOTES, WEBHOOK_SECRET]

  /** Every topic of the bus, whatever it is, in one text each. */
  async function topics(): Promise<Map<string, string>> {
    const texts = new Map<string, string>()
    for (const topic of await rig.bus.listTopics()) {
      const records = await rig.records(topic)
      texts.set(topic, records.map(({ key, value, headers }) => [key, value, ...headers.flat()].map(String).join(' ')).join('\n'))
    }
    return texts
  }

  async function expectNone(wanted: readonly string[]): Promise<void> {
    const everything = await topics()
    // A topic with nothing in it proves nothing.
    for (const topic of wanted) expect(everything.get(topic) ?? '', topic).not.to.equal('')
    everything.set('log', rig.logger.lines.join('\n')).set('thrown', thrown.join('\n'))
    expect(secrets().length).to.be.greaterThan(8)
    for (const [place, text] of everything) {
      for (const secret of secrets()) expect(text, place).not.to.contain(secret)
      expect(text, place).not.to.match(/authPriv|"(authalgo|cryptoalgo|authlevel)"/)
    }
  }

  const attempt = async (work: () => Promise<unknown>) => {
    const error = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error !== undefined) thrown.push(messageOf(error), String((error as Error).stack), JSON.stringify(error))
    return error
  }

  it('are on no topic of the sync, and in no log', async () => {
    const sync = await rig.sync()
    rig.world.changeDevice(2, { notes: `cut off: {"community":"${rig.world.secrets()[0]}` })
    rig.world.setNotes(2, '[{"community":"cut off')
    rig.clock.advance(1_000)
    await sync.everything()
    await sync.follow()
    await expectNone(['librenms_devices', 'librenms_ports', 'librenms_sensors', 'librenms_inventory', 'librenms_alerts', 'librenms_state'])
    const [device] = (await rig.values('librenms_devices')).filter(({ device_id }) => device_id === 1)
    expect(device?.notes, 'the rest of the notes is there').to.equal('{"rack":4,"snmp":{}}')
  })

  it('are not among the dead letters of rows that cannot be read', async () => {
    rig.world.changeDevice(1, { hostname: '' })
    const [port] = rig.world.device(2).ports
    const alert = rig.world.raiseAlert(2, 1)
    alert.state = 4
    const { log } = rig.world.alerts
    const sync = await rig.sync()
    rig.world.raiseAlert(3, 1, rig.world.device(3).ports)
    // A row of a time that MySQL calls never, with details that have whole devices in them.
    Object.assign(log.rows.at(-1) ?? {}, { at: 0 })
    if (port) change(port, { port_id: null, ifAlias: 'x' })
    rig.clock.advance(1_000)
    await attempt(() => sync.everything())
    expect(rig.metrics.get('malformed')).to.be.greaterThan(1)
    await expectNone(['librenms_devices.dlq', 'librenms_events.dlq'])
  })

  it('are in no error, whatever LibreNMS answers', async () => {
    const failures: unknown[] = []
    for (const fault of [
      { kind: 'truncate' as const, bytes: 900, clean: true },
      { kind: 'truncate' as const, bytes: 900 },
      { kind: 'html' as const },
      { kind: 'status' as const, status: 500 as const, page: false },
    ]) {
      rig.server.fault({ ...fault, on: /devices|alerts|logs/ })
      failures.push(await attempt(async () => (await rig.sync({ once: true })).everything()))
      rig.server.clearFaults()
    }
    expect(
      failures.map((error) => (error as { code?: string } | undefined)?.code).every((code) => code?.startsWith('SHITOPS_E_LIBRENMS_')),
    ).to.equal(true, String(failures))
    const other = new LibrenmsV0({ url: rig.server.url, token: `${TOKEN}0` }, { clock: systemClock, signal: new AbortController().signal })
    expect(await attempt(() => other.probe())).to.have.property('code', 'SHITOPS_E_LIBRENMS_AUTH')
    other.close()
    await expectNone([])
  })

  it('are in no result of a command', async () => {
    const command = (id: string, given: Partial<LibrenmsCommand>): LibrenmsCommand => ({
      event_time: new Date().toISOString(),
      command_id: id,
      device_id: 1,
      action: 'annotate',
      ...given,
    })
    const commands = [
      command('a', { arguments: { text: 'hello' } }),
      command('b', { action: 'set_notes', arguments: { text: 'ours' }, expected: { notes: 'as I saw them' } }),
      command('c', { action: 'set_notes', arguments: { text: 'ours' } }),
      command('d', { action: 'set_flags', arguments: { ignore: true } }),
      command('e', { action: 'add_device', device_id: 0, arguments: { hostname: 'new.example.net', force_add: true } }),
      command('f', { action: 'add_device', device_id: 0, arguments: { hostname: 'dead.example.net' } }),
      command('g', { action: 'acknowledge', alert_id: 1, arguments: { note: 'seen' } }),
      command('h', { device_id: 99, arguments: { text: 'nobody' } }),
    ]
    rig.world.unreachable.add('dead.example.net')
    await rig.bus.append(
      'librenms_commands',
      commands.map((one) => toRecord('librenms_commands', one, { source: '/test' })),
    )
    const signal = new AbortController().signal
    const api = new LibrenmsV0({ url: rig.server.url, token: TOKEN }, { clock: systemClock, signal })
    const surroundings = { clock: systemClock, signal, metrics: rig.metrics, logger: rig.logger }
    const allowed = new Set(ALLOWED_BY_DEFAULT)
    await push({ ...surroundings, bus: rig.bus, api, write: true, allowed, perMinute: 600, maxAge: 60_000, drain: AbortSignal.abort() })
    api.close()
    const outcomes = new Map((await rig.values('librenms_results')).map(({ command_id, outcome }) => [command_id, outcome]))
    expect(Object.fromEntries(outcomes)).to.deep.equal({
      ...{ a: 'applied', b: 'conflict', c: 'applied', d: 'applied', e: 'applied', f: 'failed', g: 'applied', h: 'refused' },
    })
    expect(rig.world.device(1).row.notes, 'written back to the letter').to.equal(
      `${JSON.stringify({ rack: 4, snmp: { community: IN_NOTES } })}\n[shitops]\nours\n[/shitops]`,
    )
    await expectNone(['librenms_results'])
  })

  it('are neither on the doorbell nor among its dead letters', async () => {
    const receiver = new Receiver({
      ...{ alertSecret: WEBHOOK_SECRET, pluginSecret: 'unused', clock: systemClock, metrics: rig.metrics, logger: rig.logger },
      log: new DoorbellLog(rig.bus, systemClock, { source: '/test', writer: 'test' }),
    })
    const server = await serveReceiver({ host: '127.0.0.1', port: 0, receiver, logger: rig.logger })
    const send = (body: string) => {
      const url = `http://127.0.0.1:${server.port}/librenms/alert`
      return new WebhookSender(rig.world, { method: 'POST', url, headers: `X-Shitops-Secret=${WEBHOOK_SECRET}`, body }).run()
    }
    expect(await send(SAFE_BODY)).to.deep.equal([200])
    await send(UNSAFE_BODY)
    await send('{{ $faults }} {{ $notes }}')
    expect(await send('{{ $notes }}')).to.deep.equal([422])
    await server.close()
    await expectNone(['librenms_doorbell'])
  })
})
