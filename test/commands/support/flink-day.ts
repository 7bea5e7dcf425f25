import type { Bus } from '../../../src/bus/bus.ts'
import type { EventOf, TopicName } from '../../../src/events/event-types.ts'
import { tombstone, toRecord } from '../../../src/events/index.ts'
import { SCENARIOS, type ScenarioRecord } from '../../../src/office/scenarios/index.ts'

const MINUTE = 60_000
/** Between two scenarios: longer than any window of minutes, so that each stands alone. */
const PAUSE = 20 * MINUTE

/** All scenarios that make an insight fire, one after the other. */
export function dayOfScenarios(): ScenarioRecord[] {
  const day: ScenarioRecord[] = []
  let shift = 0
  for (const scenario of SCENARIOS.filter(({ fires }) => fires !== undefined)) {
    for (const record of scenario.records(1)) day.push(shifted(record, shift))
    shift += scenario.minutes * MINUTE + PAUSE
  }
  return day.sort((a, b) => a.time - b.time)
}

/** A record and all times in it, later. Cases are of their scenario, not of one before. */
function shifted(record: ScenarioRecord, ms: number): ScenarioRecord {
  const text = JSON.stringify(record.value).replace(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, time: string) => {
    return JSON.stringify(new Date(Date.parse(time) + ms).toISOString())
  })
  return { ...record, time: record.time + ms, value: JSON.parse(text) as ScenarioRecord['value'] }
}

/** An uplink of `access-9` that changes its state with each sample, one every 30 s; samples `from` up to, not including, `to`. */
export function flapping(start: number, from: number, to: number): ScenarioRecord[] {
  return Array.from({ length: to - from }, (_, i) => {
    const time = start + (from + i) * 30_000
    const value = {
      event_time: new Date(time).toISOString(),
      target: 'access-9',
      metric: 'if_oper_status',
      instance: 'ethernet-1',
      value: (from + i) % 2,
      unit: 'state',
      collector: 'gnmi',
      role: 'switch',
      site: 'floor-9',
    }
    return { topic: 'device_metrics', time, value }
  })
}

/** Appends records in their order, topic after topic. */
export async function appendDay(bus: Bus, records: readonly ScenarioRecord[]): Promise<void> {
  const topics = new Map<TopicName, ScenarioRecord[]>()
  for (const record of records) {
    const own = topics.get(record.topic)
    if (own) own.push(record)
    else topics.set(record.topic, [record])
  }
  for (const [topic, own] of topics) {
    for (let i = 0; i < own.length; i += 5_000)
      await bus.append(
        topic,
        own.slice(i, i + 5_000).map((record) => toBusRecord(record)),
      )
  }
}

function toBusRecord({ topic, time, key = '', value }: ScenarioRecord) {
  const source = { source: '/test' }
  return value === null ? tombstone(topic, key, time, source) : toRecord(topic, value as unknown as EventOf<TopicName>, source)
}
