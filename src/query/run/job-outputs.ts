import type { Bus, OutRecord } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { DLQ_SUFFIX, LATE_SUFFIX } from '../../events/topics.ts'
import type { JobOutput } from './bus-job-options.ts'

/** Topics of dead letters and late rows: made when the first one comes. */
export class BesideTopics {
  readonly #bus: Bus
  readonly #there = new Set<string>()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async create(outputs: readonly JobOutput[]): Promise<void> {
    const names = new Set<string>()
    for (const { topic } of outputs)
      if ((topic.endsWith(DLQ_SUFFIX) || topic.endsWith(LATE_SUFFIX)) && !this.#there.has(topic)) names.add(topic)
    if (names.size === 0) return
    await createMissing(this.#bus, [...names])
    for (const name of names) this.#there.add(name)
  }
}

/** As a transaction takes them, each topic's in their order. */
export function byTopic(outputs: readonly JobOutput[]): Array<{ topic: string; records: OutRecord[] }> {
  const topics = new Map<string, OutRecord[]>()
  for (const { topic, ...record } of outputs) {
    const records = topics.get(topic)
    if (records) records.push(record)
    else topics.set(topic, [record])
  }
  return [...topics].map(([topic, records]) => ({ topic, records }))
}
