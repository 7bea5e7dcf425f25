import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' } as const

/** The response headers of a call; its trailers are for the caller to send at `wantTrailers`. */
export function openCall(stream: ServerHttp2Stream): void {
  stream.respond(HEADERS, { waitForTrailers: true })
}

/** One message and status OK. */
export function answerCall(stream: ServerHttp2Stream, framed: Buffer): void {
  openCall(stream)
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(framed)
}

/** A status and nothing else. `code` as in grpc.status. */
export function refuseCall(stream: ServerHttp2Stream, code: number, message: string): void {
  stream.respond({ ...HEADERS, 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) }, { endStream: true })
}

/** `Subscribe` of `/gnmi.gNMI/Subscribe`; undefined for what is no such call. */
export function methodOf(headers: IncomingHttpHeaders): string | undefined {
  return /^\/gnmi\.gNMI\/(\w+)$/.exec(String(headers[':path']))?.[1]
}

/** Calls back with the first message of a call; what comes after it is read and left. */
export function onFirstMessage(stream: ServerHttp2Stream, found: (message: Buffer) => void): void {
  let bytes: Buffer | undefined = Buffer.alloc(0)
  stream.on('data', (data: Buffer) => {
    if (!bytes) return
    bytes = Buffer.concat([bytes, data])
    if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt32BE(1)) return
    const message = bytes.subarray(5, 5 + bytes.readUInt32BE(1))
    bytes = undefined
    found(message)
  })
}
