import { expect } from 'chai'
import { systemClock } from '../../../../../src/base/clock.ts'
import type { Bus } from '../../../../../src/bus/bus.ts'
import { openBus } from '../../../../../src/bus/open.ts'
import { createMissing } from '../../../../../src/bus/ops/create-missing.ts'
import { type DevicesOptions, followDevices } from '../../../../../src/collectors/gnmi/targets/sources/devices.ts'
import { type LibrenmsDevice, tombstone, toRecord } from '../../../../../src/events/index.ts'
import { useTempDir } from '../../../../support/temp-dir.ts'
import { MemoryLogger } from '../../../compliance.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { until } from '../../support/until.ts'

const TOPIC = 'librenms_devices'
const record = (id: number, more: Partial<LibrenmsDevice> = {}) =>
  toRecord(
    TOPIC,
    { event_time: '2026-03-31T14:05:02.000Z', device_id: id, hostname: `10.0.0.${id}`, up: true, ...more },
    { source: '/test' },
  )
const gone = (id: number) => tombstone(TOPIC, String(id), Date.UTC(2026, 3, 1), { source: '/test' })

describe("LibreNMS's devices on the bus", () => {
  const dir = useTempDir()
  let bus: Bus
  let stop: AbortController
  let logger: MemoryLogger
  let sets: string[]
  let running: Promise<void>

  beforeEach(async () => {
    bus = await openBus(`embedded:${dir()}/bus`)
    stop = new AbortController()
    logger = new MemoryLogger()
    sets = []
  })
  afterEach(async () => {
    stop.abort()
    await running
    await bus.close()
  })

  /** Follows them; a set is its host names in order. */
  function follow(more: Partial<DevicesOptions> = {}) {
    const options = { bus, clock: systemClock, signal: stop.signal, logger, settle: 20, retry: 10, ...more }
    running = (async () => {
      for await (const devices of followDevices(options))
        sets.push(
          devices
            .map(({ hostname }) => hostname)
            .sort()
            .join(' '),
        )
    })()
  }
  const sees = (set: string) => until(() => sets.at(-1) === set)

  it('are the last state of each, all that was there at once, then followed: new, changed, deleted', async () => {
    await createMissing(bus, [TOPIC])
    await bus.append(TOPIC, [record(1), record(2), record(3), record(2, { hostname: 'two' }), gone(3)])
    follow()
    await sees('10.0.0.1 two')
    expect(sets).to.deep.equal(['10.0.0.1 two'])
    await bus.append(TOPIC, [record(4)])
    await sees('10.0.0.1 10.0.0.4 two')
    await bus.append(TOPIC, [gone(1), record(4, { hostname: 'four' })])
    await sees('four two')
  })

  it('come in few sets where news come in many pieces', async () => {
    await createMissing(bus, [TOPIC])
    const clock = new SteppedClock()
    let read = 0
    const counted: DevicesOptions['bus'] = {
      offsets: (topic) => bus.offsets(topic),
      async *read(options) {
        for await (const batch of bus.read(options)) {
          read += batch.count
          yield batch
        }
      },
    }
    follow({ bus: counted, clock })
    await sees('')
    for (let i = 1; i <= 20; i++) await bus.append(TOPIC, [record(i % 2)])
    await until(() => read === 20)
    await clock.step()
    await bus.append(TOPIC, [record(2)])
    await until(() => read === 21)
    expect(sets, 'not at rest').to.deep.equal([''])
    await clock.step()
    await clock.step()
    await sees('10.0.0.0 10.0.0.1 10.0.0.2')
    expect(sets).to.deep.equal(['', '10.0.0.0 10.0.0.1 10.0.0.2'])
  })

  it('are none where there is no topic yet, which is told once; they come when it is there', async () => {
    follow()
    await sees('')
    await createMissing(bus, [TOPIC])
    await bus.append(TOPIC, [record(1)])
    await sees('10.0.0.1')
    expect(logger.lines.filter((line) => line.includes('there is no topic'))).to.have.length(1)
  })

  it('pass over what cannot be read, which is told with its place; the device stays as it was', async () => {
    await createMissing(bus, [TOPIC])
    await bus.append(TOPIC, [record(1)])
    await bus.append(TOPIC, [
      { key: '1', value: '{' },
      { key: '2', value: '[]' },
    ])
    follow()
    await sees('10.0.0.1')
    expect(logger.lines).to.have.length(2)
    expect(logger.lines.sort()[0]).to.match(/^librenms_devices\/\d\/\d+ /)
    expect(logger.lines.map((line) => line.replace(/^\S+ /, '')).sort()).to.deep.equal([
      'has no device_id, and is passed over',
      'is not JSON, and is passed over',
    ])
  })

  it('stay as they were while the bus fails, and are read on from where they were', async () => {
    await createMissing(bus, [TOPIC])
    await bus.append(TOPIC, [record(1)])
    let broken = false
    const froms: number[] = []
    const failing: DevicesOptions['bus'] = {
      offsets: (topic) => (broken ? Promise.reject(new Error('no broker')) : bus.offsets(topic)),
      async *read(options) {
        froms.push(Math.max(...options.partitions.map(({ from }) => from)))
        for await (const batch of bus.read(options)) {
          yield batch
          if (broken) throw new Error('connection lost')
        }
      },
    }
    follow({ bus: failing })
    await sees('10.0.0.1')
    broken = true
    await bus.append(TOPIC, [record(2)])
    await until(() => logger.lines.some((line) => line.includes('no broker')))
    await sees('10.0.0.1 10.0.0.2')
    broken = false
    await bus.append(TOPIC, [record(3), gone(1)])
    await sees('10.0.0.2 10.0.0.3')
    expect(logger.lines).to.include('librenms_devices cannot be read (connection lost); the devices stay as they were')
    expect(froms[0]).to.equal(0)
    expect(froms.at(-1)).to.be.greaterThan(0)
  })
})
