import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { SAFE_BODY, UNSAFE_BODY, WebhookSender } from '../../../src/office/librenms/webhook.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { HandClock } from './setup.ts'

describe('the alert transport "API" of the LibreNMS double', () => {
  let world: World
  let server: Server
  let url: string
  let status: number
  let received: { method: string; type: string; url: string; body: string }[]
  beforeEach(async () => {
    world = new World({ clock: new HandClock() })
    received = []
    status = 204
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        received.push({ method: request.method ?? '', type: request.headers['content-type'] ?? '', url: request.url ?? '', body })
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  })
  afterEach(() => server.close())
  const sender = (body: string, more = {}) => new WebhookSender(world, { method: 'POST', url, body, ...more })

  it('sends each row of the alert log once; uid is the row, id the problem, alert_id the pair', async () => {
    const hook = sender(SAFE_BODY.replace('"state"', '"id":"{{ $id }}","state"'))
    world.raiseAlert(1, 1)
    world.clear(1, 1)
    world.raiseAlert(1, 1)
    expect(await hook.run()).to.deep.equal([204, 204, 204])
    expect(await hook.run()).to.deep.equal([])
    expect(received.map(({ body }) => JSON.parse(body))).to.deep.equal([
      { uid: '1', alert_id: '1', device_id: '1', rule_id: '1', id: '1', state: '1' },
      { uid: '2', alert_id: '1', device_id: '1', rule_id: '1', id: '1', state: '0' },
      { uid: '3', alert_id: '1', device_id: '1', rule_id: '1', id: '3', state: '1' },
    ])
    expect(received[0]).to.include({ method: 'POST', type: 'text/plain', url: '/hook' })
  })

  it('breaks JSON with quotes and new lines, and carries credentials', async () => {
    world.raiseAlert(1, 1)
    await sender(UNSAFE_BODY).run()
    const body = received[0]?.body ?? ''
    expect(() => JSON.parse(body)).to.throw(SyntaxError)
    expect(body).to.contain(String(world.device(1).row.community))
  })

  it('says of a recovery what the problem was and how long it took', async () => {
    const clock = world.clock as HandClock
    const hook = sender('{{ $title }}|{{ $elapsed }}|{{ $faults }}|{{ $missing }}')
    world.raiseAlert(1, 1, [world.port(2)])
    clock.advance(90_000)
    world.clear(1, 1)
    await hook.run()
    expect(received[1]?.body).to.match(
      /^Device recovered from core-switch-1.example.net - "Port status up\/down"\|90s\|\[[\s\S]*"ifName": "Ethernet1\\\/2"[\s\S]*\]\|$/,
    )
  })

  it('has headers and options as lines', async () => {
    world.raiseAlert(1, 1)
    await sender(SAFE_BODY, { headers: 'content-type=application/json\nX-Secret=hush', options: 'rule={{ $name }}' }).run()
    expect(received[0]).to.include({ type: 'application/json', url: '/hook?rule=Port+status+up%2Fdown' })
  })

  it('a failure becomes an event and is not tried again; no answer is one too', async () => {
    const hook = sender(SAFE_BODY)
    status = 500
    world.raiseAlert(1, 1)
    expect(await hook.run()).to.deep.equal([500])
    expect(await hook.run()).to.deep.equal([])
    expect(world.events.rows.at(-1)).to.include({ type: 'alert', severity: 5 })
    await new Promise((resolve) => server.close(resolve))
    world.clear(1, 1)
    expect(await hook.run()).to.deep.equal([0])
  })

  it('says nothing of a rule without an operation, and "000" when it is tested', async () => {
    const hook = sender(SAFE_BODY)
    world.raiseAlert(1, 3)
    expect(await hook.run()).to.deep.equal([])
    await hook.test()
    expect(JSON.parse(received[0]?.body ?? '')).to.include({ uid: '000', alert_id: '000', rule_id: '000' })
  })
})
