import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadAlertBook } from '../../../src/alerts/alert-book.ts'
import { type NotifierOptions, runNotifier } from '../../../src/alerts/notify/run-notifier.ts'
import type { AlertSettings } from '../../../src/alerts/notify/settings.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import {
  type Alert,
  type AlertLogEntry,
  type AlertNotification,
  examplesOf,
  type TopicName,
  toEventTime,
  toRecord,
} from '../../../src/events/index.ts'
import { deniedBus } from '../../support/denied-bus.ts'
import { pastOf, thawed } from '../../support/thawed-bus.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { WebhookReceiver } from './receiver.ts'

describe('the notifier on a bus', function () {
  this.timeout(120_000)
  let dir: string
  let bus: Bus
  let receiver: WebhookReceiver
  let base: Alert
  let running: Array<{ stop: AbortController; done: Promise<void> }> = []

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-notifier-'))
    bus = await openBus(`embedded:${dir}`)
    receiver = await WebhookReceiver.open()
    base = (await examplesOf('alerts')).minimal
    await createMissing(bus, ['alerts'])
  })
  afterEach(async () => {
    await Promise.all(running.map(stopped))
    running = []
    await receiver.close()
    await bus.close()
    await rm(dir, { recursive: true })
  })

  const stopped = async ({ stop, done }: { stop: AbortController; done: Promise<void> }) => {
    stop.abort()
    await done
  }

  function start(more: AlertSettings = {}, options: Partial<NotifierOptions> = {}) {
    const stop = new AbortController()
    const settings: AlertSettings = {
      receivers: [{ name: 'ops', webhook: [{ url: receiver.url }] }],
      route: { groupWait: '0s', groupInterval: '1s' },
      ...more,
    }
    const open = () => openBus(`embedded:${dir}`)
    const given = {
      bus,
      open,
      settings,
      env: {},
      clock: systemClock,
      logger: silentLogger,
      signal: stop.signal,
      ...options,
    }
    const run = { stop, done: runNotifier(given) }
    running.push(run)
    return run
  }

  function put(subject: string, status: Alert['status']): Promise<unknown> {
    const at = toEventTime(Date.now())
    const alert: Alert = {
      ...{
        ...base,
        event_time: at,
        subject,
        status,
        fingerprint: Buffer.from(subject.padEnd(8)).toString('hex'),
        labels: { alertname: 'x', subject },
      },
      ...{ fired_at: status === 'pending' ? null : base.active_at, resolved_at: status === 'resolved' ? at : null },
    }
    return bus.append('alerts', [toRecord('alerts', alert, { source: '/t' })])
  }

  async function valuesOf<T>(topic: TopicName | 'alert_notifications.dlq'): Promise<T[]> {
    const values: T[] = []
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
    for await (const batch of bus.read({ topic, partitions }))
      for (let i = 0; i < batch.count; i++) if (batch.value(i)) values.push(JSON.parse(String(batch.value(i))))
    return values
  }

  const told = () => receiver.calls.flatMap(({ body }) => body.alerts.map(({ status, labels }) => `${status} ${labels.subject}`))

  it('tells what fires and what is over, each once, and has it in the log; started again it has nothing to say', async () => {
    const first = start()
    await put('a', 'pending')
    await put('a', 'firing')
    await receiver.until((calls) => calls.length === 1)
    await put('a', 'resolved')
    await receiver.until((calls) => calls.length === 2)
    await stopped(first)
    expect(told()).to.deep.equal(['firing a', 'resolved a'])
    const log = await valuesOf<AlertLogEntry>('alert_log')
    expect(log.map(({ transition, receiver: who }) => [transition, who])).to.deep.equal([
      ['notified', 'ops/webhook/0'],
      ['notified', 'ops/webhook/0'],
    ])
    expect(log.map(({ idempotency_key }) => idempotency_key)).to.deep.equal(receiver.calls.map(({ headers }) => headers['idempotency-key']))
    start()
    await put('b', 'firing')
    await receiver.until((calls) => calls.length === 3)
    expect(told()).to.deep.equal(['firing a', 'resolved a', 'firing b'])
  })

  it('holds back what another alert explains, and says by which', async () => {
    const inhibitRules = [{ sourceMatchers: ['subject="hq"'], targetMatchers: ['subject!="hq"'] }]
    const run = start({ inhibitRules })
    await put('hq', 'firing')
    await receiver.until(() => told().includes('firing hq'))
    await put('a', 'firing')
    const shown = async (subject: string) => {
      const { book } = await loadAlertBook(bus)
      return book.presentAll(Date.now()).find((alert) => alert.subject === subject)
    }
    while (((await shown('a'))?.inhibited_by ?? []).length === 0) await systemClock.sleep(20)
    expect((await shown('a'))?.inhibited_by).to.deep.equal([(await shown('hq'))?.fingerprint])
    expect((await shown('hq'))?.inhibited_by).to.deep.equal([])
    await put('hq', 'resolved')
    await receiver.until(() => told().includes('firing a'))
    await stopped(run)
    expect((await shown('a'))?.inhibited_by).to.deep.equal([])
    const log = await valuesOf<AlertLogEntry>('alert_log')
    const [hidden] = log.filter(({ transition }) => transition === 'inhibited')
    expect([hidden?.subject, hidden?.inhibited_by]).to.deep.equal(['a', [(await shown('hq'))?.fingerprint]])
  })

  it('is one of several processes; another takes over when it ends', async () => {
    const held: string[] = []
    const first = start({}, { onLease: (has) => void (has && held.push('first')) })
    await put('a', 'firing')
    await receiver.until((calls) => calls.length === 1)
    const other = await openBus(`embedded:${dir}`)
    const second = start({}, { bus: other, onLease: (has) => void (has && held.push('second')) })
    await stopped(first)
    await put('b', 'firing')
    await receiver.until(() => told().includes('firing b'))
    expect(held).to.deep.equal(['first', 'second'])
    expect(told().filter((text) => text === 'firing a').length).to.equal(receiver.calls.length)
    expect(new Set(receiver.calls.map(({ body }) => body.idempotencyKey)).size).to.equal(receiver.calls.length)
    await stopped(second)
    await other.close()
  })

  for (const [topic, events, expected] of [
    ['alert_notifications', ['firing'], ['firing a', 'firing b']],
    ['alerts', ['firing', 'resolved'], ['firing a', 'resolved a', 'firing b']],
  ] as const) {
    it(`tells nothing again although the leader of ${topic}, frozen meanwhile, tells of an older end`, async () => {
      const route = { groupWait: '0s', groupInterval: '1s', groupBy: ['subject'], receiver: 'ops' }
      const first = start({ route })
      // Of the alert before it was over, and of what was told before anything was.
      if (topic === 'alert_notifications') while (!(await bus.listTopics()).includes(topic)) await systemClock.sleep(5)
      let past = await pastOf(bus, { topics: [topic] })
      for (const [i, status] of events.entries()) {
        await put('a', status)
        await receiver.until((calls) => calls.length === i + 1)
        if (i < events.length - 1) past = await pastOf(bus, { topics: [topic] })
      }
      await stopped(first)
      let learn = () => {}
      const learns = new Promise<void>((resolve) => {
        learn = resolve
      })
      const others: Bus[] = []
      const open = async () => {
        const other = await openBus(`embedded:${dir}`)
        others.push(other)
        return thawed(other, { ...past, learns })
      }
      const receivers = ['ops', 'watcher'].map((name) => ({ name, webhook: [{ url: receiver.url }] }))
      const second = start({ route, receivers }, { bus: await open(), open })
      // Written with the first look at how things stand.
      const looked = async () =>
        (await valuesOf<AlertNotification>('alert_notifications')).some((each) => each.receiver.startsWith('watcher'))
      while (topic === 'alerts' && !(await looked())) await systemClock.sleep(10)
      learn()
      await put('b', 'firing')
      await receiver.until(() => told().includes('firing b'))
      await stopped(second)
      expect(told()).to.deep.equal(expected)
      await Promise.all(others.map((other) => other.close()))
    })
  }

  it('calls again under the same key until it is taken; what is refused is a dead letter that says why', async () => {
    receiver.answer = (_, n) => (n === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { status: n === 2 ? 200 : 400 })
    const run = start()
    await put('a', 'firing')
    await receiver.until((calls) => calls.length === 2)
    expect(receiver.calls[0]?.text).to.equal(receiver.calls[1]?.text)
    await put('b', 'firing')
    await receiver.until((calls) => calls.length === 3)
    await stopped(run)
    expect((await valuesOf('alert_notifications.dlq')).length).to.equal(1)
    const log = await valuesOf<AlertLogEntry>('alert_log')
    expect(log.filter(({ transition }) => transition === 'notify_failed').map(({ comment }) => comment)).to.deep.equal([
      'HTTP 400 Bad Request',
      'HTTP 400 Bad Request',
    ])
  })

  it('notices that nothing comes on a topic, also on one that is not there', async () => {
    start({ absence: [{ topic: 'workflow_events', for: '1s' }] })
    await receiver.until((calls) => calls.length === 1)
    expect(told()).to.deep.equal(['firing workflow_events'])
    await createMissing(bus, ['workflow_events'])
    const { minimal } = await examplesOf('workflow_events')
    await bus.append('workflow_events', [toRecord('workflow_events', minimal, { source: '/t' })])
    await receiver.until(() => told().includes('resolved workflow_events'))
  })

  it('refuses a secret that others can read before it tells anybody', async () => {
    await writeFile(join(dir, 'token'), 'x', { mode: 0o644 })
    const error = await thrownBy(
      () => start({ receivers: [{ name: 'a', webhook: [{ url: receiver.url, bearerTokenFile: join(dir, 'token') }] }] }).done,
    )
    expect(error.code).to.equal('SHITOPS_E_SECRET_MODE')
    running = []
  })

  it('ends with what it may not follow, also while it reads something else', async () => {
    const denied = deniedBus(bus, ['alert_inhibitions'])
    const read: Bus['read'] = async function* (options) {
      // Later than what is refused.
      if (options.topic === 'alert_notifications') await new Promise(setImmediate)
      yield* (options.follow ? denied : bus).read(options)
    }
    const partly = new Proxy(bus, {
      get(_, name) {
        const member = name === 'read' ? read : Reflect.get(bus, name)
        return typeof member === 'function' ? member.bind(bus) : member
      },
    })
    // Outside of tests it would be the end of the process, without a word to its user.
    const nobodyCaught: unknown[] = []
    const note = (reason: unknown) => void nobodyCaught.push(reason)
    process.on('unhandledRejection', note)
    const error = await thrownBy(() => start({}, { bus: partly }).done).finally(() => process.off('unhandledRejection', note))
    running = []
    expect(nobodyCaught).to.deep.equal([])
    expect(error.code).to.equal('SHITOPS_E_BUS_AUTH')
    expect(error.message).to.include('alert_inhibitions')
  })
})
