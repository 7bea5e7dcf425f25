import { messageOf, ShitopsError } from '../base/errors.ts'

/**
 * Serves `/metrics` for Prometheus. @param listen HOST:PORT, or a port on 127.0.0.1
 * @param text what it answers, in Prometheus's text format
 * @returns its address, and what ends it
 * @throws SHITOPS_E_USAGE when it cannot listen there
 */
export async function serveMetrics(listen: string, text: () => Promise<string>): Promise<{ address: string; close(): void }> {
  const { createServer } = await import('node:http')
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(listen) ?? []
  if (port === undefined || Number(port) > 65_535) throw unusable(listen, 'it is neither PORT nor HOST:PORT')
  const server = createServer((request, response) => {
    const there = request.method === 'GET' && request.url === '/metrics'
    const answer = (status: number, type: string, body: string) => response.writeHead(status, { 'content-type': type }).end(body)
    if (!there) {
      answer(404, 'text/plain', 'only GET /metrics is here\n')
      return
    }
    text().then(
      (families) => answer(200, 'text/plain; version=0.0.4; charset=utf-8', families),
      (error: unknown) => answer(500, 'text/plain', `${messageOf(error)}\n`),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unusable(listen, error.message)))
    server.listen(Number(port), host.replace(/^\[|\]$/g, ''), resolve)
  })
  // It keeps nobody from ending.
  server.unref()
  const bound = server.address()
  const at = typeof bound === 'object' && bound ? bound.port : port
  return {
    address: `http://${host}:${at}/metrics`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const unusable = (listen: string, why: string) =>
  new ShitopsError('SHITOPS_E_USAGE', `--metrics ${listen}: ${why}`, {
    suggestions: ['--metrics 9273', '--metrics 127.0.0.1:0 (any free port)'],
  })
