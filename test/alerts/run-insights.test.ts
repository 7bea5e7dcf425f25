import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { INSIGHT_OUTPUTS } from '../../src/alerts/insight-sink.ts'
import { runInsights } from '../../src/alerts/run-insights.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { createMissing } from '../../src/bus/ops/create-missing.ts'
import type { EventOf } from '../../src/events/event-types.ts'
import { dlqTopic, toRecord, validateRecord } from '../../src/events/index.ts'
import type { PlannedInsight } from '../../src/insights/plan.ts'
import { OPENED_AT, SCENARIOS, type ScenarioRecord } from '../../src/office/scenarios/index.ts'
import { plannedInsights } from '../insights/scenario-table.ts'

const INPUTS = ['device_presence', 'audio_metrics', 'device_metrics', 'workflow_events', 'librenms_inventory'] as const

/** The same hour of the day, and not long ago: retention takes old records away. */
function recent(records: readonly ScenarioRecord[]): ScenarioRecord[] {
  const day = 86_400_000
  const shift = (Math.floor((Date.now() - OPENED_AT) / day) - 1) * day
  return records.map((record) => {
    const time = record.time + shift
    return { ...record, time, value: { ...record.value, event_time: new Date(time).toISOString() } }
  })
}

async function write(bus: Bus, records: readonly ScenarioRecord[]): Promise<void> {
  for (const topic of INPUTS) {
    const own = records.filter((record) => record.topic === topic && record.value !== null)
    if (own.length > 0)
      await bus.append(
        topic,
        own.map(({ value }) => toRecord(topic, value as unknown as EventOf<typeof topic>, { source: '/test' })),
      )
  }
}

interface Written {
  key: string
  value: string | null
  timestamp: number
  id: string | undefined
}

async function read(bus: Bus, topic: string): Promise<Written[]> {
  const found: Written[] = []
  for (const { partition, earliest } of await bus.offsets(topic)) {
    for await (const batch of bus.read({ topic, partitions: [{ partition, from: earliest }] })) {
      for (const { key, value, timestamp, headers } of batch) {
        const ids = [...headers].filter(([name]) => name === 'ce_id').map(([, text]) => String(text))
        expect(ids, 'one id').to.have.length(1)
        found.push({ key: String(key), value: value === null ? null : String(value), timestamp, id: ids[0] })
      }
    }
  }
  return found.sort((a, b) => a.timestamp - b.timestamp || (a.key < b.key ? -1 : 1))
}

describe('insights as a job on the bus', function () {
  this.timeout(120_000)
  let dir: string
  let planned: PlannedInsight[]
  const buses: Bus[] = []

  before(async () => {
    planned = await plannedInsights()
  })
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-insights-'))
  })
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close()
    await rm(dir, { recursive: true, force: true })
  })

  async function busAt(name: string): Promise<Bus> {
    const bus = await openBus(`embedded:${join(dir, name)}`)
    buses.push(bus)
    await createMissing(bus, [...INPUTS, ...INPUTS.map(dlqTopic), ...INSIGHT_OUTPUTS])
    return bus
  }
  const toEnd = (bus: Bus) =>
    runInsights({
      ...{
        bus,
        planned,
        clock: systemClock,
        logger: silentLogger,
        job: 'insights',
        start: 'earliest',
        idleTimeout: 60_000,
        untilEnd: true,
      },
      signal: new AbortController().signal,
    })
  const records = recent(SCENARIOS.find(({ name }) => name === 'loss under a call')?.records(1) ?? [])

  it('writes rows, incidents and their history, each of them valid', async () => {
    const bus = await busAt('once')
    await write(bus, records)
    const stats = await toEnd(bus)
    expect(stats).to.include({ late: 0, unreadable: 0 })
    const log = (await read(bus, 'alert_log')).map(({ value }) => JSON.parse(value ?? '{}') as Record<string, unknown>)
    expect(log.map(({ alert_name, subject, transition }) => `${alert_name} ${subject} ${transition}`)).to.deep.equal([
      'call_quality_at_risk access-1 pending',
      'call_quality_at_risk access-1 firing',
      'call_quality_at_risk access-1 resolved',
    ])
    expect(log[1]?.evidence).to.have.length(2)
    for (const topic of INSIGHT_OUTPUTS) {
      for (const { value } of await read(bus, topic)) {
        expect(await validateRecord(topic, value === null ? null : Buffer.from(value)), `${topic} ${value}`).to.equal(null)
      }
    }
  })

  it('writes in several lives what it would have written in one', async () => {
    const sorted = [...records].sort((a, b) => a.time - b.time)
    const whole = await busAt('whole')
    const cut = await busAt('cut')
    for (let i = 0; i < 5; i++) {
      const part = sorted.slice((i * sorted.length) / 5, ((i + 1) * sorted.length) / 5)
      await write(whole, part)
      await write(cut, part)
      await toEnd(cut)
    }
    await toEnd(whole)
    const found = await read(whole, 'alert_log')
    expect(found.length).to.be.above(2)
    for (const topic of ['insights', 'alert_log']) {
      const plain = (written: Written[]) => written.map(({ key, value }) => `${key} ${value}`)
      expect(plain(await read(cut, topic)), topic).to.deep.equal(plain(await read(whole, topic)))
    }
    const ids = (await read(cut, 'alert_log')).map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('puts a record that cannot be read into the dead letters, once, and goes on', async () => {
    const bus = await busAt('bad')
    await bus.append('device_metrics', [{ key: 'x', value: 'not JSON', timestamp: records[0]?.time ?? 0 }])
    await write(bus, records)
    expect(await toEnd(bus)).to.include({ unreadable: 1 })
    let letters = 0
    for (const { partition, earliest } of await bus.offsets('device_metrics.dlq')) {
      for await (const batch of bus.read({ topic: 'device_metrics.dlq', partitions: [{ partition, from: earliest }] }))
        letters += batch.count
    }
    expect(letters).to.equal(1)
  })
})
