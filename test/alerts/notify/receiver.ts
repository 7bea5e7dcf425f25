import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookBody } from '../../../src/alerts/notify/message.ts'

export interface Call {
  path: string
  headers: IncomingHttpHeaders
  text: string
  body: WebhookBody
}

/** A receiver of webhooks that keeps what it gets, and answers what it is told to. */
export class WebhookReceiver {
  readonly calls: Call[] = []
  answer: (call: Call, n: number) => { status: number; headers?: Record<string, string>; delay?: number } = () => ({ status: 200 })
  readonly #server: Server
  #told: Array<() => void> = []

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const call = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text || 'null') }
        this.calls.push(call)
        const { status, headers = {}, delay = 0 } = this.answer(call, this.calls.length)
        const end = () => response.writeHead(status, { connection: 'close', ...headers }).end()
        if (delay > 0) setTimeout(end, delay)
        else end()
        for (const tell of this.#told.splice(0)) tell()
      })
    })
  }

  static async open(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** When the condition holds; it is looked at after each call. */
  async until(condition: (calls: readonly Call[]) => boolean): Promise<void> {
    while (!condition(this.calls)) await new Promise<void>((resolve) => this.#told.push(resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
