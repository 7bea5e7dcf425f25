import type { ServerResponse } from 'node:http'
import { createGzip } from 'node:zlib'
import type { Clock } from '../../base/clock.ts'
import type { Fault } from './faults.ts'
import type { Answer } from './routes/call.ts'

/** Bytes that go to the socket at once. */
const PIECE = 65_536

export interface Sending {
  response: ServerResponse
  answer: Answer
  clock: Clock
  gzip: boolean
  fault: Fault | undefined
  onBytes: (count: number) => void
}

/** Send an answer piece by piece, waiting for a slow client: the body is never whole in memory. Resolves when it is out, or the client gone. */
export async function send({ response, answer, clock, gzip, fault, onBytes }: Sending): Promise<void> {
  response.statusCode = answer.status
  response.setHeader('Content-Type', answer.type)
  const slow = fault?.kind === 'slow' ? fault : undefined
  if (slow) await clock.sleep(slow.first)
  const zip = gzip ? createGzip() : undefined
  if (zip) {
    response.setHeader('Content-Encoding', 'gzip')
    response.setHeader('Vary', 'Accept-Encoding')
    zip.on('data', (chunk: Buffer) => onBytes(chunk.length))
    zip.pipe(response)
  }
  let left = fault?.kind === 'truncate' ? fault.bytes : Number.POSITIVE_INFINITY
  const out = zip ?? response
  const gone = () => response.destroyed
  for (const text of pieces(answer.body, slow?.piece ?? PIECE)) {
    if (gone()) return
    let piece = Buffer.from(text)
    if (piece.length > left) piece = piece.subarray(0, left)
    left -= piece.length
    if (!zip) onBytes(piece.length)
    if (piece.length > 0 && !out.write(piece)) await drained(out, response)
    if (left <= 0) break
    if (slow?.between) await clock.sleep(slow.between)
    // A LibreNMS has a worker for each request: a long list does not hold up the others.
    else await new Promise(setImmediate)
  }
  if (left <= 0 && fault?.kind === 'truncate' && !fault.clean) {
    // What is written must leave before the connection breaks.
    await new Promise((resolve) => setTimeout(resolve, 20))
    response.destroy()
    return
  }
  if (gone()) return
  await new Promise<void>((resolve) => {
    response.once('close', resolve)
    response.once('finish', resolve)
    out.end()
  })
}

function drained(out: NodeJS.WritableStream, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      out.removeListener('drain', done)
      response.removeListener('close', done)
      resolve()
    }
    out.once('drain', done)
    response.once('close', done)
    if (response.destroyed) done()
  })
}

/** The same text in pieces of about that many characters, or less at the end. */
function* pieces(body: Iterable<string>, size: number): Iterable<string> {
  let buffer = ''
  for (const text of body) {
    buffer += text
    while (buffer.length >= size) {
      yield buffer.slice(0, size)
      buffer = buffer.slice(size)
    }
  }
  if (buffer) yield buffer
}
