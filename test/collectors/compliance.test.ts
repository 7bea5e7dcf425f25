import { systemClock } from '../../src/base/clock.ts'
import { Feed } from '../../src/cli/demo/feed.ts'
import type { Advertisement } from '../../src/collectors/ble/advertisement.ts'
import { BLE_DEFAULTS } from '../../src/collectors/ble/config.ts'
import { runBle } from '../../src/collectors/ble/index.ts'
import { runGnmi } from '../../src/collectors/gnmi/index.ts'
import { LibrenmsV0 } from '../../src/collectors/librenms/client/v0.ts'
import { runLibrenms } from '../../src/collectors/librenms/index.ts'
import { IdSet } from '../../src/collectors/workflow/import/id-set.ts'
import { type ImportBatch, runImport } from '../../src/collectors/workflow/import/index.ts'
import { People } from '../../src/collectors/workflow/import/people.ts'
import { runWorkflow } from '../../src/collectors/workflow/index.ts'
import { ScriptedTarget } from '../../src/office/gnmi/scripted/index.ts'
import { LibrenmsServer } from '../../src/office/librenms/server.ts'
import { World } from '../../src/office/librenms/world/world.ts'
import { TOKEN } from '../office/librenms/setup.ts'
import { compliance, type Played, type Surroundings } from './compliance.ts'
import { targetAt } from './gnmi/support/collecting.ts'
import { StepClock, withReading } from './librenms/step-clock.ts'

const NOW = Date.UTC(2026, 0, 30, 8)

compliance('collectors/ble', async (): Promise<Played> => {
  const feed = new Feed<Advertisement>()
  let time = NOW
  /** Left in ear, charge by `time`, so that every frame is a change worth a record. */
  const frame = (): Advertisement => {
    time += 10_000
    const level = (time / 10_000) % 10
    const manufacturerData = Buffer.from('4c000719010e202b668f01000500000000000000000000000000000000', 'hex')
    manufacturerData[8] = (level << 4) | level
    return { timestamp: time, address: 'C0:00:00:00:00:01', addressType: 'random', rssi: -60, manufacturerData, receiver: 'rx-1' }
  }
  return {
    run: (surroundings) => {
      const identify = () => ({ device: 'hs_0123456789abcdef', person: 'payables-1' })
      return runBle({ ...surroundings, config: { ...BLE_DEFAULTS, source: feed, identify } })
    },
    good: (count) => feed.give(Array.from({ length: count }, frame)),
    bad: () => feed.give([{ ...frame(), manufacturerData: Buffer.from('4c000719', 'hex') }]),
    end: async () => feed.end(),
    dlq: null,
  }
})

compliance('collectors/workflow', async (): Promise<Played> => {
  const feed = new Feed<string>()
  let id = 0
  const line = () => JSON.stringify({ id: `e-${++id}`, case_id: `c-${id}`, activity: 'pay', time: new Date(NOW).toISOString() })
  return {
    run: (surroundings) => runWorkflow({ ...surroundings, config: { source: feed } }),
    good: (count) => feed.give(Array.from({ length: count }, line)),
    bad: () => feed.give(['{"case_id": "c-1"']),
    end: async () => feed.end(),
    dlq: 'workflow_events.dlq',
  }
})

compliance('collectors/workflow/import', async (): Promise<Played> => {
  const feed = new Feed<ImportBatch['events'][number] | null>()
  let id = 0
  const place = () => ({ file: 'claims.xes', line: ++id })
  const event = () => ({
    event: {
      ...{ event_time: new Date(NOW + ++id * 1000).toISOString(), case_id: `c-${id}`, activity: 'pay', lifecycle: 'completed' as const },
      ...{ process: 'claims', person: 'Ann' },
    },
    place: place(),
  })
  async function* source(): AsyncGenerator<ImportBatch> {
    for await (const batch of feed) {
      const problems = batch.includes(null) ? [{ place: place(), message: 'concept:name is missing' }] : []
      yield { file: 'claims.xes', events: batch.filter((one) => one !== null), problems }
    }
  }
  const people = new People({ mode: 'hash', secret: Buffer.alloc(32), attributes: [] })
  return {
    run: (surroundings) => {
      const config = { source: source(), people, known: new IdSet(), order: 'file' as const, pace: { kind: 'max' as const }, shift: 0 }
      return runImport({ ...surroundings, config })
    },
    good: (count) => feed.give(Array.from({ length: count }, event)),
    bad: () => feed.give([null]),
    end: async () => feed.end(),
    dlq: 'workflow_events.dlq',
  }
})

compliance('collectors/gnmi', async (): Promise<Played> => {
  const target = await ScriptedTarget.listen()
  let seen: Surroundings
  let sent = 0
  const took = async () => {
    await target.subscribed()
    await seen.metrics.reaches('received', sent, seen.signal)
  }
  const send = (val: object) => {
    sent++
    const path = { elem: [{ name: 'system' }, { name: 'state' }, { name: 'up-time' }] }
    void target.streams[0]?.notify({
      timestamp: `${BigInt(NOW + sent * 1000) * 1_000_000n}`,
      prefix: { target: 'core-1' },
      update: [{ path, val }],
    })
  }
  return {
    run: (surroundings) => {
      seen = surroundings
      const config = { targets: [targetAt(target.address)] }
      return runGnmi({ ...surroundings, config })
    },
    good: async (count) => {
      await target.subscribed()
      for (let i = 0; i < count; i++) send({ uint_val: `${i}` })
      await took()
    },
    bad: async () => {
      await target.subscribed()
      send({ json_ietf_val: Buffer.from('{broken') })
      await took()
    },
    end: () => target.close(),
    dlq: 'device_telemetry.dlq',
  }
})

compliance('collectors/librenms', async (): Promise<Played> => {
  const clock = new StepClock(NOW)
  const world = new World({ clock, devices: 3 })
  const server = await LibrenmsServer.listen({ world, token: TOKEN })
  let seen: Surroundings
  let api: LibrenmsV0 | undefined
  /** Rows of the event log that were taken, readable or not. */
  let rows = 0
  const took = async () => {
    await clock.resting(2, seen.signal)
    clock.jump(1_000)
    const before = () => seen.metrics.get('events') + seen.metrics.get('malformed') < rows && !seen.signal.aborted
    while (before()) await new Promise(setImmediate)
    await clock.resting(2, seen.signal)
  }
  return {
    run: (surroundings) => {
      seen = surroundings
      api = new LibrenmsV0({ url: server.url, token: TOKEN }, { clock: systemClock, signal: surroundings.signal })
      const bus = withReading(surroundings.bus)
      const config = { api, bus, once: false, full: false, tailInterval: 1_000, allowMassDelete: false, person: () => 'person_1' }
      return runLibrenms({ ...surroundings, bus, clock, config })
    },
    good: async (count) => {
      await clock.resting(2, seen.signal)
      rows += count
      for (let i = 0; i < count; i++) world.event(1, { message: `ifAlias: ${i} -> ${i + 1}`, type: 'interface', reference: 1 })
      await took()
    },
    bad: async () => {
      await clock.resting(2, seen.signal)
      rows++
      // How MySQL says never.
      world.event(1, { message: 'when?', type: 'system', at: 0 })
      await took()
    },
    end: async () => {
      api?.close()
      await server.close()
    },
    dlq: 'librenms_events.dlq',
  }
})
