import { expect } from 'chai'
import type { Row } from '../../../src/office/librenms/json.ts'
import { useLibrenms } from './setup.ts'

describe('the LibreNMS double: writing', () => {
  const lab = useLibrenms()
  const post = (path: string, body: unknown) => lab.ask(path, { method: 'POST', body })
  const put = (path: string, body: unknown) => lab.ask(path, { method: 'PUT', body })
  const patch = (path: string, body: unknown) => lab.ask(path, { method: 'PATCH', body })
  const device = async (id = 1) => (await lab.rows(`/devices/${id}`, 'devices'))[0] as Row

  describe('PATCH of a device', () => {
    it('writes notes, and several fields at once', async () => {
      expect((await patch('/devices/1', { field: 'notes', data: 'by hand' })).json.message).to.equal('Device notes field has been updated')
      await patch('/devices/1', { field: ['purpose', 'disabled', 'location'], data: ['test', true, 'Hamburg'] })
      const { notes, purpose, disabled, location } = await device()
      expect({ notes, purpose, disabled }).to.deep.equal({ notes: 'by hand', purpose: 'test', disabled: true })
      expect(location).to.include({ location: 'Hamburg' })
    })

    it('says 200 to a field that it cannot write, and does nothing', async () => {
      const before = await device()
      for (const body of [
        { field: 'display', data: 'x' },
        { field: 'location', data: 'Hamburg' },
        { field: 'no_such', data: 'x' },
      ]) {
        const { status, json } = await patch('/devices/1', body)
        expect([status, json.status]).to.deep.equal([200, 'ok'])
      }
      expect(await device()).to.deep.equal(before)
    })

    it('refuses a hostname, no field, a device that is not there, lists of unequal length', async () => {
      expect((await patch('/devices/1', { field: 'hostname', data: 'x' })).status).to.equal(500)
      expect((await patch('/devices/1', {})).status).to.equal(400)
      expect((await patch('/devices/99', { field: 'notes', data: 'x' })).status).to.equal(404)
      expect((await patch('/devices/1', { field: ['notes', 'purpose'], data: ['x'] })).status).to.equal(500)
    })
  })

  describe('a device', () => {
    it('is added with an answer that has its credentials; a second time it is a 500', async () => {
      const first = await post('/devices', { hostname: 'new.example.net', snmpver: 'v2c', community: 'hush', force_add: true })
      expect(first.status).to.equal(200)
      expect(first.json.message).to.equal('Device new.example.net (5) has been added successfully')
      expect((first.json.devices as unknown as Row[])[0]).to.include({ device_id: 5, community: 'hush' })
      const second = await post('/devices', { hostname: 'new.example.net', force_add: true })
      expect([second.status, second.json.message]).to.deep.equal([500, 'Already have device new.example.net'])
      expect((await post('/devices', {})).status).to.equal(400)
      expect((await post('/devices', { community: 'x' })).status).to.equal(400)
    })

    it('that cannot be reached is added by force only; one without SNMP has no ports', async () => {
      lab.world.unreachable.add('far.example.net')
      expect((await post('/devices', { hostname: 'far.example.net' })).status).to.equal(500)
      expect((await post('/devices', { hostname: 'far.example.net', force_add: true, snmp_disable: true })).status).to.equal(200)
      expect((await lab.ask('/devices/far.example.net/ports')).status).to.equal(404)
    })

    it('is deleted with its events, and its row is the answer', async () => {
      const { status, json } = await lab.ask('/devices/1', { method: 'DELETE' })
      expect(status).to.equal(200)
      expect((json.devices as unknown as Row[])[0]?.device_id).to.equal(1)
      expect((await lab.ask('/devices/1')).status).to.equal(404)
      expect((await lab.ask('/devices/1', { method: 'DELETE' })).status).to.equal(404)
    })

    it('has parents, in lists of ids and names', async () => {
      expect((await post('/devices/2/parents', { parent_ids: '1,power-supply-1.example.net' })).status).to.equal(201)
      const row = (await lab.rows('/devices?type=device_id&query=2', 'devices'))[0]
      expect(row).to.include({
        dependency_parent_id: '1,3',
        dependency_parent_hostname: 'core-switch-1.example.net,power-supply-1.example.net',
      })
      expect((await post('/devices/2/parents', { parent_ids: 'nobody' })).status).to.equal(400)
    })
  })

  it('adds an event with its sender; a severity beyond 5 is a 500', async () => {
    await post('/devices/1/eventlog', { text: 'hello', severity: 4, reference: 17 })
    expect((await lab.rows('/logs/eventlog', 'logs'))[0]).to.include({
      message: 'hello',
      type: 'API',
      severity: 4,
      reference: '17',
      username: 'shitops',
    })
    expect((await post('/devices/1/eventlog', { text: 'x', severity: 9 })).status).to.equal(500)
  })

  describe('components', () => {
    const components = async () => (await lab.ask('/devices/1/components')).json.components as unknown as Record<string, Row>

    it('are made by type, keyed by id, and lose the attributes that a PUT does not name', async () => {
      const made = await post('/devices/1/components/shitops', {})
      expect(Object.keys(made.json.components as object)).to.deep.equal(['1'])
      await put('/devices/1/components', { 1: { label: 'calls', status: 1, error: 'bad', cause: 'port 3', people: 4 } })
      expect(await components()).to.deep.equal({
        1: { type: 'shitops', label: 'calls', status: 1, ignore: 0, disabled: 0, error: 'bad', cause: 'port 3', people: '4' },
      })
      await put('/devices/1/components', { 1: { status: 2, people: 5 } })
      expect((await components())[1]).to.include({ label: 'calls', status: 2, error: 'bad', people: '5' })
      expect((await components())[1]).not.to.have.property('cause')
    })

    it('log what changed, and each status', async () => {
      await post('/devices/1/components/shitops', {})
      await put('/devices/1/components', { 1: { status: 2, error: 'bad' } })
      const [event] = await lab.rows('/logs/eventlog', 'logs')
      expect(event).to.include({
        type: 'component',
        reference: '1',
        username: 'shitops',
        message: 'Component 1 has been modified: status => 2,error => bad',
      })
      expect(lab.world.components.statusLog.map(({ status }) => status)).to.deep.equal([0, 2])
    })

    it('pass over an id that is not there, and go one by one', async () => {
      await post('/devices/1/components/shitops', {})
      expect((await put('/devices/1/components', { 99: { status: 1 } })).status).to.equal(200)
      expect((await lab.ask('/devices/1/components/1', { method: 'DELETE' })).status).to.equal(200)
      expect((await lab.ask('/devices/1/components/1', { method: 'DELETE' })).status).to.equal(500)
      expect(await components()).to.equal(undefined)
    })

    describe('in a better world', () => {
      const other = useLibrenms({ quirks: { componentsReplace: false } })

      it('keep what is not named', async () => {
        await other.ask('/devices/1/components/shitops', { method: 'POST' })
        await other.ask('/devices/1/components', { method: 'PUT', body: { 1: { cause: 'port 3' } } })
        await other.ask('/devices/1/components', { method: 'PUT', body: { 1: { status: 1 } } })
        expect((await other.ask('/devices/1/components')).json.components).to.have.nested.property('1.cause', 'port 3')
      })
    })
  })

  describe('alerts', () => {
    const state = async (id: number) => (await lab.rows(`/alerts/${id}?state=0,1,2,3,4,5`, 'alerts'))[0]?.state

    it('are acked and unmuted without a row in a log, and stay acked until they clear', async () => {
      const { id } = lab.world.raiseAlert(1, 1)
      await put(`/alerts/${id}`, { note: 'seen', until_clear: true })
      expect(await state(id)).to.equal(2)
      lab.world.worse(1, 1)
      expect(await state(id)).to.equal(2)
      await put(`/alerts/unmute/${id}`, { note: 'again' })
      expect(await state(id)).to.equal(1)
      expect(lab.world.alerts.log.rows).to.have.length(1)
      expect(lab.world.events.rows).to.have.length(0)
      lab.world.clear(1, 1)
      expect(await state(id)).to.equal(0)
    })

    it('acked without until_clear come back when they get worse', async () => {
      const { id } = lab.world.raiseAlert(1, 1)
      await put(`/alerts/${id}`, { note: 'seen', until_clear: false })
      lab.world.worse(1, 1)
      expect(await state(id)).to.equal(3)
    })

    it('that are not there are acked with success', async () => {
      const { status, json } = await put('/alerts/99', { note: 'x' })
      expect([status, json]).to.deep.equal([200, { status: 'ok', message: 'No Alert by that ID' }])
      expect((await put('/alerts/unmute/99', {})).json).to.deep.equal({ status: 'ok', message: 'No alert by that ID' })
      expect((await put('/alerts/x', {})).status).to.equal(400)
    })

    for (const quirks of [{ ackUnknownIsOk: false }, { ackIgnored: true }]) {
      describe(`with ${JSON.stringify(quirks)}`, () => {
        const other = useLibrenms({ quirks })

        it('does so', async () => {
          const alert = other.world.raiseAlert(1, 1)
          const unknown = await other.ask('/alerts/99', { method: 'PUT', body: {} })
          const known = await other.ask(`/alerts/${alert.id}`, { method: 'PUT', body: { note: 'x' } })
          expect(known.json.message).to.equal('Alert has been acknowledged')
          expect([unknown.status, alert.state]).to.deep.equal(quirks.ackIgnored ? [200, 1] : [404, 2])
        })
      })
    }
  })

  describe('maintenance', () => {
    const active = async () => (await lab.ask('/devices/1/maintenance')).json.is_under_maintenance

    it('lasts hours and minutes', async () => {
      const { status, json } = await post('/devices/1/maintenance', { duration: '0:30', title: 'work', behavior: 2 })
      expect(status).to.equal(201)
      expect(json.message).to.equal('Device core-switch-1.example.net (1) moved into maintenance mode for 0:30h')
      expect(await active()).to.equal(true)
      lab.clock.advance(31 * 60_000)
      expect(await active()).to.equal(false)
    })

    it('without a colon is a success without effect', async () => {
      expect((await post('/devices/1/maintenance', { duration: '2' })).status).to.equal(201)
      expect(await active()).to.equal(false)
    })

    it("may begin later, in the server's time", async () => {
      await post('/devices/1/maintenance', { duration: '1:00', start: '2026-07-01 15:00:00' })
      expect(await active()).to.equal(false)
      lab.clock.advance(60 * 60_000)
      expect(await active()).to.equal(true)
    })

    it('needs a duration', async () => {
      expect((await post('/devices/1/maintenance', { title: 'x' })).status).to.equal(400)
    })

    describe('in a better world', () => {
      const other = useLibrenms({ quirks: { maintenanceNeedsColon: false } })

      it('takes hours alone', async () => {
        await other.ask('/devices/1/maintenance', { method: 'POST', body: { duration: '2' } })
        expect((await other.ask('/devices/1/maintenance')).json.is_under_maintenance).to.equal(true)
      })
    })
  })

  describe('with PATCH ignored', () => {
    const other = useLibrenms({ quirks: { patchIgnored: true } })

    it('200 proves nothing', async () => {
      expect((await other.ask('/devices/1', { method: 'PATCH', body: { field: 'notes', data: 'x' } })).status).to.equal(200)
      expect(other.world.device(1).row.notes).to.equal(null)
    })
  })

  it("a port's description is overridden until it is cleared", async () => {
    const alias = async () => (await lab.rows('/ports/2', 'port'))[0]?.ifAlias
    const before = await alias()
    await patch('/ports/2/description', { description: 'mine' })
    expect(await alias()).to.equal('mine')
    await patch('/ports/2/description', { description: '' })
    expect(await alias()).to.equal(before)
  })

  it('rules: a name once, and the deletion of one that is not there succeeds', async () => {
    const rule = { name: 'mine', severity: 'warning', builder: { condition: 'AND', rules: [] }, devices: [1] }
    expect((await post('/rules', rule)).status).to.equal(200)
    expect((await lab.rows('/rules/4', 'rules'))[0]).to.deep.include({ name: 'mine', devices: [1], operations: [] })
    expect((await post('/rules', rule)).status).to.equal(500)
    expect((await post('/rules', '{')).status).to.equal(500)
    expect((await lab.ask('/rules/99', { method: 'DELETE' })).json).to.deep.equal({ status: 'ok', message: 'No alert rule by that ID' })
  })

  it('services, locations and groups come and go', async () => {
    expect((await post('/services/2', { type: 'ping' })).status).to.equal(201)
    expect((await lab.ask('/services/2')).json.services).to.have.nested.property('[0][0].service_type', 'ping')
    expect((await lab.ask('/services/2', { method: 'DELETE' })).status).to.equal(201)
    expect((await post('/locations', { location: 'Bonn', lat: 50.73, lng: 7.1 })).status).to.equal(201)
    expect((await lab.ask('/location/Bonn')).json.get_location).to.include({ lat: '50.73000000' })
    expect((await patch('/locations/Bonn', { lat: 1 })).status).to.equal(500)
    expect((await lab.ask('/locations/Bonn', { method: 'DELETE' })).status).to.equal(201)
    expect((await post('/devicegroups', { name: 'mine', type: 'static', devices: [1, 2] })).json).to.include({ id: 2 })
    expect(await lab.rows('/devicegroups/mine', 'devices')).to.deep.equal([{ device_id: 1 }, { device_id: 2 }])
    await lab.ask('/devicegroups/mine/devices', { method: 'DELETE', body: { devices: [1] } })
    expect(await lab.rows('/devicegroups/mine', 'devices')).to.deep.equal([{ device_id: 2 }])
  })
})
