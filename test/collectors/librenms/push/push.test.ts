import { expect } from 'chai'
import { systemClock } from '../../../../src/base/clock.ts'
import { ShitopsError } from '../../../../src/base/errors.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import type { Bus, Transaction } from '../../../../src/bus/bus.ts'
import { openEmbeddedBus } from '../../../../src/bus/embedded/index.ts'
import { createMissing } from '../../../../src/bus/ops/create-missing.ts'
import { ALLOWED_BY_DEFAULT } from '../../../../src/collectors/librenms/push/actions/index.ts'
import { groupOf, PUSH_TOPICS, type PushOptions, push } from '../../../../src/collectors/librenms/push/push.ts'
import { pushAlerts } from '../../../../src/collectors/librenms/push/push-alerts.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import {
  type Alert,
  examplesOf,
  type LibrenmsCommand,
  type LibrenmsResult,
  toRecord,
  validateRecord,
} from '../../../../src/events/index.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { useTempDir } from '../../../support/temp-dir.ts'
import { pastOf, thawed } from '../../../support/thawed-bus.ts'
import { usePush } from './setup.ts'

describe('pushing commands of the bus into LibreNMS', () => {
  const nms = usePush()
  const dir = useTempDir()
  let bus: Bus
  beforeEach(async () => {
    // The topics have a retention: what is old by the bus's own clock goes.
    nms.clock.set(systemClock.now())
    bus = await openEmbeddedBus(`embedded:${dir()}/bus`, {})
    await createMissing(bus, [...PUSH_TOPICS, 'alerts'])
  })
  afterEach(() => bus.close())

  const ask = (...commands: LibrenmsCommand[]) =>
    bus.append(
      'librenms_commands',
      commands.map((command) => toRecord('librenms_commands', command, { source: '/test' })),
    )

  /** Do what is there, and end. The bus runs on real time, the commands on the bench's. */
  async function run(options: Partial<PushOptions> = {}): Promise<Record<string, number>> {
    const metrics = new Counters()
    await push({
      bus,
      api: nms.api(),
      write: true,
      allowed: new Set(ALLOWED_BY_DEFAULT),
      perMinute: 600,
      maxAge: 15 * 60_000,
      clock: { now: () => nms.clock.now(), sleep: systemClock.sleep },
      signal: AbortSignal.timeout(PATIENCE),
      drain: AbortSignal.abort(),
      metrics,
      logger: silentLogger,
      ...options,
    })
    return metrics.toJSON()
  }

  async function valuesOf<T>(topic: string): Promise<T[]> {
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const values: T[] = []
    for await (const batch of bus.read({ topic, partitions })) for (const { value } of batch) values.push(JSON.parse(String(value)) as T)
    return values
  }
  const results = () => valuesOf<LibrenmsResult>('librenms_results')
  const note = (text: string, more = {}) => nms.command('annotate', { arguments: { text }, ...more })
  const noted = () => nms.world.events.rows.filter(({ type }) => type === 'shitops').map(({ message }) => message)

  it('does each once, in order, with a valid result for each', async () => {
    await ask(note('a'), note('b'), nms.command('set_flags', { device_id: 2, arguments: { ignore: true } }), note('c'))
    expect(await run()).to.deep.equal({ applied: 4, received: 4 })
    expect(noted()).to.deep.equal(['a', 'b', 'c'])
    for (const result of await results()) {
      expect(result.outcome).to.equal('applied')
      expect(await validateRecord('librenms_results', Buffer.from(JSON.stringify(result)))).to.equal(null)
    }
    expect(await run()).to.deep.equal({})
    expect(await results()).to.have.lengthOf(4)
  })

  it('does nothing for an id that was done, also after a restart', async () => {
    const command = note('once')
    await ask(command, command)
    expect(await run()).to.deep.equal({ applied: 1, received: 2, repeated: 1 })
    await bus.close()
    bus = await openEmbeddedBus(`embedded:${dir()}/bus`, {})
    await ask({ ...command, arguments: { text: 'again' } })
    expect(await run()).to.deep.equal({ received: 1, repeated: 1 })
    expect(noted()).to.deep.equal(['once'])
  })

  describe('beside a broker that was frozen, and tells of what was', () => {
    const noteOf = () => String(nms.device().row.notes)
    const setNote = (text: string) => nms.command('set_notes', { arguments: { text } })

    it('does nothing for an id that was done, by this run or one before', async () => {
      const past = await pastOf(bus, { topics: ['librenms_results'] })
      const [first, second, third] = [setNote('first'), setNote('second'), setNote('third')]
      await ask(first, second)
      expect(await run()).to.deep.equal({ applied: 2, received: 2 })
      await ask(first, third, second)
      expect(await run({ bus: thawed(bus, past) })).to.deep.equal({ applied: 1, received: 3, repeated: 2 })
      expect(noteOf()).to.contain('third')
    })

    it('ends once all is done, as it knows itself how far that was', async () => {
      await ask(setNote('a'))
      await run()
      const past = await pastOf(bus, { group: groupOf(undefined, true) })
      await ask(setNote('b'))
      const signal = AbortSignal.timeout(8_000)
      expect(await run({ bus: thawed(bus, past), signal })).to.deep.equal({ applied: 1, received: 1 })
      expect(signal.aborted, 'it went on').to.equal(false)
    })
  })

  it('writes nothing in a dry run, and leaves the command to be done', async () => {
    await ask(note('later'))
    expect(await run({ write: false })).to.deep.equal({ dry_run: 1, received: 1 })
    expect(noted()).to.deep.equal([])
    expect(await run()).to.deep.equal({ applied: 1, received: 1 })
    expect((await results()).map(({ outcome }) => outcome)).to.deep.equal(['dry_run', 'applied'])
  })

  it('leaves commands for another LibreNMS alone', async () => {
    await ask(note('hq', { instance: 'hq' }), note('lab', { instance: 'lab' }), note('none'))
    expect(await run({ instance: 'hq' })).to.deep.equal({ applied: 1, others: 2, received: 3 })
    expect(noted()).to.deep.equal(['hq'])
  })

  it('keeps what is no command as a dead letter, and goes on', async () => {
    await bus.append('librenms_commands', [
      { key: '1', value: '{"not":"a command"}' },
      { key: '1', value: 'not JSON' },
      { key: '1', value: JSON.stringify({ ...note('x'), action: 'delete_device' }) },
      toRecord('librenms_commands', note('good'), { source: '/test' }),
    ])
    expect(await run()).to.deep.equal({ applied: 1, malformed: 3, received: 4 })
    expect((await bus.offsets('librenms_commands.dlq')).reduce((sum, { latest }) => sum + latest, 0)).to.equal(3)
  })

  it('looks again after a crash between the write and its result, and writes nothing twice', async () => {
    await ask(note('a'), nms.command('set_status', { arguments: { status: 2 }, expected: { status: null } }))
    const crashing = Object.create(bus, {
      transact: {
        value: (transaction: Transaction) =>
          transaction.appends.length > 0 ? Promise.reject(new Error('killed')) : bus.transact(transaction),
      },
      consume: { value: bus.consume.bind(bus) },
      offsets: { value: bus.offsets.bind(bus) },
      read: { value: bus.read.bind(bus) },
      fetchOffsets: { value: bus.fetchOffsets.bind(bus) },
      takeOver: { value: bus.takeOver.bind(bus) },
    }) as Bus
    for (let n = 0; n < 2; n++) {
      const error = await run({ bus: crashing }).catch((thrown: unknown) => thrown)
      expect(error).to.have.property('message', 'killed')
    }
    expect(await run()).to.deep.equal({ applied: 1, no_op: 1, received: 2 })
    expect(noted()).to.deep.equal(['a'])
    expect(nms.world.components.of(1)).to.have.lengthOf(1)
  })

  it('does nothing in LibreNMS when it may not write down what became of it', async () => {
    await ask(note('a'))
    const denied = new ShitopsError('SHITOPS_E_BUS_AUTH', 'the broker does not allow it: librenms_results')
    const refusing = Object.create(bus, {
      takeOver: { value: () => Promise.reject(denied) },
      consume: { value: bus.consume.bind(bus) },
      offsets: { value: bus.offsets.bind(bus) },
      fetchOffsets: { value: bus.fetchOffsets.bind(bus) },
    }) as Bus
    expect(await run({ bus: refusing }).catch((thrown: unknown) => thrown)).to.equal(denied)
    expect(noted()).to.deep.equal([])
    expect(await run()).to.deep.equal({ applied: 1, received: 1 })
  })

  it('ends when the token is refused, with the command still to be done', async () => {
    const { LibrenmsV0 } = await import('../../../../src/collectors/librenms/client/v0.ts')
    const wrong = new LibrenmsV0({ url: nms.server.url, token: 'wrong-token' }, { clock: nms.clock, signal: new AbortController().signal })
    await ask(note('a'))
    const error = await run({ api: wrong }).catch((thrown: unknown) => thrown)
    expect(error).to.have.property('code', 'SHITOPS_E_LIBRENMS_AUTH')
    wrong.close()
    expect(await run()).to.deep.equal({ applied: 1, received: 1 })
  })

  describe('from alerts', () => {
    async function alert(given: Partial<Alert>): Promise<void> {
      const { full } = await examplesOf('alerts')
      const event = { ...full, event_time: new Date(nms.clock.now()).toISOString(), ...given }
      await bus.append('alerts', [toRecord('alerts', event, { source: '/test' })])
    }

    /** Until as many commands are there. */
    async function commandsOf(
      count: number,
      actions: ReadonlySet<'annotate' | 'status'>,
      before: () => Promise<void>,
    ): Promise<LibrenmsCommand[]> {
      const stop = new AbortController()
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE)])
      const metrics = new Counters()
      const clock = { now: () => nms.clock.now(), sleep: systemClock.sleep }
      const assigned = Object.create(bus, {
        consume: {
          value: (options: Parameters<Bus['consume']>[0]) => bus.consume({ ...options, onAssigned: () => metrics.add('assigned') }),
        },
        transact: { value: bus.transact.bind(bus) },
      }) as Bus
      const running = pushAlerts({ bus: assigned, api: nms.api(), actions, write: true, clock, signal, metrics, logger: silentLogger })
      await metrics.reaches('assigned', 1, signal)
      await before()
      await metrics.reaches('commands', count, signal)
      stop.abort()
      await running
      return valuesOf<LibrenmsCommand>('librenms_commands')
    }

    it('annotates and sets a status once for each state, and takes it back when it is resolved', async () => {
      const hostname = String(nms.device().row.hostname)
      const labels = { alertname: 'call_quality_at_risk', device: hostname }
      const commands = await commandsOf(4, new Set(['annotate', 'status']), async () => {
        await alert({ labels, status: 'pending' })
        await alert({ labels, status: 'firing' })
        await alert({ labels, status: 'firing', notified_at: null })
        await alert({ labels: { alertname: 'x' }, subject: 'payables-2', fingerprint: 'b'.repeat(16) })
        await alert({ labels, status: 'resolved' })
      })
      expect(commands.map(({ action, device_id: device }) => [action, device])).to.deep.equal([
        ['annotate', 1],
        ['set_status', 1],
        ['annotate', 1],
        ['set_status', 1],
      ])
      for (const command of commands) expect(await validateRecord('librenms_commands', Buffer.from(JSON.stringify(command)))).to.equal(null)
      expect(new Set(commands.map(({ command_id: id }) => id)).size).to.equal(4)
      expect(await run()).to.deep.equal({ applied: 4, received: 4 })
      const [component] = nms.world.components.of(1)
      expect(component).to.include({ label: 'call_quality_at_risk', status: 0, error: '' })
      expect(component?.attributes.get('fingerprint')).to.equal('4d2f9c07a1b3e586')
      expect(noted()[0]).to.contain('call_quality_at_risk firing: payables-2 is in a call')
    })
  })
})
