import { varint } from './reference.ts'

/** A field as it stands in a message. */
interface Span {
  start: number
  /** Behind the tag, and for length-delimited ones behind the length. */
  content: number
  end: number
  wireType: number
}

/**
 * Endless mutants of messages; the same for the same seed. Most mutations go into a field somewhere inside and mend the lengths around it,
 * so that what comes out is often still a message, of a kind that no encoder makes; the others break bytes.
 */
export class Mutator {
  readonly #corpus: readonly Buffer[]
  #state: number

  constructor(corpus: readonly Buffer[], seed: number) {
    this.#corpus = corpus
    this.#state = seed >>> 0
  }

  /** A message of the corpus with one to four mutations. */
  next(): Buffer {
    let mutant: Buffer = Buffer.from(this.#pick())
    for (let times = 1 + this.#below(4); times > 0; times--) {
      mutant = this.#below(6) === 0 ? this.#broken(mutant) : this.#changedInside(mutant)
    }
    return mutant
  }

  /** Down into some field, and there a change. */
  #changedInside(bytes: Buffer): Buffer {
    const spans = spansOf(bytes)
    if (spans.length === 0 || this.#below(4) === 0) return this.#changedHere(bytes, spans)
    const span = spans[this.#below(spans.length)] as Span
    const content = bytes.subarray(span.content, span.end)
    const mutant =
      span.wireType === 2
        ? delimited(this.#changedInside(content))
        : span.wireType === 0
          ? this.#varint(content)
          : this.#bytes(content.length)
    const tagEnd = span.wireType === 2 ? span.content - varint(BigInt(content.length)).length : span.content
    return Buffer.concat([bytes.subarray(0, tagEnd), mutant, bytes.subarray(span.end)])
  }

  /** A change among the fields of a message; among bytes that are none, a change of bytes. */
  #changedHere(bytes: Buffer, spans: readonly Span[]): Buffer {
    const span = spans[this.#below(spans.length || 1)]
    const at = span?.start ?? (bytes.length === 0 ? 0 : -1)
    if (at < 0) return this.#below(2) ? this.#broken(bytes) : this.#text()
    const field = span ? bytes.subarray(span.start, span.end) : this.#field()
    switch (this.#below(7)) {
      case 0:
        return inserted(bytes, at, this.#field())
      case 1:
        return Buffer.concat([bytes, this.#field()])
      case 2:
        // The same field twice, the last time at the end: merged, or the last one wins.
        return Buffer.concat([bytes, field])
      case 3:
        return span ? Buffer.concat([bytes.subarray(0, span.start), bytes.subarray(span.end)]) : bytes
      case 4:
        // A sibling from elsewhere: another arm, or a message in pieces.
        return Buffer.concat([bytes, this.#someField()])
      case 5:
        return span ? inserted(Buffer.concat([bytes.subarray(0, span.start), bytes.subarray(span.end)]), 0, field) : bytes
      default:
        return span ? this.#stretched(bytes, span.start) : bytes
    }
  }

  /** Bytes changed, cut, put in and taken out with no regard for what they are. */
  #broken(bytes: Buffer): Buffer {
    const at = this.#below(bytes.length + 1)
    switch (this.#below(8)) {
      case 0:
        return changed(bytes, at, (byte) => byte ^ (1 << this.#below(8)))
      case 1:
        return changed(bytes, at, () => this.#below(256))
      case 2:
        return changed(bytes, at, () => [0, 1, 0x7f, 0x80, 0xff][this.#below(5)] ?? 0)
      case 3:
        return changed(bytes, at, (byte) => byte + 1)
      case 4:
        return bytes.subarray(0, at)
      case 5:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
      case 6:
        return inserted(bytes, at, this.#field())
      default:
        return this.#stretched(bytes, at)
    }
  }

  /** A field of any number and wire type, whole. */
  #field(): Buffer {
    const number = this.#below(8) === 0 ? this.#below(1 << 20) : 1 + this.#below(15)
    const wireType = this.#below(6)
    const tag = (type: number) => varint(BigInt(number) * 8n + BigInt(type))
    const content = [
      () => this.#varint(Buffer.alloc(1)),
      () => this.#bytes(8),
      () => delimited(this.#below(2) ? this.#bytes(this.#below(12)) : this.#field()),
      () => Buffer.concat([this.#below(2) ? this.#field() : Buffer.alloc(0), tag(4)]),
      () => Buffer.alloc(0),
      () => this.#bytes(4),
    ][wireType]
    return Buffer.concat([tag(wireType), content?.() ?? Buffer.alloc(0)])
  }

  /** A field of a message of the corpus, from any depth. */
  #someField(): Buffer {
    let bytes = this.#pick()
    for (;;) {
      const spans = spansOf(bytes)
      const span = spans[this.#below(spans.length || 1)]
      if (!span) return this.#field()
      if (span.wireType !== 2 || this.#below(3) === 0) return bytes.subarray(span.start, span.end)
      bytes = bytes.subarray(span.content, span.end)
    }
  }

  /** Another number in place of a varint: small, large, or over-long. */
  #varint(bytes: Buffer): Buffer {
    if (this.#below(4) === 0) return this.#stretched(bytes, bytes.length - 1)
    return varint(BigInt(this.#below(2 ** 32)) << BigInt(this.#below(33)))
  }

  /** The byte of a varint that is its last, followed by more that add nothing; beyond ten, a varint no more. */
  #stretched(bytes: Buffer, at: number): Buffer {
    const byte = bytes[at]
    if (byte === undefined || byte >= 0x80) return bytes
    const fill = Buffer.alloc(this.#below(11), 0x80)
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte | 0x80]), fill, Buffer.from([0]), bytes.subarray(at + 1)])
  }

  /** What stands in strings and JSON. */
  #text(): Buffer {
    const texts = [
      '',
      '{}',
      '[null]',
      '1e5',
      '"\\u12',
      '{"a":[1,{"b":-0}]}',
      'tr\u{1f642}',
      '\ufeff1',
      '01',
      ' 1 ',
      '9007199254740993',
      '\x00',
    ]
    return Buffer.from(texts[this.#below(texts.length)] ?? '')
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)))
  }

  #pick(): Buffer {
    return this.#corpus[this.#below(this.#corpus.length)] as Buffer
  }

  /** mulberry32: a period of 2^32, and a run can be repeated. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** The fields of a message with tags of one byte and plain lengths; none when the bytes are no such message. */
function spansOf(bytes: Buffer): Span[] {
  const spans: Span[] = []
  for (let start = 0; start < bytes.length; ) {
    const tag = bytes[start] as number
    const wireType = tag & 7
    if (tag < 8 || tag >= 0x80) return []
    let content = start + 1
    let end = content + ({ 1: 8, 5: 4 }[wireType] ?? 0)
    if (wireType === 0 || wireType === 2) {
      let value = 0
      let shift = 1
      while ((bytes[end] ?? 0) >= 0x80) {
        value += ((bytes[end++] as number) & 0x7f) * shift
        shift *= 128
      }
      value += (bytes[end++] ?? 0) * shift
      if (wireType === 2) {
        content = end
        end += value
      }
    } else if (wireType !== 1 && wireType !== 5) return []
    if (end > bytes.length) return []
    spans.push({ start, content, end, wireType })
    start = end
  }
  return spans
}

const delimited = (content: Buffer) => Buffer.concat([varint(BigInt(content.length)), content])

const inserted = (bytes: Buffer, at: number, piece: Buffer) => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])

function changed(bytes: Buffer, at: number, to: (byte: number) => number): Buffer {
  const mutant = Buffer.from(bytes)
  const byte = mutant[at]
  if (byte !== undefined) mutant[at] = to(byte)
  return mutant
}
