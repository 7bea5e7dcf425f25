import type { ServerHttp2Stream } from 'node:http2'

/**
 * The HTTP/2 stream of a call on a grpc-js server. grpc-js writes one uncompressed message per DATA frame and can do nothing else; what devices
 * do beyond that is written to the stream itself, which grpc-js 1.14 keeps as a private field of the call. Its own writing keeps to the trailers.
 */
export function http2StreamOf(call: object): ServerHttp2Stream {
  const stream = (call as { call?: { stream?: ServerHttp2Stream } }).call?.stream
  if (typeof stream?.pushStream !== 'function')
    throw new Error('this version of @grpc/grpc-js keeps its HTTP/2 stream elsewhere: see http2-below.ts')
  return stream
}

/** A message as gRPC frames it: whether it is compressed, its length, its bytes. */
export function grpcFrame(message: Buffer, compressed = false): Buffer {
  const frame = Buffer.allocUnsafe(message.length + 5)
  frame.writeUInt8(compressed ? 1 : 0, 0)
  frame.writeUInt32BE(message.length, 1)
  message.copy(frame, 5)
  return frame
}

/** Writes, and resolves when HTTP/2's flow control let it go; false when the stream is over. */
export function writeThrough(stream: ServerHttp2Stream, bytes: Buffer): Promise<boolean> {
  if (stream.destroyed || stream.closed || stream.writableEnded) return Promise.resolve(false)
  return new Promise((resolve) => {
    const closed = () => resolve(false)
    stream.once('close', closed)
    stream.write(bytes, (error) => {
      stream.off('close', closed)
      resolve(!error)
    })
  })
}
