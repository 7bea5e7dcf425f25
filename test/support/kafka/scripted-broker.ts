import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { WireReader, WireWriter } from '../../../src/bus/kafka/wire.ts'
import { frameCutter } from './recorder.ts'

export interface ScriptedRequest {
  apiKey: number
  apiVersion: number
  /** Behind the client's name. */
  body: Buffer
}

/** An answer that goes out in pieces of these sizes, in turn; where `upTo` is given the connection ends after so many bytes. */
export interface InPieces {
  answer: Buffer
  sizes: readonly number[]
  upTo?: number | undefined
}

/** What a request gets: an answer behind its correlation id, nothing, an end of the connection, or bytes as they are. */
export type Reply = Buffer | 'silence' | 'hang up' | { raw: Buffer } | InPieces

/** By the key of the request. What it lacks is answered by {@link ScriptedBroker.usual}. */
export type Script = Readonly<Record<number, (request: ScriptedRequest) => Reply | Promise<Reply>>>

export const KEY = { produce: 0, fetch: 1, listOffsets: 2, metadata: 3, findCoordinator: 10, apiVersions: 18, initProducer: 22 } as const
const NEWEST: Readonly<Record<number, number>> = { 0: 11, 1: 16, 2: 8, 3: 12, 9: 8, 10: 4, 16: 5, 18: 3, 22: 4, 32: 4 }

/** A broker that says what a test wants: one broker (1), every topic it is asked for with one partition of nothing. */
export class ScriptedBroker {
  readonly address: string
  readonly requests: ScriptedRequest[] = []
  script: Script
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, script: Script) {
    this.#server = server
    this.script = script
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    this.address = `localhost:${address.port}`
  }

  get host(): string {
    return this.address.split(':')[0] ?? ''
  }

  get port(): number {
    return Number(this.address.split(':')[1])
  }

  static async listen(script: Script = {}, tls?: TlsOptions): Promise<ScriptedBroker> {
    const server = tls ? createTlsServer(tls) : createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const broker = new ScriptedBroker(server, script)
    server.on('connection', (socket: Socket) => broker.#sockets.add(socket.on('error', () => {})))
    server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => broker.#serve(socket))
    // A client that does not trust us is the test's business.
    server.on('tlsClientError', () => {})
    return broker
  }

  get url(): string {
    return `kafka://${this.address}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** As a broker of today answers. */
  usual({ apiKey, apiVersion, body }: ScriptedRequest): Buffer {
    const wire = new WireReader(body)
    switch (apiKey) {
      case KEY.apiVersions:
        return apiVersions(
          Object.entries(NEWEST).map(([key, max]) => [Number(key), 0, max]),
          apiVersion,
        )
      case KEY.metadata:
        return this.#metadata(wire.array(() => wire.string() ?? ''))
      case KEY.listOffsets:
        return listOffsets(wire)
      case KEY.initProducer:
        return new WireWriter().int32(0).int16(0).int64(7).int16(0).done()
      default:
        throw new Error(`the scripted broker knows no answer to request ${apiKey} v${apiVersion}`)
    }
  }

  #metadata(topics: readonly string[]): Buffer {
    const answer = new WireWriter().int32(0)
    answer.array([1], (id) => answer.int32(id).string(this.host).int32(this.port).string(null))
    answer.string('scripted').int32(1)
    answer.array(topics, (name) => {
      answer.int16(0).string(name).int8(0).int32(1)
      answer.int16(0).int32(0).int32(1)
      for (const ids of [[1], [1], []]) answer.array(ids, (id) => answer.int32(id))
    })
    return answer.done()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket.setNoDelay(true).on('error', () => {}))
    // One after the other, as a broker does.
    let last = Promise.resolve()
    socket.on(
      'data',
      frameCutter((frame) => {
        last = last.then(() => this.#answer(socket, frame))
      }),
    )
  }

  async #answer(socket: Socket, frame: Buffer): Promise<void> {
    const wire = new WireReader(frame)
    const [apiKey, apiVersion, correlationId] = [wire.int16(), wire.int16(), wire.int32()]
    const body = frame.subarray(10 + Math.max(0, frame.readInt16BE(8)))
    const request = { apiKey, apiVersion, body }
    this.requests.push(request)
    const reply = (await this.script[apiKey]?.(request)) ?? this.usual(request)
    if (reply === 'silence') return
    if (reply === 'hang up') socket.destroy()
    else if ('answer' in reply) await writeInPieces(socket, framed(correlationId, reply.answer), reply)
    else socket.write(Buffer.isBuffer(reply) ? framed(correlationId, reply) : reply.raw)
  }
}

/** Each piece is read before the next one goes, most likely. */
async function writeInPieces(socket: Socket, frame: Buffer, { sizes, upTo = frame.length }: InPieces): Promise<void> {
  const end = Math.min(upTo, frame.length)
  for (let at = 0, turn = 0; at < end && !socket.destroyed; turn++) {
    const next = Math.min(end, at + Math.max(1, sizes[turn % sizes.length] ?? end))
    socket.write(frame.subarray(at, next))
    at = next
    if (at < end) await new Promise(setImmediate)
  }
  if (end < frame.length) socket.end(() => socket.destroy())
}

function framed(correlationId: number, answer: Buffer): Buffer {
  return new WireWriter()
    .int32(4 + answer.length)
    .int32(correlationId)
    .raw(answer)
    .done()
}

/** An answer to ApiVersions. @param ranges key, oldest and newest version of each */
export function apiVersions(
  ranges: ReadonlyArray<readonly [key: number, min: number, max: number]>,
  version: number,
  errorCode = 0,
): Buffer {
  const answer = new WireWriter().int16(errorCode)
  if (version < 3) answer.array(ranges, ([key, min, max]) => answer.int16(key).int16(min).int16(max))
  else {
    answer.compactArray(ranges, ([key, min, max]) => answer.int16(key).int16(min).int16(max).noTags())
    answer.int32(0).noTags()
  }
  return answer.done()
}

/** The end of each partition is 1000, its beginning 0. */
function listOffsets(wire: WireReader): Buffer {
  wire.int32()
  wire.int8()
  const answer = new WireWriter().int32(0)
  const asked = wire.array(() => {
    const topic = wire.string() ?? ''
    return { topic, partitions: wire.array(() => ({ partition: wire.int32(), timestamp: wire.int64() })) }
  })
  answer.array(asked, ({ topic, partitions }) => {
    answer.string(topic)
    answer.array(partitions, ({ partition, timestamp }) =>
      answer
        .int32(partition)
        .int16(0)
        .int64(-1)
        .int64(timestamp === -2 ? 0 : 1000),
    )
  })
  return answer.done()
}

/** An answer to Fetch with these bytes as the records of partition 0. */
export function fetchAnswer(topic: string, records: Buffer): Buffer {
  const answer = new WireWriter().int32(0).int16(0).int32(0).int32(1).string(topic).int32(1)
  answer.int32(0).int16(0).int64(1000).int64(1000).int64(0).int32(0).int32(-1)
  return answer.int32(records.length).raw(records).done()
}

/** The topic that a Fetch asks for first. */
export function fetchedTopic({ body }: ScriptedRequest): string {
  const wire = new WireReader(body)
  wire.bytes(4 + 4 + 4 + 4 + 1 + 4 + 4)
  wire.int32()
  return wire.string() ?? ''
}
