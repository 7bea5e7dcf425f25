import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { BLE_DEFAULTS } from '../../../src/collectors/ble/config.ts'
import { runSharedBle } from '../../../src/collectors/ble/shared.ts'
import type { Sighting } from '../../../src/collectors/ble/sighting.ts'
import { fromSightingEvent, toSightingEvent } from '../../../src/collectors/ble/sighting-event.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { toRecord, validateRecord } from '../../../src/events/index.ts'
import { PATIENCE } from '../../support/patience.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { MemoryLogger, RecordingSink } from '../compliance.ts'

const sighting = (receiver: string, rssi: number): Sighting => ({
  ...{ time: Date.now(), device: 'hs_1', person: 'p-1', team: 'ledger', receiver, rssi, authenticated: true, exact: true },
  facts: { model: 'AirPods Pro 2', left_battery_pct: 78, right_battery_pct: null, lid: 'open' },
  audio: { state: 'call', basis: 'nearby_action', confidence: 0.7, edge: true, microphone: 'left' },
})

describe('sightings that receivers share', () => {
  const dir = useTempDir()

  it('come back as they went, and fit their schema', async () => {
    const { facts: _, audio: __, ...bare } = sighting('rx-2', -60)
    for (const one of [sighting('rx-1', -60), bare]) {
      expect(fromSightingEvent(toSightingEvent(one))).to.deep.equal(one)
      expect(await validateRecord('ble_sightings', Buffer.from(JSON.stringify(toSightingEvent(one))))).to.equal(null)
    }
  })

  it('of two rooms are tracked as one headset, in the room that hears it better', async () => {
    const bus: Bus = await openBus(`embedded:${dir()}/bus`)
    try {
      await createMissing(bus, ['ble_sightings'])
      const records = ['rx-1', 'rx-2'].flatMap((receiver, i) =>
        [0, 1, 2].map(() => toRecord('ble_sightings', toSightingEvent(sighting(receiver, i === 0 ? -80 : -50)), { source: '/test' })),
      )
      const stop = new AbortController()
      const [metrics, sink] = [new Counters(), new RecordingSink()]
      const old = toRecord('ble_sightings', toSightingEvent({ ...sighting('rx-1', -60), time: Date.now() - 600_000 }), { source: '/test' })
      const broken = { key: 'hs_1', value: '{"device":1}' }
      // Committed positions, so that what is there already is read.
      const partitions = await bus.offsets('ble_sightings')
      await bus.commitOffsets(
        'shitops-ble-tracker',
        partitions.map(({ partition }) => ({ topic: 'ble_sightings', partition, offset: 0 })),
      )
      await bus.append('ble_sightings', [old, broken, ...records])
      const running = runSharedBle({
        config: { ...BLE_DEFAULTS, zones: { 'rx-2': 'room-204' } },
        bus: { consume: bus.consume.bind(bus), append: sink.append.bind(sink) },
        ...{ clock: systemClock, signal: stop.signal, metrics, logger: new MemoryLogger() },
      })
      await metrics.reaches('received', records.length + 2, AbortSignal.timeout(PATIENCE))
      stop.abort()
      await running
      expect(metrics.toJSON()).to.include({ stale: 1, malformed: 1 })
      expect(sink.of('device_presence').map(({ kind }) => kind)).to.deep.equal(['arrived'])
      expect(sink.of('audio_metrics').at(-1)).to.include({ audio_state: 'call', device: 'hs_1' })
    } finally {
      await bus.close()
    }
  })
})
