import { expect } from 'chai'
import { useLibrenms } from './setup.ts'

describe('the LibreNMS double: what a sync reads', () => {
  const lab = useLibrenms()

  const WITH_ROWS = [
    ['/system', 'system'],
    ['/devices', 'devices'],
    ['/devices/1', 'devices'],
    ['/devices/core-switch-1.example.net/ports', 'ports'],
    ['/ports', 'ports'],
    ['/ports/1', 'port'],
    ['/resources/sensors', 'sensors'],
    ['/devices/1/health', 'graphs'],
    ['/devices/1/health/device_temperature', 'graphs'],
    ['/devices/1/health/device_temperature/1', 'graphs'],
    ['/inventory/1/all', 'inventory'],
    ['/rules', 'rules'],
    ['/resources/links', 'links'],
    ['/devicegroups', 'groups'],
    ['/resources/locations', 'locations'],
    ['/pollers/log', 'log'],
    ['/services', 'services'],
  ] as const
  for (const [path, key] of WITH_ROWS) {
    it(`${path} has rows under "${key}"`, async () => {
      expect(await lab.rows(path, key)).to.have.length.above(0)
    })
  }

  it('pings with a token, and lists its routes by name without escaped slashes', async () => {
    expect((await lab.ask('/ping')).json).to.deep.equal({ message: 'pong' })
    const map = await lab.ask('')
    expect(map.json.list_eventlog).to.equal(`${lab.server.url}/api/v0/logs/eventlog/{hostname?}`)
    expect(map.text).not.to.contain('\\/')
    expect(map.json).not.to.have.property('status')
  })

  it('answers pretty-printed JSON with escaped slashes and characters, as PHP does', async () => {
    const { text } = await lab.ask('/devices/1/ports?columns=ifAlias,ifDescr')
    expect(text.split('\n').slice(0, 5)).to.deep.equal([
      '{',
      '    "status": "ok",',
      '    "ports": [',
      '        {',
      '            "ifAlias": "B\\u00fcro \\"S\\u00fcd\\" \\/ uplink",',
    ])
  })

  it('has no 405: an unknown path and a wrong method are the same 404', async () => {
    const missing = { status: 'error', message: "This API route doesn't exist." }
    for (const [path, method] of [
      ['/templates', 'GET'],
      ['/devices', 'DELETE'],
    ] as const) {
      const { status, json } = await lab.ask(path, { method })
      expect(status).to.equal(404)
      expect(json).to.deep.equal(missing)
    }
  })

  it('lists no ports column but ifName, unless asked; refuses one that the table lacks', async () => {
    expect(Object.keys((await lab.rows('/devices/1/ports', 'ports'))[0] ?? {})).to.deep.equal(['ifName'])
    expect(Object.keys((await lab.rows('/ports', 'ports'))[0] ?? {})).to.deep.equal(['port_id', 'ifName'])
    const bad = await lab.ask('/ports?columns=port_id, nonsense,password')
    expect(bad.status).to.equal(400)
    expect(bad.json).to.deep.equal({ status: 'error', message: 'Invalid columns: nonsense,password' })
  })

  it('shows active alerts only, unless states are asked for: with an id too', async () => {
    const alert = lab.world.raiseAlert(1, 1)
    expect(await lab.rows('/alerts', 'alerts')).to.have.length(1)
    lab.world.ack(alert, { note: 'on it' })
    expect(await lab.rows('/alerts', 'alerts')).to.deep.equal([])
    expect(await lab.rows(`/alerts/${alert.id}`, 'alerts')).to.deep.equal([])
    const [row] = await lab.rows(`/alerts/${alert.id}?state=0,1,2,3,4,5`, 'alerts')
    expect(row).to.include({ state: 2, severity: 'critical', hostname: 'core-switch-1.example.net', info: '{"until_clear":true}' })
    expect(row?.note).to.match(/Ack \(admin\) on it$/)
  })

  it('counts requests and bytes by route', async () => {
    const { text } = await lab.ask('/devices')
    await lab.ask('/nothing')
    expect(lab.server.traffic.routes.get('list_devices')).to.deep.equal({ requests: 1, bytes: Buffer.byteLength(text) })
    expect(lab.server.traffic.routes.get('not_found')?.requests).to.equal(1)
    expect(lab.server.traffic.total.requests).to.equal(2)
  })
})
