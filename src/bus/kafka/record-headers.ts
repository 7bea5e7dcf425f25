import type { OutRecord } from '../bus.ts'
import { FilledHeaders, type HeaderTemplate, type OutHeader, type OutHeaders } from '../header-template.ts'
import { HeaderMemo, partSize, writePart } from './header-memo.ts'
import { varlongSize, writeVarlong } from './varint.ts'

/** A template as it stands in a record: all but the values of its blanks, cut where they are. */
interface Encoded {
  pieces: readonly Buffer[]
  /** Of all pieces, bytes. */
  size: number
}

const NONE: readonly OutHeader[] = []
const memo = new HeaderMemo()
const templates = new WeakMap<HeaderTemplate, Encoded>()
/** Records of one source come in runs. */
let latest: { template: HeaderTemplate; encoded: Encoded } | undefined

/** Bytes of a record's headers in a batch, with their number in front. */
export function headersSize(headers: OutHeaders = NONE): number {
  if (headers instanceof FilledHeaders) {
    const { values } = headers
    let { size } = encodedOf(headers.template)
    for (let i = 0; i < values.length; i++) size += partSize(values[i] as string)
    return size
  }
  let size = varlongSize(headers.length)
  for (let i = 0; i < headers.length; i++) {
    const [name, text] = headers[i] as OutHeader
    size += memo.of(name, text, i)?.length ?? partSize(name) + partSize(text)
  }
  return size
}

/** Returns the place after what was written. */
export function writeHeaders(buffer: Buffer, start: number, headers: NonNullable<OutRecord['headers']> = NONE): number {
  if (headers instanceof FilledHeaders) return writeFilled(buffer, start, headers)
  let at = writeVarlong(buffer, start, headers.length)
  for (let i = 0; i < headers.length; i++) {
    const [name, text] = headers[i] as OutHeader
    const known = memo.of(name, text, i)
    if (known) {
      buffer.set(known, at)
      at += known.length
    } else at = writePart(buffer, writePart(buffer, at, name), text)
  }
  return at
}

function writeFilled(buffer: Buffer, start: number, { template, values }: FilledHeaders): number {
  const { pieces } = encodedOf(template)
  let at = start
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Buffer
    buffer.set(piece, at)
    at += piece.length
    if (i < values.length) at = writePart(buffer, at, values[i] as string)
  }
  return at
}

function encodedOf(template: HeaderTemplate): Encoded {
  if (latest?.template === template) return latest.encoded
  let encoded = templates.get(template)
  if (!encoded) {
    encoded = encode(template)
    templates.set(template, encoded)
  }
  latest = { template, encoded }
  return encoded
}

function encode({ headers, blanks }: HeaderTemplate): Encoded {
  const pieces: Buffer[] = []
  let parts: Buffer[] = [number(headers.length)]
  for (const [i, [name, value]] of headers.entries()) {
    parts.push(part(name))
    if (!blanks.includes(i)) parts.push(part(value))
    else {
      pieces.push(Buffer.concat(parts))
      parts = []
    }
  }
  pieces.push(Buffer.concat(parts))
  return { pieces, size: pieces.reduce((sum, { length }) => sum + length, 0) }
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(varlongSize(value))
  writeVarlong(bytes, 0, value)
  return bytes
}

function part(text: string): Buffer {
  const bytes = Buffer.alloc(partSize(text))
  writePart(bytes, 0, text)
  return bytes
}
