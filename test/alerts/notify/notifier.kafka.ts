import { expect } from 'chai'
import { ackRecords } from '../../../src/alerts/acks.ts'
import { runNotifier } from '../../../src/alerts/notify/run-notifier.ts'
import type { AlertSettings } from '../../../src/alerts/notify/settings.ts'
import { newSilence, silenceRecord } from '../../../src/alerts/silences.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { type Alert, type AlertLogEntry, examplesOf, type TopicName, toEventTime, toRecord } from '../../../src/events/index.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { isWrong, killAgainAndAgain } from './kill-rig.ts'
import { WebhookReceiver } from './receiver.ts'

/** What the notifier promises on the embedded bus, on a real broker. */
describeKafka('the notifier, on Kafka', { racks: ['a'] }, (kafka) => {
  let bus: Bus
  let receiver: WebhookReceiver
  let base: Alert
  const running: Array<{ stop: AbortController; done: Promise<void> }> = []
  before(async () => {
    bus = await openBus(kafka().url())
    await createMissing(bus, ['alerts', 'alert_silences', 'alert_acks', 'alert_log'])
    base = (await examplesOf('alerts')).minimal
  })
  beforeEach(async () => {
    receiver = await WebhookReceiver.open()
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stopped))
    await receiver.close()
  })
  after(() => bus?.close())

  const stopped = async ({ stop, done }: { stop: AbortController; done: Promise<void> }) => {
    stop.abort()
    await done
  }

  async function start(more: AlertSettings['route'] = {}) {
    const stop = new AbortController()
    const settings: AlertSettings = {
      receivers: [{ name: 'ops', webhook: [{ url: receiver.url }] }],
      route: { groupBy: ['...'], groupWait: '0s', groupInterval: '1s', ...more },
    }
    const open = () => openBus(kafka().url())
    const common = { bus, open, settings, env: {}, clock: systemClock, logger: silentLogger, signal: stop.signal }
    let held = () => {}
    const lease = new Promise<void>((resolve) => {
      held = resolve
    })
    const done = runNotifier({ ...common, sessionTimeout: 6_000, onLease: (has) => void (has && held()) })
    const run = { stop, done }
    running.push(run)
    await Promise.race([lease, done])
    return run
  }

  const fingerprint = (subject: string) => Buffer.from(subject.padEnd(8)).toString('hex')
  function alert(subject: string, status: Alert['status']): Alert {
    const at = toEventTime(Date.now())
    const ends = { fired_at: status === 'pending' ? null : base.active_at, resolved_at: status === 'resolved' ? at : null }
    return { ...base, ...ends, event_time: at, subject, status, fingerprint: fingerprint(subject), labels: { alertname: 'x', subject } }
  }
  const put = (subject: string, status: Alert['status']) =>
    bus.append('alerts', [toRecord('alerts', alert(subject, status), { source: '/test' })])

  async function valuesOf<T>(topic: TopicName): Promise<T[]> {
    const values: T[] = []
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
    for await (const batch of bus.read({ topic, partitions }))
      for (let i = 0; i < batch.count; i++) if (batch.value(i)) values.push(JSON.parse(String(batch.value(i))))
    return values
  }
  /** When the condition holds; what ends a notifier that nobody stopped is told, not waited for. */
  const heard = (condition: () => boolean) => {
    const alive = running.filter(({ stop }) => !stop.signal.aborted)
    const ended = alive.map(({ done }) => done.then(() => Promise.reject(new Error('the notifier has ended by itself'))))
    return Promise.race([receiver.until(condition), ...ended])
  }
  const told = (subject: string) =>
    receiver.calls.flatMap(({ body }) => body.alerts.filter(({ labels }) => labels.subject === subject).map(({ status }) => status))

  it('tells what fires and what is over, each once, and has it in the log; started again it has nothing to say', async () => {
    const first = await start()
    await put('a', 'pending')
    await put('a', 'firing')
    await heard(() => told('a').includes('firing'))
    await put('a', 'resolved')
    await heard(() => told('a').includes('resolved'))
    await stopped(first)
    const log = (await valuesOf<AlertLogEntry>('alert_log')).filter(({ fingerprint: of }) => of === fingerprint('a'))
    expect(log.map(({ transition, receiver: who }) => [transition, who])).to.deep.equal([
      ['notified', 'ops/webhook/0'],
      ['notified', 'ops/webhook/0'],
    ])
    expect(log.map(({ idempotency_key }) => idempotency_key)).to.deep.equal(receiver.calls.map(({ headers }) => headers['idempotency-key']))
    await start()
    await put('b', 'firing')
    await heard(() => told('b').length > 0)
    expect(told('a')).to.deep.equal(['firing', 'resolved'])
  })

  it('keeps still about what is silenced until the silence ends, and repeats what nobody acknowledged alone', async () => {
    await start({ repeatInterval: '1s' })
    const now = Date.now()
    const endsAt = now + 8_000
    const wish = { matchers: ['subject=quiet'], startsAt: now, endsAt, author: 'desk', comment: 'cabling' }
    await bus.append('alert_silences', [silenceRecord(newSilence(wish, now))])
    await Promise.all(['quiet', 'acked', 'loud'].map((subject) => put(subject, 'firing')))
    await heard(() => told('acked').length > 0 && told('loud').length > 0)
    const records = ackRecords(alert('acked', 'firing'), { by: 'desk', comment: 'on it', now: Date.now() })
    await bus.append('alert_acks', [records.alert_acks])
    await bus.append('alert_log', [records.alert_log])
    // Repeats that were under way when the acknowledgement came are its last: two of the other alert later there are no more.
    await heard(() => told('loud').length >= 4)
    const acked = told('acked').length
    await heard(() => told('loud').length >= 7)
    expect(told('acked').length).to.be.at.most(acked + 1)
    const stillQuiet = Date.now() < endsAt - 1_000
    if (stillQuiet) expect(told('quiet')).to.deep.equal([])
    await heard(() => told('quiet').length > 0)
    expect(Date.now()).to.be.at.least(endsAt)
    const log = (await valuesOf<AlertLogEntry>('alert_log')).filter(({ fingerprint: of }) => of === fingerprint('quiet'))
    expect(log.map(({ transition }) => transition).slice(0, 2)).to.deep.equal(['silenced', 'unsilenced'])
    await put('acked', 'resolved')
    await heard(() => told('acked').includes('resolved'))
  })

  it('killed with kill -9 while insights raise alerts: none is lost, and none told twice to whoever drops known keys', async function () {
    this.timeout(420_000)
    // A cluster of several buses: this one's topics are the rig's from here on.
    const result = await killAgainAndAgain(kafka().url(), { count: 3, life: 6_000 })
    expect(isWrong(result), JSON.stringify(result)).to.equal(false)
    expect(result.incidents).to.be.greaterThan(10)
  })
})
