import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newSilence, silenceRecord } from '../../../src/alerts/silences.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { type Alert, examplesOf, toEventTime, toRecord } from '../../../src/events/index.ts'
import { WebhookReceiver } from '../../alerts/notify/receiver.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

/** A receiver of notifications, and alerts of which it is told. */
export class Notified {
  readonly #receiver: WebhookReceiver

  private constructor(receiver: WebhookReceiver) {
    this.#receiver = receiver
  }

  static async listen(): Promise<Notified> {
    return new Notified(await WebhookReceiver.open())
  }

  /** A configuration by which it is told, as `notify.yaml` in a folder. */
  async configure(folder: string): Promise<void> {
    const alerts = {
      receivers: [{ name: 'desk', webhook: [{ url: this.#receiver.url }] }],
      route: { receiver: 'desk', groupBy: ['...'], groupWait: '0s', groupInterval: '1s' },
      inhibitRules: [{ sourceMatchers: ['part=cause'], targetMatchers: ['part=effect'], equal: ['case'] }],
    }
    await writeFile(join(folder, 'notify.yaml'), JSON.stringify({ alerts }))
  }

  /**
   * Work of every kind for a notifier, new each time: an alert to tell of, one that it hides, and a silence that ended so long ago that it goes.
   * @returns whether the receiver has been told of it
   */
  async ask(bus: Bus): Promise<() => boolean> {
    const now = Date.now()
    const old = { matchers: ['site=hq'], startsAt: now - 8 * DAY, endsAt: now - 7 * DAY, author: 'desk', comment: 'cabling' }
    const id = randomBytes(4).toString('hex')
    const { minimal } = await examplesOf('alerts')
    const at = toEventTime(now - MINUTE)
    const alert = (part: 'cause' | 'effect'): Alert => ({
      ...{ ...minimal, event_time: at, active_at: at, fired_at: at, status: 'firing' },
      ...{ fingerprint: `${id}${part === 'cause' ? '00000000' : '11111111'}`, subject: id },
      labels: { alertname: minimal.alert_name, part, case: id },
    })
    await bus.append('alert_silences', [silenceRecord(newSilence(old, now - 8 * DAY))])
    // Together: whoever saw the effect alone would tell of it.
    const records = (['cause', 'effect'] as const).map((part) => toRecord('alerts', alert(part), { source: '/test' }))
    await bus.append('alerts', records)
    return () => this.#receiver.calls.some(({ body }) => body.alerts.some(({ labels }) => labels.case === id && labels.part === 'cause'))
  }

  close(): Promise<void> {
    return this.#receiver.close()
  }
}
