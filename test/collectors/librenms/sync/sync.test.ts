import { expect } from 'chai'
import { pastOf, thawed } from '../../../support/thawed-bus.ts'
import { Rig, ROW_TOPICS } from './rig.ts'

const MINUTE = 60_000

describe('the sync with LibreNMS', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await Rig.open()
    rig.world.pollAll()
  })
  afterEach(() => rig.close())

  const row = async (topic: string, key: unknown) => (await rig.last(topic)).get(String(key))

  it('brings everything to its topic once, and nothing twice', async () => {
    rig.world.alerts.addRule({ name: 'down' })
    rig.world.raiseAlert(1, 1)
    await (await rig.sync({ once: true })).everything()
    const { inventory } = rig.world
    expect((await rig.last('librenms_devices')).size).to.equal(inventory.devices.size)
    expect((await rig.last('librenms_ports')).size).to.equal(inventory.ports.size)
    expect((await rig.last('librenms_sensors')).size).to.equal(inventory.sensors.size)
    const entities = [...inventory.devices.values()].flatMap((device) => device.inventory)
    expect((await rig.last('librenms_inventory')).size).to.equal(entities.length)
    expect((await rig.last('librenms_links')).size).to.be.greaterThan(0)
    expect((await rig.last('librenms_alerts')).size).to.equal(1)
    await rig.validate()
    const before = rig.metrics.get('published')
    await (await rig.sync({ once: true })).everything()
    expect(rig.metrics.get('published') - before, 'samples have no memory across runs').to.equal(rig.metrics.get('device_metrics') / 2)
  })

  it('--full writes every row again', async () => {
    await (await rig.sync({ once: true })).everything()
    // Counted where they are written: the bus may compact them meanwhile.
    const before = rig.metrics.get('librenms_ports')
    await (await rig.sync({ once: true, full: true })).everything()
    expect(rig.metrics.get('librenms_ports')).to.equal(2 * before)
  })

  it('sees a port go down by its event alone', async () => {
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    const [port] = rig.world.device(1).ports
    rig.world.portDown(port?.id ?? 0)
    rig.clock.advance(1_000)
    await sync.follow()
    expect(await row('librenms_ports', port?.id)).to.include({ if_oper_status: 'down', device_id: 1 })
    const [event] = await rig.values('librenms_events')
    expect(event).to.include({ event_type: 'interface', summary: 'ifOperStatus: up -> down', reference: String(port?.id), device_id: 1 })
  })

  it('takes over how far it has come although the leader of its state, frozen meanwhile, tells of an older end', async () => {
    await (await rig.sync({ once: true })).everything()
    const past = await pastOf(rig.bus, { topics: ['librenms_state'] })
    const [port] = rig.world.device(1).ports
    rig.world.portDown(port?.id ?? 0)
    rig.clock.advance(1_000)
    await (await rig.sync({ once: true })).everything()
    rig.world.portUp(port?.id ?? 0)
    rig.clock.advance(1_000)
    await (await rig.sync({ once: true, bus: thawed(rig.bus, past) })).everything()
    // Where the bus has compacted the old state away, nothing is known of how far it has come: events would be missed, and not there twice.
    expect((await rig.values('librenms_events')).map(({ summary }) => summary)).to.deep.equal([
      ...['ifOperStatus: up -> down', 'ifOperStatus: down -> up'],
    ])
  })

  it('takes over the rows that are on the bus although their leader, frozen meanwhile, tells of an older end', async () => {
    await (await rig.sync({ once: true })).everything()
    const [port] = rig.world.device(1).ports
    const { if_oper_status: up } = (await row('librenms_ports', port?.id)) ?? {}
    const past = await pastOf(rig.bus, { topics: ['librenms_ports'] })
    rig.world.portDown(port?.id ?? 0)
    rig.clock.advance(1_000)
    await (await rig.sync({ once: true })).everything()
    expect(await row('librenms_ports', port?.id)).to.include({ if_oper_status: 'down' })
    rig.world.portUp(port?.id ?? 0)
    rig.clock.advance(1_000)
    await (await rig.sync({ once: true, bus: thawed(rig.bus, past) })).everything()
    expect(await row('librenms_ports', port?.id)).to.include({ if_oper_status: up })
  })

  it('looks a second time, since LibreNMS logs a change before it makes it', async () => {
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    const [port] = rig.world.device(1).ports
    rig.world.event(1, { message: 'ifAlias: a -> b', type: 'interface', reference: port?.id ?? 0 })
    rig.clock.advance(1_000)
    await sync.follow()
    rig.world.changePort(port?.id ?? 0, { ifAlias: 'b' })
    rig.clock.advance(2_000)
    await sync.follow()
    expect(await row('librenms_ports', port?.id)).to.include({ if_alias: 'b' })
    expect(sync.session.state.pending).to.deep.equal({})
  })

  it('sees what changes between the two looks without waiting for the second', async () => {
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    const [one, other] = rig.world.device(1).ports
    rig.world.portDown(one?.id ?? 0)
    rig.clock.advance(1_000)
    await sync.follow()
    rig.world.portDown(other?.id ?? 0)
    rig.clock.advance(1_000)
    await sync.follow()
    expect(await row('librenms_ports', other?.id)).to.include({ if_oper_status: 'down' })
  })

  it('looks at a restless device the more seldom the longer it goes on, and not later than ten seconds', async () => {
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    const before = rig.metrics.get('targeted_reads')
    const looks: number[] = []
    for (let second = 1; second <= 11; second++) {
      rig.world.event(1, { message: 'it flaps', type: 'interface', reference: 1 })
      rig.clock.advance(1_000)
      await sync.follow()
      looks.push(rig.metrics.get('targeted_reads') - before)
    }
    expect(looks).to.deep.equal([1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 6])
  })

  it('makes no record of a device for a poll alone, and one of it when it has started anew', async () => {
    const sync = await rig.sync()
    await sync.follow()
    while (await sync.sweep());
    const written = () => rig.metrics.get('librenms_devices')
    const before = written()
    const uptimes = async () => (await rig.values('device_metrics')).filter(({ metric }) => metric === 'uptime').length
    const samples = await uptimes()
    for (let poll = 0; poll < 3; poll++) {
      rig.clock.advance(5 * MINUTE)
      rig.world.pollAll()
      await sync.follow()
      while (await sync.sweep());
    }
    expect(written()).to.equal(before)
    expect(await uptimes(), 'how long it is up is a sample of each poll').to.equal(4 * samples)
    rig.world.reboot(1)
    rig.clock.advance(5 * MINUTE)
    rig.world.pollAll()
    await sync.follow()
    while (await sync.sweep());
    expect(written()).to.equal(before + 1)
    expect((await row('librenms_devices', 1))?.uptime_s).to.be.lessThan(301)
  })

  it('tells from what is on the bus that a device started anew while nobody looked', async () => {
    await (await rig.sync({ once: true })).everything()
    const before = (await row('librenms_devices', 1))?.uptime_s as number
    rig.world.reboot(1)
    rig.clock.advance(before * 1_000 + 3_600_000)
    rig.world.pollAll()
    const written = rig.metrics.get('librenms_devices')
    await (await rig.sync({ once: true })).everything()
    expect(rig.metrics.get('librenms_devices')).to.equal(written + 1)
    expect((await row('librenms_devices', 1))?.uptime_s).to.be.greaterThan(before)
  })

  it('sees an acknowledgement, which no log has, within a minute; and a recovery', async () => {
    const rule = rig.world.alerts.addRule({ name: 'down' })
    const sync = await rig.sync()
    const alert = rig.world.raiseAlert(1, rule)
    rig.clock.advance(1_000)
    await sync.follow()
    await sync.sweep()
    expect(await row('librenms_alerts', alert.id)).to.include({ alert_state: 'active', rule_name: 'down', opening_log_id: 1 })
    rig.world.ack(alert, { note: 'on it' })
    rig.clock.advance(MINUTE)
    await sync.follow()
    expect(await row('librenms_alerts', alert.id)).to.include({ alert_state: 'acknowledged', until_clear: true })
    rig.world.clear(1, rule)
    rig.clock.advance(1_000)
    await sync.follow()
    expect(await row('librenms_alerts', alert.id)).to.include({ alert_state: 'recovered' })
  })

  it('takes a device for gone on a 404 only, with all that was its', async () => {
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    rig.world.deleteDevice(2)
    rig.clock.advance(1_000)
    await sync.follow()
    await sync.sweep()
    expect(await row('librenms_devices', 2)).to.equal(undefined)
    for (const topic of ROW_TOPICS) {
      for (const value of (await rig.last(topic)).values()) expect(value.device_id, topic).not.to.equal(2)
    }
  })

  it('keeps everything when a permission is lost, and says so', async () => {
    await (await rig.sync({ once: true })).everything()
    const before = await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic)))
    rig.world.revokeViewAll()
    const sync = await rig.sync({ once: true })
    const error = await sync.everything().catch((thrown: unknown) => thrown)
    expect(String((error as { code?: string }).code)).to.match(/SHITOPS_E_LIBRENMS_(FEWER|FORBIDDEN)/)
    expect(await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic)))).to.deep.equal(before)
  })

  it('refuses a wave of deletions unless told otherwise', async () => {
    for (let i = 0; i < 20; i++) rig.world.addDevice(`more-${i}`)
    await (await rig.sync({ once: true })).everything()
    for (let i = 0; i < 10; i++) rig.world.deleteDevice(`more-${i}`)
    const error = await (await rig.sync({ once: true })).everything().catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'SHITOPS_E_LIBRENMS_FEWER', exit: 3 })
    expect((await rig.last('librenms_devices')).size).to.equal(26)
    await (await rig.sync({ once: true, allowMassDelete: true })).everything()
    expect((await rig.last('librenms_devices')).size).to.equal(16)
  })

  it('finds in sweeps what no event tells of', async () => {
    await (await rig.sync({ once: true })).everything()
    const port = rig.world.addPort(1, { ifName: 'new' })
    rig.world.setNotes(1, 'moved to rack 4')
    const [gone] = rig.world.device(2).ports
    rig.world.removePort(gone?.id ?? 0)
    await (await rig.sync({ once: true })).everything()
    expect(await row('librenms_ports', port.id)).to.include({ if_name: 'new' })
    expect(await row('librenms_ports', gone?.id)).to.equal(undefined)
    expect(await row('librenms_devices', 1)).to.include({ notes: 'moved to rack 4' })
  })

  it('gives each event once, whatever order a second has, also one that is committed late', async () => {
    rig.server.quirks.ties = 'unstable'
    const sync = await rig.sync()
    const late = rig.world.lateEvent(1, { message: 'late', type: 'system' })
    rig.world.sameSecondEvents(2, 1_700)
    rig.clock.advance(1_000)
    await sync.follow()
    rig.world.sameSecondEvents(2, 40)
    late()
    rig.clock.advance(1_000)
    await sync.follow()
    const ids = (await rig.values('librenms_events')).map(({ log_id }) => Number(log_id)).sort((a, b) => a - b)
    const expected = rig.world.events.rows.map(({ id }) => id)
    // Committed more than 200 ids late, it is too late.
    expect(ids).to.deep.equal(expected.filter((id) => id !== expected[0]))
  })

  it('takes a late row within the overlap', async () => {
    const sync = await rig.sync()
    const late = rig.world.lateEvent(1, { message: 'late', type: 'system' })
    rig.world.sameSecondEvents(2, 150)
    rig.clock.advance(1_000)
    await sync.follow()
    late()
    rig.clock.advance(1_000)
    await sync.follow()
    await sync.follow()
    expect((await rig.values('librenms_events')).filter(({ summary }) => summary === 'late')).to.have.length(1)
  })

  it('reads everything anew when another database answers', async () => {
    for (let i = 0; i < 30; i++) rig.world.event(1, { message: `old ${i}`, type: 'system' })
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    rig.clock.advance(MINUTE)
    rig.world.resetDatabase()
    rig.world.event(1, { message: 'new', type: 'system' })
    rig.clock.advance(1_000)
    await sync.follow()
    expect(rig.metrics.get('resets'), 'once is no proof').to.equal(0)
    rig.clock.advance(1_000)
    await sync.follow()
    await sync.sweep()
    rig.clock.advance(1_000)
    await sync.follow()
    expect(rig.metrics.get('resets')).to.equal(1)
    expect((await rig.values('librenms_events')).map(({ summary }) => summary)).to.deep.equal(['new'])
    expect((await rig.last('librenms_ports')).size).to.equal(rig.world.inventory.ports.size)
  })

  it('reads everything anew when rows were deleted before they were read', async () => {
    rig.world.event(1, { message: 'a', type: 'system' })
    await (await rig.sync({ once: true })).everything()
    rig.world.sameSecondEvents(1, 300)
    rig.clock.advance(MINUTE)
    rig.world.purge('eventlog', rig.clock.now())
    rig.world.event(1, { message: 'after', type: 'system' })
    const sync = await rig.sync({ once: true })
    expect(sync.session.state.resync).to.equal(true)
    await sync.everything()
    expect(sync.session.state.resync).to.equal(false)
    expect((await rig.values('librenms_events')).map(({ summary }) => summary)).to.deep.equal(['after'])
  })

  it('goes on without the logs where a version has none', async () => {
    rig.server.quirks.missing = ['list_eventlog', 'list_alertlog']
    const sync = await rig.sync()
    await sync.follow()
    await sync.sweep()
    expect((await rig.last('librenms_ports')).size).to.equal(rig.world.inventory.ports.size)
    expect(rig.logger.lines.join()).to.contain('no route for its event log')
  })

  it('knows the same row in every rendering', async () => {
    await (await rig.sync({ once: true })).everything()
    const before = await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic)))
    Object.assign(rig.server.quirks, { numbers: 'text', flags: 'digits', count: 'never', emptyIs404: false, gzip: true })
    await (await rig.sync({ once: true })).everything()
    expect(await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic)))).to.deep.equal(before)
  })

  it('outlives failures of LibreNMS, and takes none of them for news', async () => {
    await (await rig.sync({ once: true })).everything()
    const before = await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic)))
    for (const fault of [
      { kind: 'html' as const },
      { kind: 'truncate' as const, bytes: 300, clean: true },
      { kind: 'truncate' as const, bytes: 300 },
      { kind: 'status' as const, status: 500 as const, page: false },
      { kind: 'reset' as const },
    ]) {
      const sync = await rig.sync({ once: true })
      rig.server.fault({ ...fault, on: /devices|ports|sensors|links|inventory/ })
      const error = await sync.everything().catch((thrown: unknown) => thrown)
      expect(String((error as { code?: string })?.code), fault.kind).to.match(/^SHITOPS_E_LIBRENMS_/)
      rig.server.clearFaults()
      expect(await Promise.all(ROW_TOPICS.map((topic) => rig.last(topic))), fault.kind).to.deep.equal(before)
    }
  })

  it('lets no secret out: not on the bus, not in the log', async () => {
    const rule = rig.world.alerts.addRule({ name: 'down' })
    const sync = await rig.sync()
    rig.world.raiseAlert(1, rule)
    rig.world.raiseAlert(2, rule, rig.world.device(2).ports)
    rig.clock.advance(1_000)
    await sync.follow()
    await sync.sweep()
    rig.server.fault({ kind: 'truncate', bytes: 900, clean: true, on: /devices/ })
    await sync.everything().catch(() => {})
    const said = await rig.everythingSaid()
    expect(rig.world.secrets().length).to.be.greaterThan(3)
    for (const secret of rig.world.secrets()) expect(said).not.to.contain(secret)
    expect(said).not.to.match(/authalgo|cryptoalgo|authlevel|authPriv/)
    expect(said).not.to.contain('0123456789abcdef0123456789abcdef')
  })
})
