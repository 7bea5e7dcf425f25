import { readFileSync } from 'node:fs'
import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { WebSocket } from 'ws'
import { type ServerFrame, SUBPROTOCOL, type WireChange } from '../../../src/live/protocol.ts'
import { asyncapiDocument } from '../../../src/server/http/asyncapi.ts'
import type { TestServer } from './server.ts'
import { until } from './server.ts'

let validators: Promise<Map<string, ValidateFunction>> | undefined

/** A check for each frame, of the document that the server gives out. */
function frameValidators(): Promise<Map<string, ValidateFunction>> {
  validators ??= asyncapiDocument(JSON.parse(readFileSync('package.json', 'utf8')).version).then((document) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const { components } = document as { components: { schemas: Record<string, object> } }
    ajv.addSchema({ $id: 'https://asyncapi.example/v1', components }, 'https://asyncapi.example/v1')
    const names = Object.keys(components.schemas).filter((name) => name.endsWith('Frame'))
    return new Map(
      names.map(
        (name) =>
          [name.slice(0, -'Frame'.length), ajv.compile({ $ref: `https://asyncapi.example/v1#/components/schemas/${name}` })] as const,
      ),
    )
  })
  return validators
}

/** A raw client that keeps every frame, and has checked each against the AsyncAPI document. */
export class TestSocket {
  readonly ws: WebSocket
  readonly frames: ServerFrame[] = []
  readonly wrong: string[] = []
  closed: { code: number; reason: string } | undefined
  refused: number | undefined

  private constructor(ws: WebSocket, checks: Map<string, ValidateFunction>) {
    this.ws = ws
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ServerFrame
      this.frames.push(frame)
      const check = checks.get(frame.type)
      if (!check?.(frame)) this.wrong.push(`${frame.type}: ${JSON.stringify(check?.errors?.slice(0, 3) ?? 'no schema')}`)
    })
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
    })
    ws.on('unexpected-response', (_, response) => {
      this.refused = response.statusCode
      response.resume()
    })
    ws.on('error', () => {})
  }

  static async open(
    { server }: TestServer,
    options: { token?: string; protocols?: string[]; headers?: Record<string, string> } = {},
  ): Promise<TestSocket> {
    const { token, protocols = [SUBPROTOCOL, ...(token ? [`auth.${token}`] : [])], headers = {} } = options
    const url = `${server.url.replace('http', 'ws')}/api/v1/ws`
    const checks = await frameValidators()
    const socket = new TestSocket(new WebSocket(url, protocols, { headers, rejectUnauthorized: false }), checks)
    await until(
      'the handshake',
      () => socket.ws.readyState === WebSocket.OPEN || socket.refused !== undefined || socket.closed !== undefined,
    )
    return socket
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  of<Type extends ServerFrame['type']>(type: Type): Array<ServerFrame & { type: Type }> {
    return this.frames.filter((frame): frame is ServerFrame & { type: Type } => frame.type === type)
  }

  /** Subscribes, and waits for the answer. */
  async subscribe(data: Record<string, unknown> = {}): Promise<this> {
    const before = this.frames.length
    this.send({ type: 'subscribe', data })
    await until('an answer to the subscription', () =>
      this.frames
        .slice(before)
        .some((frame) => ['delta', 'error', 'gap'].includes(frame.type) || (frame.type === 'snapshot' && frame.data.last)),
    )
    return this
  }

  /** Changes of snapshots and deltas. */
  get changes(): WireChange[] {
    return this.frames.flatMap((frame) => (frame.type === 'snapshot' || frame.type === 'delta' ? frame.data.changes : []))
  }

  /** Place after the last frame that has one. */
  get since(): string {
    return this.frames.findLast(({ id, type }) => id !== '' && type !== 'hello')?.id ?? ''
  }

  close(): void {
    this.ws.terminate()
  }
}
