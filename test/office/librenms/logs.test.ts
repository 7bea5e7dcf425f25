import { expect } from 'chai'
import type { Row } from '../../../src/office/librenms/json.ts'
import { useLibrenms } from './setup.ts'

const ids = (rows: Row[]) => rows.map(({ event_id }) => event_id)

describe('the LibreNMS double: logs', () => {
  const lab = useLibrenms()
  const say = (message: string, device = 1) => lab.world.event(device, { message, type: 'test' })

  it('has the rows of a page, and how many there are in all', async () => {
    for (let i = 0; i < 7; i++) say(`event ${i}`)
    const { json } = await lab.ask('/logs/eventlog?limit=3&start=2')
    expect(json).to.include({ count: 3, total: 7 })
    expect(ids(json.logs as unknown as Row[])).to.deep.equal([3, 4, 5])
    expect((json.logs as unknown as Row[])[0]).to.deep.equal({
      hostname: 'core-switch-1.example.net',
      sysName: 'core-switch-1.example.net',
      host: 1,
      event_id: 3,
      device_id: 1,
      datetime: '2026-07-01 14:00:00',
      message: 'event 2',
      type: 'test',
      reference: null,
      username: '',
      severity: 2,
    })
  })

  it('takes a number for an id and anything else for a local time', async () => {
    say('noon')
    lab.clock.advance(3_600_000)
    say('one')
    lab.clock.advance(3_600_000)
    say('two')
    expect(ids(await lab.rows('/logs/eventlog?from=2', 'logs'))).to.deep.equal([2, 3])
    expect(ids(await lab.rows('/logs/eventlog?to=2', 'logs'))).to.deep.equal([1, 2])
    expect(ids(await lab.rows('/logs/eventlog?from=2026-07-01%2015:00:00', 'logs'))).to.deep.equal([2, 3])
    expect(ids(await lab.rows('/logs/eventlog?to=2026-07-01%2014:59:59', 'logs'))).to.deep.equal([1])
  })

  it('gives 50 rows, oldest first, unless asked; and knows DESC in capitals only', async () => {
    for (let i = 0; i < 60; i++) say(`event ${i}`)
    expect(ids(await lab.rows('/logs/eventlog', 'logs'))).to.deep.equal(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(ids(await lab.rows('/logs/eventlog?sortorder=DESC&limit=2', 'logs'))).to.deep.equal([60, 59])
    expect(ids(await lab.rows('/logs/eventlog?sortorder=desc&limit=2', 'logs'))).to.deep.equal([1, 2])
  })

  it('sorts by time: an id that is taken early and committed late stands where its time is', async () => {
    const commit = lab.world.lateEvent(1, { message: 'slow', type: 'test' })
    lab.clock.advance(5_000)
    say('quick')
    expect(ids(await lab.rows('/logs/eventlog', 'logs'))).to.deep.equal([2])
    commit()
    expect(ids(await lab.rows('/logs/eventlog', 'logs'))).to.deep.equal([1, 2])
    // Who reads on from the largest id that was seen has lost it; an overlap finds it.
    expect(ids(await lab.rows('/logs/eventlog?from=2', 'logs'))).to.deep.equal([2])
    expect(ids(await lab.rows('/logs/eventlog?from=1', 'logs'))).to.deep.equal([1, 2])
  })

  it("gives everybody's log for a host that does not exist, and nothing for an id that does not", async () => {
    say('of 1')
    say('of 2', 2)
    expect(ids(await lab.rows('/logs/eventlog/2', 'logs'))).to.deep.equal([2])
    expect(ids(await lab.rows('/logs/eventlog/no-such-host', 'logs'))).to.deep.equal([1, 2])
    expect(ids(await lab.rows('/logs/eventlog/999', 'logs'))).to.deep.equal([])
  })

  it("loses a deleted device's events and keeps a row of no device", async () => {
    say('of 1')
    say('of 2', 2)
    lab.world.deleteDevice(2)
    const rows = await lab.rows('/logs/eventlog', 'logs')
    expect(rows).to.have.length(2)
    expect(rows[1]).to.include({
      host: 0,
      device_id: 0,
      hostname: null,
      message: 'Device access-switch-1.example.net has been removed',
      event_id: 3,
    })
    expect((await lab.ask('/devices/2')).status).to.equal(404)
  })

  it('purges what is old and goes on with its ids; another database begins at 1', async () => {
    say('old')
    lab.clock.advance(31 * 86_400_000)
    say('new')
    expect(lab.world.purge('eventlog', lab.clock.now() - 30 * 86_400_000)).to.equal(1)
    say('newest')
    expect(ids(await lab.rows('/logs/eventlog', 'logs'))).to.deep.equal([2, 3])
    lab.world.resetDatabase()
    expect(await lab.rows('/logs/eventlog', 'logs')).to.deep.equal([])
    say('first')
    expect(ids(await lab.rows('/logs/eventlog', 'logs'))).to.deep.equal([1])
    // The same devices have other ids: they are counted by name now.
    expect((await lab.rows('/devices/core-switch-1.example.net', 'devices'))[0]?.device_id).to.equal(2)
  })

  for (const ties of ['reverse', 'unstable'] as const) {
    describe(`rows of one second, order ${ties}`, () => {
      const other = useLibrenms({ quirks: { ties } })

      it('are not in the order of their ids', async () => {
        other.world.sameSecondEvents(1, 20)
        const all = ids(await other.rows('/logs/eventlog?limit=100', 'logs'))
        expect(all).not.to.deep.equal([...all].sort((a, b) => Number(a) - Number(b)))
        expect(new Set(all).size).to.equal(20)
      })

      it('over the edge of a page are all there, or some twice and others never', async () => {
        other.world.sameSecondEvents(1, 20)
        const pages = [0, 5, 10, 15].map((start) => other.rows(`/logs/eventlog?limit=5&start=${start}`, 'logs'))
        const seen = new Set((await Promise.all(pages)).flatMap(ids))
        if (ties === 'reverse') expect(seen.size).to.equal(20)
        else expect(seen.size).to.be.below(20)
      })
    })
  }

  describe('in a better world', () => {
    const other = useLibrenms({ quirks: { unknownHostIsAll: false } })

    it('404 for a host that does not exist', async () => {
      expect((await other.ask('/logs/eventlog/no-such-host')).status).to.equal(404)
    })
  })

  it('has every change of an alert in its log, with one row in the list of alerts', async () => {
    const { world } = lab
    world.raiseAlert(1, 1, [world.port(1)])
    world.worse(1, 1, [world.port(1), world.port(2)])
    world.better(1, 1, [world.port(1)])
    world.clear(1, 1)
    const again = world.raiseAlert(1, 1)
    expect(again.id).to.equal(1)
    const rows = await lab.rows('/logs/alertlog', 'logs')
    expect(rows.map(({ id, state }) => [id, state])).to.deep.equal([
      [1, 1],
      [2, 3],
      [3, 4],
      [4, 0],
      [5, 1],
    ])
    expect(await lab.rows('/alerts?state=0,1,2,3,4,5', 'alerts')).to.have.length(1)
  })
})
