import * as ws from 'ws'
import type { ServerFrame } from '../../live/protocol.ts'

/** The library's own framing; its types leave it out. */
const { Sender } = ws as unknown as {
  Sender: { frame(data: Buffer, options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean }): Buffer[] }
}

const TEXT = 1

/** A text message as the bytes that go over the wire: made once, written to many sockets. */
export function textFrame(json: string): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(json), { fin: true, opcode: TEXT, mask: false, readOnly: true, rsv1: false }))
}

/** A whole frame of the protocol. */
export function frameOf<Frame extends ServerFrame>(type: Frame['type'], id: string, now: number, data: Frame['data']): Buffer {
  return textFrame(JSON.stringify({ type, id, ts: new Date(now).toISOString(), data }))
}

/**
 * A frame with changes, of the texts that they have already.
 * @param before members of `data` that come first, as JSON: `"channel":"finance",`
 */
export function changesFrame(type: 'snapshot' | 'delta', id: string, now: number, before: string, changes: readonly string[]): Buffer {
  const ts = new Date(now).toISOString()
  return textFrame(`{"type":"${type}","id":${JSON.stringify(id)},"ts":"${ts}","data":{${before}"changes":[${changes.join(',')}]}}`)
}

/** Lists of at most about so many characters each; one text that is longer stands alone. There is always one list. */
export function inPieces(texts: readonly string[], most = 256 << 10): string[][] {
  const pieces: string[][] = [[]]
  let size = 0
  for (const text of texts) {
    if (size > 0 && size + text.length > most) {
      pieces.push([])
      size = 0
    }
    pieces.at(-1)?.push(text)
    size += text.length
  }
  return pieces
}
