import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type Clock, systemClock } from '../../../../src/base/clock.ts'
import { LibrenmsFailure } from '../../../../src/collectors/librenms/client/failures.ts'
import { LibrenmsHttp } from '../../../../src/collectors/librenms/client/http.ts'

type Answering = (request: IncomingMessage, response: ServerResponse, n: number) => void

describe('LibrenmsHttp', () => {
  let server: Server
  let http: LibrenmsHttp
  let asked = 0
  let answer: Answering
  let slept: number[]
  let now = 0
  /** Sleeps pass at once and are remembered. */
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms)
      now += ms
    },
  }

  beforeEach(async () => {
    ;[asked, slept, now] = [0, [], systemClock.now()]
    server = createServer((request, response) => answer(request, response, ++asked))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    http = connect()
  })

  afterEach(async () => {
    http.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const connect = (timeouts = {}) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return new LibrenmsHttp({ url, token: 'tok-s3cret', timeouts }, { clock, signal: new AbortController().signal, random: () => 0.5 })
  }

  async function failure(promise: Promise<unknown>): Promise<LibrenmsFailure> {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof LibrenmsFailure)) throw error ?? new Error('nothing failed')
    expect(error.message).not.to.contain('s3cret')
    return error
  }

  const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

  it('sends the token in its header, and gives rows and envelope', async () => {
    answer = (request, response) => {
      expect(request.headers['x-auth-token']).to.equal('tok-s3cret')
      expect(request.url).to.equal('/api/v0/devices')
      json(response, 200, { status: 'ok', devices: [{ device_id: 1, community: 's3cret' }], count: 1 })
    }
    expect(await http.list('/devices')).to.deep.equal({ rows: [{ device_id: 1 }], envelope: { status: 'ok', devices: [], count: 1 } })
  })

  for (const status of [429, 502, 503, 504]) {
    it(`asks again after ${status}`, async () => {
      answer = (_, response, n) => (n < 3 ? response.writeHead(status).end('<html>') : json(response, 200, { status: 'ok', devices: [] }))
      await http.list('/devices')
      expect([asked, slept]).to.deep.equal([3, [500, 1_000]])
    })
  }

  it('waits as long as Retry-After says', async () => {
    answer = (_, response, n) =>
      n === 1 ? response.writeHead(503, { 'retry-after': '7' }).end() : json(response, 200, { status: 'ok', devices: [] })
    await http.list('/devices')
    expect(slept).to.deep.equal([7_250])
  })

  it('asks again when the connection breaks off or the body is cut', async () => {
    answer = (request, response, n) => {
      if (n === 1) return void request.socket.destroy()
      if (n === 2) return void response.end('{"status":"ok","devices":[{"device_id":1},')
      json(response, 200, { status: 'ok', devices: [{ device_id: 1 }] })
    }
    expect((await http.list('/devices')).rows).to.have.length(1)
    expect(asked).to.equal(3)
  })

  it('does not repeat what changes something', async () => {
    answer = (_, response) => response.writeHead(503).end('{}')
    expect((await failure(http.call('POST', '/devices', {}))).code).to.equal('SHITOPS_E_LIBRENMS_FAILED')
    expect(asked).to.equal(1)
  })

  const named: Array<[string, Answering, string]> = [
    ['401', (_, r) => json(r, 401, { message: 'Unauthenticated.' }), 'SHITOPS_E_LIBRENMS_AUTH'],
    ['403', (_, r) => json(r, 403, { message: 'This action is unauthorized.' }), 'SHITOPS_E_LIBRENMS_FORBIDDEN'],
    ['a web page with 200', (_, r) => r.end('<html>login</html>'), 'SHITOPS_E_LIBRENMS_NOT_API'],
    ['a web page with 404', (_, r) => r.writeHead(404).end('<html>nginx</html>'), 'SHITOPS_E_LIBRENMS_NOT_API'],
    [
      'a redirect',
      (_, r) => r.writeHead(302, { location: 'https://elsewhere.example/login?t=s3cret' }).end(),
      'SHITOPS_E_LIBRENMS_NOT_API',
    ],
    ['the catch-all', (_, r) => json(r, 404, { status: 'error', message: "This API route doesn't exist." }), 'SHITOPS_E_LIBRENMS_NO_ROUTE'],
    ['a 404 of its own', (_, r) => json(r, 404, { status: 'error', message: 'Device 9 does not exist' }), 'SHITOPS_E_LIBRENMS_REFUSED'],
    ['500', (_, r) => json(r, 500, { message: 'Server Error' }), 'SHITOPS_E_LIBRENMS_FAILED'],
    ['an empty body', (_, r) => r.end(), 'SHITOPS_E_LIBRENMS_BROKEN'],
    ['a body that is cut', (_, r) => r.end('{"devices":[{'), 'SHITOPS_E_LIBRENMS_BROKEN'],
  ]
  for (const [what, how, code] of named) {
    it(`calls ${what} ${code}`, async () => {
      answer = how
      expect((await failure(http.list('/devices/9'))).code).to.equal(code)
    })
  }

  it('does not take the token elsewhere', async () => {
    answer = (_, response, n) =>
      n === 1 ? response.writeHead(307, { location: '/api/v0/other' }).end() : json(response, 200, { devices: [] })
    await failure(http.list('/devices'))
    expect(asked).to.equal(1)
  })

  it('gives up on silence', async () => {
    answer = (_, response) => response.write('{"status":"ok","devices":[')
    http = connect({ idle: 30 })
    expect((await failure(http.list('/devices'))).code).to.equal('SHITOPS_E_LIBRENMS_TIMEOUT')
  })

  it('gives answers of its own to whoever changes something: 201, 422 with an object, 200 and nothing', async () => {
    answer = (_, response, n) => {
      if (n === 1) return void json(response, 422, { status: 'error', message: { name: ['is missing'], text: ['too long'] } })
      if (n === 2) return void response.writeHead(200).end()
      json(response, 500, { status: 'error', message: 'No reply with community s3cret' })
    }
    expect(await http.call('POST', '/x', {})).to.include({ status: 422, ok: false, message: 'name: is missing; text: too long' })
    expect(await http.call('PATCH', '/x')).to.include({ status: 200, ok: true, body: undefined })
    expect((await http.call('POST', '/x', {})).message).to.equal('No reply with community [removed]')
  })

  it('has at most four requests under way', async () => {
    let waiting: ServerResponse[] = []
    let most = 0
    answer = (_, response) => {
      waiting.push(response)
      most = Math.max(most, waiting.length)
      if (waiting.length < 4) return
      const open = waiting
      waiting = []
      for (const one of open) json(one, 200, { status: 'ok', devices: [] })
    }
    await Promise.all(Array.from({ length: 20 }, () => http.list('/devices')))
    expect(most).to.equal(4)
  })

  it('asks what is urgent before what has waited longer', async () => {
    const order: string[] = []
    const waiting: ServerResponse[] = []
    const release = (response: ServerResponse) => json(response, 200, { status: 'ok', rows: [] })
    answer = (request, response) => {
      order.push(request.url?.replace('/api/v0/', '') ?? '')
      waiting.push(response)
    }
    const sweep = Array.from({ length: 8 }, (_, i) => http.list(`/sweep${i}`))
    const urgent = http.list('/urgent', { urgent: true })
    while (order.length < 4) await new Promise(setImmediate)
    // One place becomes free: who has it is the one that was chosen, not the fastest of several sockets.
    release(waiting.shift() as ServerResponse)
    while (order.length < 5) await new Promise(setImmediate)
    answer = (_, response) => release(response)
    for (const response of waiting) release(response)
    await Promise.all([urgent, ...sweep])
    expect(order.indexOf('urgent')).to.equal(4)
  })

  it('leaves a LibreNMS that fails alone, then tries with one request', async () => {
    answer = (_, response) => json(response, 500, { message: 'Server Error' })
    for (let i = 0; i < 5; i++) await failure(http.list('/devices'))
    expect(http.circuit).to.equal('open')
    const error = await http.list('/devices').catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'SHITOPS_E_LIBRENMS_CIRCUIT' })
    expect(asked).to.equal(5)
    now += http.rest
    answer = (_, response) => json(response, 200, { status: 'ok', devices: [] })
    await http.list('/devices')
    expect([http.circuit, asked]).to.deep.equal(['closed', 6])
  })

  it('lets go of a list whose reader has enough', async () => {
    const row = JSON.stringify({ device_id: 1, text: 'x'.repeat(1_000) })
    let gone = false
    answer = (request, response) => {
      request.socket.once('close', () => {
        gone = true
      })
      response.write(`{"devices":[${row}`)
      const more = () => {
        while (!response.destroyed && response.write(`,${row}`));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    }
    for await (const rows of http.rows('/devices')) {
      expect(rows.length).to.be.greaterThan(0)
      break
    }
    while (!gone) await new Promise((resolve) => setImmediate(resolve))
    answer = (_, response) => json(response, 200, { status: 'ok', devices: [] })
    await http.list('/devices')
  })
})
