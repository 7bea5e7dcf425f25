import { expect } from 'chai'
import { VERSIONS } from '../../../src/office/librenms/quirks.ts'
import { useLibrenms } from './setup.ts'

const LIMITED = 'ffffffffffffffffffffffffffffffff'
const READER = 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'

describe('the LibreNMS double: envelopes, errors and rights', () => {
  describe('of an empty database', () => {
    const lab = useLibrenms({ world: { devices: 0 } })
    beforeEach(() => lab.world.inventory.locations.clear())

    for (const path of [
      '/resources/sensors',
      '/resources/locations',
      '/devicegroups',
      '/resources/links',
      '/resources/vlans',
      '/resources/fdb',
      '/devices/1/ports',
    ]) {
      it(`${path}: empty is 404`, async () => {
        const { status, json } = await lab.ask(path)
        expect(status).to.equal(404)
        expect(json.status).to.equal('error')
        expect(json.message).to.be.a('string')
      })
    }
    for (const path of [
      '/devices',
      '/ports',
      '/alerts',
      '/rules',
      '/logs/eventlog',
      '/logs/alertlog',
      '/inventory/1/all',
      '/services',
      '/bills',
      '/pollers/log',
    ]) {
      it(`${path}: empty is 200`, async () => {
        expect((await lab.ask(path)).status).to.equal(200)
      })
    }
  })

  describe('of an empty database in a better world', () => {
    const lab = useLibrenms({ world: { devices: 0 }, quirks: { emptyIs404: false } })

    it('empty lists are 200 and []', async () => {
      const { status, json } = await lab.ask('/resources/sensors')
      expect([status, json.sensors]).to.deep.equal([200, []])
    })
  })

  const COUNTED = ['/devices', '/rules', '/logs/eventlog', '/inventory/1/all', '/services', '/resources/links', '/devices/1']
  const UNCOUNTED = ['/ports', '/ports/1', '/devices/1/ports', '/resources/sensors', '/devices/1/availability', '/devices/1/outages']
  describe('count', () => {
    const lab = useLibrenms()

    for (const path of COUNTED) it(`${path} has one`, async () => expect((await lab.ask(path)).json).to.have.property('count'))
    for (const path of UNCOUNTED) it(`${path} has none`, async () => expect((await lab.ask(path)).json).not.to.have.property('count'))
    it('of one object is the number of its fields', async () => {
      const { json } = await lab.ask('/devices/1/ports/Ethernet1%2F1')
      expect(json.count).to.equal(Object.keys(json.port as object).length)
    })
  })

  for (const count of ['never', 'always'] as const) {
    describe(`count: ${count}`, () => {
      const lab = useLibrenms({ quirks: { count } })

      it('holds for every list', async () => {
        for (const path of [...COUNTED, ...UNCOUNTED]) expect('count' in (await lab.ask(path)).json, path).to.equal(count === 'always')
      })
    })
  }

  describe('as it is now', () => {
    const lab = useLibrenms({
      tokens: [
        { token: LIMITED, username: 'nobody', rights: 'none' },
        { token: READER, username: 'reader', rights: 'global-read' },
      ],
    })

    it('a result that is null has no key: components of a device without any', async () => {
      expect((await lab.ask('/devices/1/components')).text).to.equal('{\n    "status": "ok"\n}')
    })

    it('services are a list in a list', async () => {
      const { json } = await lab.ask('/services')
      expect(json.count).to.equal(1)
      expect(json.services).to.have.nested.property('[0][0].service_id', 1)
    })

    it("refuses what has no good token, in the framework's words", async () => {
      for (const token of ['', 'wrong']) {
        const { status, text } = await lab.ask('/devices', { token })
        expect([status, text]).to.deep.equal([401, '{"message":"Unauthenticated."}'])
      }
    })

    it('takes a token in each of the ways of the framework', async () => {
      const { server } = lab
      const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}/api/v0${path}`, { headers })
      expect((await ask('/ping', { Authorization: `Bearer ${READER}` })).status).to.equal(200)
      expect((await ask(`/ping?api_token=${READER}`)).status).to.equal(200)
      expect((await ask('/ping', { Authorization: `Basic ${btoa(`x:${READER}`)}` })).status).to.equal(200)
    })

    it('a reader may read and add events, and nothing else', async () => {
      expect((await lab.ask('/devices', { token: READER })).status).to.equal(200)
      const { status, text } = await lab.ask('/devices/1', { method: 'PATCH', token: READER, body: { field: 'notes', data: 'x' } })
      expect([status, text]).to.deep.equal([403, '{"message":"This action is unauthorized."}'])
      const added = await lab.ask('/devices/1/eventlog', { method: 'POST', token: READER, body: { text: 'hello', type: 'shitops' } })
      expect(added.status).to.equal(200)
      expect(lab.world.events.rows.at(-1)).to.include({ message: 'hello', type: 'shitops', username: 'reader', severity: 2 })
    })

    it('a user without devices sees an empty list and 403 for one of them', async () => {
      expect((await lab.ask('/devices', { token: LIMITED })).json).to.deep.equal({ status: 'ok', devices: [], count: 0 })
      const one = await lab.ask('/devices/1', { token: LIMITED })
      expect([one.status, one.json.message]).to.deep.equal([403, 'Insufficient permissions to access this device'])
      expect((await lab.ask('/alerts', { token: LIMITED })).status).to.equal(403)
    })

    it('when the permission to see all goes, everything is gone, with 200', async () => {
      lab.world.revokeViewAll()
      expect(await lab.rows('/devices', 'devices')).to.deep.equal([])
      expect(await lab.rows('/ports', 'ports')).to.deep.equal([])
      lab.world.grantViewAll()
      expect(await lab.rows('/devices', 'devices')).to.have.length(4)
    })

    it('a 422 has an object for a message', async () => {
      const { status, json } = await lab.ask('/devicegroups', { method: 'POST', body: { type: 'static' } })
      expect(status).to.equal(422)
      expect(json.message).to.deep.equal({
        name: ['The name field is required.'],
        devices: ['The devices field is required when type is static.'],
      })
    })

    it('a rename answers 200 with nothing', async () => {
      const { status, text } = await lab.ask('/devices/1/rename/new.example.net', { method: 'PATCH' })
      expect([status, text]).to.deep.equal([200, ''])
      expect((await lab.rows('/devices/new.example.net', 'devices'))[0]?.device_id).to.equal(1)
    })
  })

  describe('in a better world', () => {
    const lab = useLibrenms({ quirks: { absentKey: false, doubleArray: false, message422: 'text', emptyRename: false, portById500: true } })

    it('has the key, one list, a text, a body; and 500 for a port by its id where that is broken', async () => {
      expect((await lab.ask('/devices/1/components')).json.components).to.deep.equal([])
      expect(await lab.rows('/services', 'services')).to.have.nested.property('[0].service_id', 1)
      expect((await lab.ask('/devicegroups', { method: 'POST', body: {} })).json.message).to.be.a('string')
      expect((await lab.ask('/devices/1/rename/new.example.net', { method: 'PATCH' })).json.status).to.equal('ok')
      const port = await lab.ask('/ports/1')
      expect([port.status, port.text]).to.deep.equal([500, '{"message":"Server Error"}'])
      expect((await lab.ask('/devices/1/ports?columns=port_id')).status).to.equal(200)
    })
  })

  describe('with routes missing', () => {
    const lab = useLibrenms({ quirks: { missing: ['list_eventlog', 'list_alertlog', 'pollers_log'] } })

    it('answers 404 to them and does not list them', async () => {
      for (const path of ['/logs/eventlog', '/logs/alertlog?limit=1', '/pollers/log'])
        expect((await lab.ask(path)).status, path).to.equal(404)
      const { json } = await lab.ask('')
      expect(json).not.to.have.any.keys('list_eventlog', 'list_alertlog', 'pollers_log')
      expect(json).to.include.keys('list_alerts', 'list_devices')
    })
  })

  describe('of other versions', () => {
    for (const [name, quirks] of Object.entries(VERSIONS)) {
      describe(name, () => {
        const lab = useLibrenms({ quirks })

        it('says which it is, and lists no route that it lacks', async () => {
          expect((await lab.rows('/system', 'system'))[0]?.local_ver).to.equal(quirks.version)
          const { json } = await lab.ask('')
          for (const missing of quirks.missing) expect(json).not.to.have.property(missing)
          expect('update_device_port_notes' in json).to.equal(!(quirks.missing as readonly string[]).includes('update_device_port_notes'))
        })
      })
    }

    const lab = useLibrenms({ quirks: VERSIONS['26.4'] })
    it('26.4 has no location and no template of the display name, and takes notes on ports', async () => {
      const [row] = await lab.rows('/devices/1', 'devices')
      expect(row).not.to.have.any.keys('location', 'display_template')
      const { status } = await lab.ask('/devices/1/port/3', { method: 'PATCH', body: { notes: 'mine' } })
      expect([status, lab.world.device(1).portNotes.get(3)]).to.deep.equal([200, 'mine'])
    })
  })
})
