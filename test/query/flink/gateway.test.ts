import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { rowText } from '../../../src/query/flink/lossless.ts'
import { thrownBy } from '../../support/thrown-by.ts'

describe('the SQL gateway client', () => {
  const servers: Server[] = []
  const requests: string[] = []

  afterEach(async () => {
    requests.length = 0
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
  })

  async function gateway(answer: (request: string) => [status: number, body: string]): Promise<FlinkGateway> {
    const listener: RequestListener = (request, response) => {
      const line = `${request.method} ${request.url}`
      requests.push(line)
      const [status, body] = answer(line)
      response.writeHead(status, { connection: 'close' }).end(body)
    }
    const started = createServer(listener)
    servers.push(started)
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
    return new FlinkGateway(`http://127.0.0.1:${(started.address() as AddressInfo).port}/`)
  }

  const page = (resultType: string, data: string, next?: number) =>
    JSON.stringify({
      resultType,
      ...(next === undefined ? {} : { nextResultUri: `/v2/sessions/s/operations/o/result/${next}?rowFormat=JSON` }),
      results: { columns: [{ name: 'b', logicalType: { type: 'BIGINT', nullable: true } }], data: 'DATA' },
    }).replace('"DATA"', data)

  /** A session `s` whose statement `o` answers as told by the number of the result's page. */
  const oneStatement = (pages: (n: number, asked: number) => string) => {
    let asked = 0
    return gateway((request) => {
      if (request === 'POST /v2/sessions') return [200, '{"sessionHandle":"s"}']
      if (request.endsWith('/statements')) return [200, '{"operationHandle":"o"}']
      const found = /result\/(\d+)/.exec(request)
      return [200, found ? pages(Number(found[1]), asked++) : '{"status":"OK"}']
    })
  }

  it('follows the pages of a result to its end, waits where it is not ready, and closes the operation', async () => {
    const flink = await oneStatement((n, asked) => {
      if (asked === 0) return '{"resultType":"NOT_READY","nextResultUri":"/v2/sessions/s/operations/o/result/0?rowFormat=JSON"}'
      if (n === 0) return page('PAYLOAD', '[{"kind":"INSERT","fields":[9223372036854775807]}]', 1)
      if (n === 1) return page('PAYLOAD', '[]', 2)
      return page('EOS', '[]')
    })
    const result = await (await flink.openSession()).run('SELECT 1')
    expect(result.rows.map(rowText)).to.deep.equal(['{"kind":"INSERT","fields":[9223372036854775807]}'])
    expect(result.columns.map(({ name }) => name)).to.deep.equal(['b'])
    expect(requests.at(-1)).to.equal('DELETE /v2/sessions/s/operations/o/close')
    expect(requests.some((request) => request.endsWith('/cancel'))).to.equal(false)
  })

  it('cancels an operation that nobody reads to its end', async () => {
    const flink = await oneStatement((n) => page('PAYLOAD', `[{"kind":"INSERT","fields":[${n}]}]`, n + 1))
    const session = await flink.openSession()
    for await (const { rows } of session.pages('SELECT 1')) if (rows.length > 0) break
    expect(requests.slice(-2)).to.deep.equal(['POST /v2/sessions/s/operations/o/cancel', 'DELETE /v2/sessions/s/operations/o/close'])
  })

  it('cancels on an aborted signal', async () => {
    const stop = new AbortController()
    const flink = await oneStatement((n) => {
      if (n === 2) stop.abort(new Error('enough'))
      return page('PAYLOAD', '[]', n + 1)
    })
    const session = await flink.openSession()
    const ended = await session.run('SELECT 1', stop.signal).catch((error: unknown) => error)
    expect(ended).to.be.instanceOf(Error)
    expect(requests).to.include('POST /v2/sessions/s/operations/o/cancel')
  })

  it('says what Flink says', async () => {
    const flink = await gateway(() => [
      500,
      JSON.stringify({ errors: ['Internal server error.', 'a.b.OddException: no\n\tat a.B.c(B.java:1)'] }),
    ])
    const error = await thrownBy(() => flink.openSession())
    expect(error).to.include({ code: 'SHITOPS_E_FLINK_REFUSED' })
    expect(error.message).to.include('OddException: no')
  })

  it('tells a web page from a gateway', async () => {
    const flink = await gateway(() => [200, '<html></html>'])
    expect(await thrownBy(() => flink.info())).to.include({ code: 'SHITOPS_E_FLINK_UNREACHABLE' })
    const other = await gateway(() => [404, '{"message":"not found"}'])
    expect(await thrownBy(() => other.info())).to.include({ code: 'SHITOPS_E_FLINK_UNREACHABLE' })
  })

  it('says where nobody answers', async () => {
    const error = await thrownBy(() => new FlinkGateway('http://127.0.0.1:1').info())
    expect(error).to.include({ code: 'SHITOPS_E_FLINK_UNREACHABLE' })
    expect(error.message).to.include('127.0.0.1:1')
  })

  it('takes no address that is none, and never repeats a password', () => {
    for (const url of ['localhost:8083', 'ftp://localhost', '', 'http://user:secret@localhost:8083']) {
      expect(() => new FlinkGateway(url), url)
        .to.throw('SQL gateway')
        .that.includes({ code: 'SHITOPS_E_USAGE' })
        .and.satisfies((error: Error) => !error.message.includes('secret'))
    }
  })

  it('takes no job id that could end the statement', async () => {
    const flink = await oneStatement(() => page('EOS', '[]'))
    const session = await flink.openSession()
    const refused = await session.cancelJob("x'; DROP TABLE t; --").catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(TypeError)
    expect(requests.some((request) => request.endsWith('/statements'))).to.equal(false)
  })
})
