import { Feed } from '../../src/cli/demo/feed.ts'
import type { Advertisement } from '../../src/collectors/ble/advertisement.ts'
import { BLE_DEFAULTS } from '../../src/collectors/ble/config.ts'
import { runBle } from '../../src/collectors/ble/index.ts'
import { runGnmi } from '../../src/collectors/gnmi/index.ts'
import { runWorkflow } from '../../src/collectors/workflow/index.ts'
import { ScriptedTarget } from '../../src/office/gnmi/scripted/index.ts'
import { compliance, type Played, type Surroundings } from './compliance.ts'
import { targetAt } from './gnmi/support/collecting.ts'

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
