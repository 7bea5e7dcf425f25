import type { Bus, PartitionRange, RecordBatch, TakenOver } from '../bus/bus.ts'
import { readStanding, toldStanding } from '../bus/ops/read-standing.ts'
import { topicsThere } from '../bus/ops/topics-there.ts'
import type { Alert, AlertAck, AlertInhibition, AlertSilence } from '../events/event-types.ts'
import { byUrgency } from '../live/model/alert-order.ts'
import { isOfIncident } from './acks.ts'
import { type Silence, silenceOf, silencing } from './silences.ts'

/** The topics that say together how things stand. */
export const BOOK_TOPICS = ['alerts', 'alert_silences', 'alert_acks', 'alert_inhibitions'] as const
export type BookTopic = (typeof BOOK_TOPICS)[number]

/** Where to go on reading, by topic. */
export type BookPositions = Readonly<Record<BookTopic, readonly PartitionRange[]>>

/**
 * How things stand: alerts with their acknowledgements, silences and what hides them, from the records of four compacted topics taken in any order.
 * Each topic has one writer of a key, so there is nothing to agree on: who shows an alert puts them together ({@link present}).
 */
export class AlertBook {
  readonly #alerts = new Map<string, Alert>()
  readonly #silences = new Map<string, Silence>()
  readonly #acks = new Map<string, AlertAck>()
  readonly #inhibitions = new Map<string, AlertInhibition>()
  /** Records that could not be read, by topic; they are left out. */
  readonly bad: Record<BookTopic, number> = { alerts: 0, alert_silences: 0, alert_acks: 0, alert_inhibitions: 0 }

  /**
   * Takes a record.
   * @param value null is a tombstone
   * @returns the key, or undefined for a record that cannot be read
   */
  apply(topic: BookTopic, key: string, value: Buffer | string | null): string | undefined {
    const into = this.#of(topic)
    if (value === null) {
      into.delete(key)
      return key
    }
    try {
      const event = JSON.parse(String(value))
      if (topic === 'alert_inhibitions' && !Array.isArray(event.inhibited_by)) throw new TypeError('it says by nothing')
      into.set(key, topic === 'alert_silences' ? silenceOf(event as AlertSilence) : event)
      return key
    } catch {
      this.bad[topic]++
      return undefined
    }
  }

  #of(topic: BookTopic): Map<string, unknown> {
    switch (topic) {
      case 'alerts':
        return this.#alerts
      case 'alert_silences':
        return this.#silences
      case 'alert_acks':
        return this.#acks
      case 'alert_inhibitions':
        return this.#inhibitions
    }
  }

  /** The alert as its topic has it. */
  alert(fingerprint: string): Alert | undefined {
    return this.#alerts.get(fingerprint)
  }

  alerts(): IterableIterator<Alert> {
    return this.#alerts.values()
  }

  silence(id: string): Silence | undefined {
    return this.#silences.get(id)
  }

  silences(): IterableIterator<Silence> {
    return this.#silences.values()
  }

  /** The acknowledgement of the present incident of an alert. */
  ackOf(alert: Alert): AlertAck | undefined {
    const ack = this.#acks.get(alert.fingerprint)
    return ack && isOfIncident(ack, alert) ? ack : undefined
  }

  /** Of each alert that the notifier holds back what it wrote of it. */
  inhibitions(): IterableIterator<AlertInhibition> {
    return this.#inhibitions.values()
  }

  /** What the notifier wrote of one. */
  inhibition(fingerprint: string): AlertInhibition | undefined {
    return this.#inhibitions.get(fingerprint)
  }

  /** Fingerprints of the alerts that hide the present incident of one, as the notifier has it. One that fires no more hides nothing. */
  inhibiting(alert: Alert): string[] {
    const inhibition = this.#inhibitions.get(alert.fingerprint)
    if (alert.status !== 'firing' || inhibition?.active_at !== alert.active_at) return []
    return inhibition.inhibited_by.filter((each) => this.#alerts.get(each)?.status === 'firing')
  }

  /** An alert as people are shown it: with who is on it, the silences that mute it and the alerts that hide it. @param now ms since the epoch */
  present(alert: Alert, now: number): Alert {
    const ack = this.ackOf(alert)
    return {
      ...alert,
      acked_by: ack?.acked_by ?? null,
      acked_at: ack?.event_time ?? null,
      silenced_by: silencing(this.#silences.values(), alert.labels, now),
      inhibited_by: this.inhibiting(alert),
    }
  }

  /** All of them so, the worst and newest first. */
  presentAll(now: number): Alert[] {
    return [...this.#alerts.values()].map((alert) => this.present(alert, now)).sort(byUrgency)
  }
}

/**
 * The book as it stands now, and where to go on reading. A topic that is not there has no records yet, and no positions.
 * @throws those of the bus
 */
export async function loadAlertBook(bus: Bus, signal?: AbortSignal): Promise<{ book: AlertBook; positions: BookPositions }> {
  const there = await topicsThere(bus, BOOK_TOPICS)
  const standing = await toldStanding(
    bus,
    BOOK_TOPICS.filter((topic) => there.has(topic)),
  )
  return readBook(standing, (topic, partitions) => bus.read({ topic, partitions, ...(signal && { signal }) }))
}

/** The book as it was left to whoever has taken over (Bus.takeOver, of {@link BOOK_TOPICS}), and where to go on reading. */
export function takeAlertBook(bus: Bus, taken: TakenOver, signal: AbortSignal): Promise<{ book: AlertBook; positions: BookPositions }> {
  return readBook(taken.standing, (topic) => readStanding(bus, topic, taken, signal))
}

async function readBook(
  standing: TakenOver['standing'],
  read: (topic: string, partitions: readonly PartitionRange[]) => AsyncIterable<RecordBatch>,
): Promise<{ book: AlertBook; positions: BookPositions }> {
  const book = new AlertBook()
  const positions: Record<BookTopic, PartitionRange[]> = { alerts: [], alert_silences: [], alert_acks: [], alert_inhibitions: [] }
  for (const topic of BOOK_TOPICS) {
    const partitions = standing.get(topic)
    if (!partitions) continue
    for await (const batch of read(topic, partitions))
      for (let i = 0; i < batch.count; i++) book.apply(topic, String(batch.key(i) ?? ''), batch.value(i))
    positions[topic].push(...partitions.map(({ partition, from, to = from }) => ({ partition, from: to })))
  }
  return { book, positions }
}
