import { expect } from 'chai'
import { namedZone } from '../../../../src/collectors/librenms/client/zone.ts'
import type { LibrenmsConfig } from '../../../../src/collectors/librenms/config.ts'
import { type Quirks, VERSIONS } from '../../../../src/office/librenms/quirks.ts'
import { Rig, ROW_TOPICS } from './rig.ts'

type Topics = Record<string, Record<string, Record<string, unknown>>>

/** Fields of devices that a LibreNMS of such a habit does not tell. */
const UNTOLD: ReadonlyArray<readonly [Partial<Quirks>, readonly string[]]> = [
  [{ location: 'null' }, ['site', 'latitude', 'longitude']],
  [{ location: 'absent' }, ['site', 'latitude', 'longitude']],
  [{ location: 'object' }, ['latitude', 'longitude']],
]

const HABITS: ReadonlyArray<Partial<Quirks>> = [
  { numbers: 'text' },
  { flags: 'digits' },
  { flags: 'words' },
  { location: 'text' },
  ...UNTOLD.map(([quirks]) => quirks),
  { emptyIs404: false },
  { count: 'never' },
  { count: 'always' },
  { absentKey: false, doubleArray: false, emptyRename: false, message422: 'text' },
  { unsignedAsText: false },
  { ties: 'reverse' },
  { ties: 'unstable' },
  { unknownHostIsAll: false },
  { portById500: true },
  { secrets: false },
  { gzip: true },
  ...Object.values(VERSIONS),
]

/** What is on the topics after a LibreNMS was read, a port went down, an alert came, a burst of one second, and a device went. */
async function story(quirks: Partial<Quirks>, config: Partial<LibrenmsConfig> = {}): Promise<{ topics: Topics; events: string[] }> {
  const rig = await Rig.open({ quirks, world: { devices: 4, seed: 5 } })
  try {
    // So that some lists are empty: no alert, no link of the last device.
    const sync = await rig.sync(config)
    await sync.follow()
    await sync.sweep()
    const [port] = rig.world.device(1).ports
    rig.world.portDown(port?.id ?? 0)
    rig.world.raiseAlert(2, 1)
    rig.world.sameSecondEvents(2, 620)
    rig.clock.advance(1_000)
    await sync.follow()
    rig.world.deleteDevice(3)
    rig.clock.advance(10 * 60_000)
    await sync.follow()
    while (await sync.sweep());
    await rig.validate()
    expect(rig.metrics.get('malformed')).to.equal(0)
    const topics: Topics = {}
    for (const topic of ROW_TOPICS) topics[topic] = Object.fromEntries(await rig.last(topic))
    const events = (await rig.values('librenms_events')).map(({ log, log_id }) => `${log} ${log_id}`)
    expect(new Set(events).size).to.equal(events.length)
    return { topics, events: events.sort() }
  } finally {
    await rig.close()
  }
}

/** @param fields of devices that are left out */
function without(topics: Topics, fields: readonly string[]): Topics {
  const left = (row: object) => Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)))
  const devices = Object.entries(topics.librenms_devices ?? {}).map(([key, row]) => [key, left(row)])
  return { ...topics, librenms_devices: Object.fromEntries(devices) }
}

/** Row by row, so that a difference can be read. */
function expectSame(topics: Topics, usual: Topics): void {
  for (const [topic, rows] of Object.entries(usual)) {
    expect(topics[topic], topic).to.have.all.keys(Object.keys(rows))
    for (const [key, row] of Object.entries(rows)) expect(topics[topic]?.[key], `${topic} ${key}`).to.deep.equal(row)
  }
}

describe('the sync with a LibreNMS of other habits', () => {
  let usual: Awaited<ReturnType<typeof story>>
  before(async () => {
    usual = await story({})
    expect(usual.topics.librenms_alerts).to.have.all.keys('1')
    expect(usual.topics.librenms_devices).to.have.all.keys('1', '2', '4')
  })

  for (const quirks of HABITS) {
    it(`brings the same to its topics: ${JSON.stringify(quirks)}`, async () => {
      const { topics, events } = await story(quirks)
      const told = UNTOLD.filter(([{ location }]) => location === quirks.location).flatMap(([, fields]) => fields)
      // Where a version has no logs, the sweeps find everything all the same; only which row of the log opened an alert nobody tells.
      const logless = quirks.missing?.includes('list_eventlog') ?? false
      if (logless) for (const alert of Object.values(topics.librenms_alerts ?? {})) alert.opening_log_id = 1
      expectSame(without(topics, told), without(usual.topics, told))
      expect(events).to.deep.equal(logless ? [] : usual.events)
    })
  }

  it('brings the same where all times are local, when its zone is named', async () => {
    const zone = namedZone('Europe/Berlin') ?? expect.fail()
    const { topics, events } = await story({ isoTimes: false }, { zone })
    const named = await story({}, { zone })
    expectSame(topics, named.topics)
    expect(events).to.deep.equal(named.events)
  })
})
