import { expect } from 'chai'
import { AVERAGE } from '../../../src/office/librenms/models/invented.ts'
import { PORT_COLUMNS } from '../../../src/office/librenms/rows/port-row.ts'
import { LibrenmsServer } from '../../../src/office/librenms/server.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { TOKEN, useLibrenms } from './setup.ts'

describe('the LibreNMS double: what goes wrong on the way', () => {
  const lab = useLibrenms()

  const failure = async (path: string, signal?: AbortSignal): Promise<string> => {
    try {
      const response = await fetch(`${lab.server.url}/api/v0${path}`, { headers: { 'X-Auth-Token': TOKEN }, ...(signal && { signal }) })
      await response.text()
      return `answered ${response.status}`
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause
      return cause?.code ?? (error as Error).name
    }
  }

  for (const status of [429, 502, 503, 504] as const) {
    it(`a burst of ${status} with a page of the proxy, and then all is well`, async () => {
      const trouble = lab.server.fault({ kind: 'status', status, times: 2, ...(status === 429 && { retryAfter: 3 }) })
      for (let i = 0; i < 2; i++) {
        const { status: got, text, headers } = await lab.ask('/devices')
        expect(got).to.equal(status)
        expect(text).to.match(/^<html>/)
        expect(headers.get('content-type')).to.match(/^text\/html/)
        expect(headers.get('retry-after')).to.equal(status === 429 ? '3' : null)
      }
      expect((await lab.ask('/devices')).status).to.equal(200)
      expect(trouble.hits).to.equal(2)
    })
  }

  it('hits the route it is meant for, after as many requests as it lets pass', async () => {
    const trouble = lab.server.fault({ kind: 'status', status: 503, page: false, on: 'list_alerts', after: 1 })
    expect((await lab.ask('/devices')).status).to.equal(200)
    expect((await lab.ask('/alerts')).status).to.equal(200)
    const { status, text } = await lab.ask('/alerts')
    expect([status, text]).to.deep.equal([503, '{"message":"Server Error"}'])
    trouble.stop()
    expect((await lab.ask('/alerts')).status).to.equal(200)
  })

  it('a page of HTML with 200, as a login page gives', async () => {
    lab.server.fault({ kind: 'html', on: /devices/ })
    const { status, text } = await lab.ask('/devices')
    expect(status).to.equal(200)
    expect(text).to.match(/^<!DOCTYPE html>/)
  })

  it('a body that breaks off with the connection', async () => {
    lab.server.fault({ kind: 'truncate', bytes: 500 })
    expect(await failure('/devices')).not.to.match(/^answered/)
  })

  it('a body that ends too early as if it were whole', async () => {
    lab.server.fault({ kind: 'truncate', bytes: 500, clean: true })
    const { status, text } = await lab.ask('/devices')
    expect([status, text.length]).to.deep.equal([200, 500])
    expect(() => JSON.parse(text)).to.throw(SyntaxError)
  })

  it('a connection that is reset', async () => {
    lab.server.fault({ kind: 'reset', times: 1 })
    expect(await failure('/devices')).to.equal('ECONNRESET')
    expect(await failure('/devices')).to.equal('answered 200')
  })

  it('no answer until the client gives up', async () => {
    lab.server.fault({ kind: 'hang', on: 'list_devices' })
    const impatient = new AbortController()
    const asked = failure('/devices', impatient.signal)
    while (lab.server.traffic.inFlight === 0) await new Promise(setImmediate)
    expect((await lab.ask('/alerts')).status).to.equal(200)
    impatient.abort()
    expect(await asked).to.equal('AbortError')
    while (lab.server.traffic.inFlight > 0) await new Promise(setImmediate)
  })

  it('a slow answer in pieces is whole in the end, and slow by the clock', async () => {
    const { text } = await lab.ask('/devices')
    const before = lab.clock.now()
    lab.server.fault({ kind: 'slow', first: 30_000, between: 1_000, piece: 1_000 })
    expect((await lab.ask('/devices')).text).to.equal(text)
    expect(lab.clock.now() - before).to.be.at.least(30_000 + Math.floor(text.length / 1_000) * 1_000)
  })

  it('counts how many requests are answered at once', async () => {
    lab.server.fault({ kind: 'hang', on: 'list_alerts' })
    const impatient = new AbortController()
    const asked = [1, 2, 3].map(() => failure('/alerts', impatient.signal))
    while (lab.server.traffic.inFlight < 3) await new Promise(setImmediate)
    impatient.abort()
    await Promise.all(asked)
    expect(lab.server.traffic.mostAtOnce).to.equal(3)
  })

  it('stops sending to a client that went away in the middle of a large list', async () => {
    const other = await LibrenmsServer.listen({ world: new World({ clock: lab.clock, models: [AVERAGE], devices: 400 }), token: TOKEN })
    const leaving = new AbortController()
    const columns = PORT_COLUMNS.join(',')
    const response = await fetch(`${other.url}/api/v0/ports?columns=${columns}`, {
      headers: { 'X-Auth-Token': TOKEN },
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    leaving.abort()
    while (other.traffic.inFlight > 0) await new Promise(setImmediate)
    expect(other.traffic.total.bytes).to.be.below(30_000_000)
    await other.close()
  })

  it('answers HEAD as GET, without the body', async () => {
    const { status, text } = await lab.ask('/devices', { method: 'HEAD' })
    expect([status, text]).to.deep.equal([200, ''])
  })

  it('takes no nonsense amiss: addresses, bodies, parameters', async () => {
    for (const path of [
      '/%',
      '/devices/%E0%A4%A',
      '//',
      '/devices?order=nothing',
      '/logs/eventlog?limit=-1',
      '/alerts?state=x',
      '/ports/x',
      '/devices/1/health/x/y',
    ])
      expect((await lab.ask(path)).status, path).to.be.oneOf([200, 403, 404, 500])
    for (const body of ['{', '[]', 'null', '"x"', '{"field":{}}', '{"duration":[]}'])
      for (const [method, path] of [
        ['POST', '/devices'],
        ['PATCH', '/devices/1'],
        ['PUT', '/devices/1/components'],
        ['PUT', '/alerts/1'],
        ['POST', '/devices/1/maintenance'],
        ['POST', '/devices/1/eventlog'],
        ['POST', '/devicegroups'],
        ['POST', '/rules'],
      ] as const)
        expect((await lab.ask(path, { method, body })).status, `${method} ${path} ${body}`).to.be.below(501)
  })

  describe('with gzip', () => {
    const other = useLibrenms({ quirks: { gzip: true } })

    it('compresses for those who take it, and counts what is sent', async () => {
      const { text, headers } = await other.ask('/devices')
      expect(headers.get('content-encoding')).to.equal('gzip')
      expect(other.server.traffic.total.bytes).to.be.below(text.length / 2)
      const plain = await other.ask('/devices', { headers: { 'Accept-Encoding': 'identity' } })
      expect(plain.headers.get('content-encoding')).to.equal(null)
      expect(plain.text).to.equal(text)
    })
  })
})
