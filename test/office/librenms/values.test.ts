import { expect } from 'chai'
import type { Row } from '../../../src/office/librenms/json.ts'
import { NOON, useLibrenms } from './setup.ts'

/** The one row of a list. */
const only = (rows: Row[]): Row => {
  expect(rows).to.have.length(1)
  return rows[0] as Row
}

describe('the LibreNMS double: values on the wire', () => {
  describe('as they are now', () => {
    const lab = useLibrenms()

    it('numbers are numbers, and flags 0/1 from SQL and true/false from models', async () => {
      const raw = (await lab.rows('/devices?type=device_id&query=1', 'devices'))[0] as Row
      const model = only(await lab.rows('/devices/1', 'devices'))
      for (const flag of [
        'status',
        'ignore',
        'disabled',
        'snmp_disable',
        'disable_notify',
        'ignore_status',
        'mtu_status',
        'override_sysLocation',
      ]) {
        expect(raw[flag], flag).to.be.oneOf([0, 1])
        expect(model[flag], flag).to.equal(raw[flag] === 1)
      }
      expect(raw.device_id).to.equal(1)
      const port = only(await lab.rows('/ports/1', 'port'))
      expect(port).to.include({ ignore: false, disabled: false, deleted: 0, port_id: 1 })
      const byName = (await lab.ask('/devices/1/ports/Ethernet1%2F1')).json.port as Row
      expect(byName).to.include({ ignore: 0, disabled: 0, port_id: 1 })
      expect(byName.in_rate).to.be.a('string')
    })

    it('a location is text from SQL, an object from a model, and null where there is none', async () => {
      const raw = (await lab.rows('/devices', 'devices')).find(({ device_id }) => device_id === 1)
      expect(raw).to.include({ location: 'Berlin, 3rd floor', lat: '52.52000000', lng: '13.40500000' })
      const model = only(await lab.rows('/devices/1', 'devices'))
      expect(model).to.include({ lat: null, lng: null })
      expect(model.location).to.include({ id: 1, location: 'Berlin, 3rd floor', lat: 52.52, fixed_coordinates: false })
      lab.world.changeDevice(1, { location_id: null })
      expect(only(await lab.rows('/devices/1', 'devices')).location).to.equal(null)
    })

    it("times are local without a zone from SQL and UTC from models: their difference is the server's offset, summer and winter", async () => {
      lab.world.poll(1)
      const times = async () => [
        (await lab.rows('/devices?type=device_id&query=1', 'devices'))[0]?.last_polled,
        only(await lab.rows('/devices/1', 'devices')).last_polled,
      ]
      expect(await times()).to.deep.equal(['2026-07-01 14:00:00', '2026-07-01T12:00:00.000000Z'])
      lab.clock.set(Date.UTC(2026, 11, 1, 12))
      lab.world.poll(1)
      expect(await times()).to.deep.equal(['2026-12-01 13:00:00', '2026-12-01T12:00:00.000000Z'])
    })

    it("in the autumn the log's local time repeats an hour, and rows still go by what really came first", async () => {
      // 02:30 summer time, then 02:15 winter time three quarters of an hour later.
      lab.clock.set(Date.UTC(2026, 9, 25, 0, 30))
      lab.world.event(1, { message: 'first', type: 'test' })
      lab.clock.set(Date.UTC(2026, 9, 25, 1, 15))
      lab.world.event(1, { message: 'second', type: 'test' })
      const rows = await lab.rows('/logs/eventlog?from=1', 'logs')
      expect(rows.map(({ message, datetime }) => [message, datetime])).to.deep.equal([
        ['first', '2026-10-25 02:30:00'],
        ['second', '2026-10-25 02:15:00'],
      ])
    })

    it('a counter keeps its digits beyond 2^53, and is text beyond 2^63-1', async () => {
      const { text } = await lab.ask('/devices/1/ports?columns=ifInOctets,ifOutOctets')
      const first = text.slice(0, text.indexOf('}'))
      expect(first).to.match(/"ifInOctets": "184467440737\d{8}"/)
      expect(first).to.match(/"ifOutOctets": 90071992\d{8}(?!\d|")/)
    })

    it('icons of models have a folder', async () => {
      expect((await lab.rows('/devices?type=device_id&query=1', 'devices'))[0]?.icon).to.equal('examplenet.svg')
      expect(only(await lab.rows('/devices/1', 'devices')).icon).to.equal('images/os/examplenet.svg')
    })

    it("credentials stand in devices' rows, both renderings, and in the details of the alert log", async () => {
      const secrets = lab.world.secrets()
      expect(secrets).to.have.length.above(3)
      const { text } = await lab.ask('/devices')
      for (const secret of secrets) expect(text).to.contain(secret)
      expect((await lab.ask('/devices/1')).text).to.contain(String(lab.world.device(1).row.community))
      lab.world.raiseAlert(1, 1, [lab.world.port(1)])
      const [row] = await lab.rows('/logs/alertlog', 'logs')
      expect(row).to.have.nested.property('details.rule[0].community', lab.world.device(1).row.community)
      expect(row).to.have.nested.property('details.rule[0].ifName', 'Ethernet1/1')
    })
  })

  describe('with an old PHP, numbers as text', () => {
    const lab = useLibrenms({ quirks: { numbers: 'text' } })

    it('has text for every column and numbers in the envelope', async () => {
      const { json } = await lab.ask('/devices')
      expect(json.count).to.equal(4)
      for (const row of json.devices as unknown as Row[])
        for (const [column, value] of Object.entries(row)) expect(value, column).not.to.be.a('number')
      expect((json.devices as unknown as Row[]).map(({ device_id }) => device_id)).to.include('1')
    })
  })

  for (const [flags, digits] of [
    ['digits', true],
    ['words', false],
  ] as const) {
    describe(`flags: ${flags}`, () => {
      const lab = useLibrenms({ quirks: { flags } })

      it('has them everywhere', async () => {
        for (const path of ['/devices', '/devices/1']) {
          for (const row of await lab.rows(path, 'devices')) expect(row.status, path).to.equal(digits ? 1 : true)
        }
      })
    })
  }

  const SHAPES = {
    text: (value: unknown) => value === 'Berlin, 3rd floor',
    object: (value: unknown) => (value as Row | undefined)?.location === 'Berlin, 3rd floor',
    null: (value: unknown) => value === null,
    absent: (value: unknown) => value === undefined,
  }
  for (const location of ['text', 'object', 'null', 'absent'] as const) {
    describe(`location: ${location}`, () => {
      const lab = useLibrenms({ quirks: { location } })

      it('has it so in both renderings', async () => {
        for (const path of ['/devices', '/devices/1']) {
          const row = (await lab.rows(path, 'devices')).find(({ device_id }) => device_id === 1)
          expect(row?.location, path).to.satisfy(SHAPES[location])
        }
      })
    })
  }

  describe('in a better world', () => {
    const lab = useLibrenms({ quirks: { unsignedAsText: false, isoTimes: false, secrets: false } })

    it('large counters are digits, models have local times, and there are no credentials', async () => {
      expect((await lab.ask('/ports?columns=ifInOctets')).text).to.match(/"ifInOctets": 184467440737\d{8}(?!")/)
      lab.world.poll(1)
      const row = only(await lab.rows('/devices/1', 'devices'))
      expect(row.last_polled).to.equal(lab.world.time.local(NOON))
      lab.world.raiseAlert(1, 1)
      const texts = [await lab.ask('/devices'), await lab.ask('/devices/1'), await lab.ask('/logs/alertlog')].map(({ text }) => text)
      for (const secret of lab.world.secrets()) expect(texts.join('')).not.to.contain(secret)
      expect(row).not.to.have.property('community')
    })
  })
})
