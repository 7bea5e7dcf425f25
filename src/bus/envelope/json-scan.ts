/** What {@link scanContainer} has seen: nothing where it is no container. */
export const CONTAINER = 1
/** White space with line breaks in it. */
export const LINE_BREAKS = 2
/** Bytes that are not ASCII: in strings, and not looked at whether they are UTF-8. */
export const NOT_ASCII = 4

/** Whether bytes are one JSON object or array (RFC 8259) from the first byte to the last, found without building anything. Bytes are taken as UTF-8. */
export function isJsonContainer(bytes: Buffer): boolean {
  return scanContainer(bytes) !== 0
}

/** 0, or {@link CONTAINER} with {@link LINE_BREAKS} and {@link NOT_ASCII} where there are such. */
export function scanContainer(bytes: Buffer): number {
  const first = bytes[0]
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return 0
  seen = 0
  let breaks = 0
  const { length } = bytes
  let depth = 0
  /** What may come next: a value, a key, a separator; `orEnd`: the container may close instead, being empty. */
  let next: 'value' | 'key' | 'after' = 'value'
  let orEnd = false
  for (let i = 0; i < length; ) {
    const byte = bytes[i] as number
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) {
      if (byte < 0x20 && byte !== 0x09) breaks = LINE_BREAKS
      i++
    } else if (next === 'after') {
      const object = open[depth - 1] === OPEN_OBJECT
      if (byte === COMMA) {
        next = object ? 'key' : 'value'
        i++
      } else if (byte === (object ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (--depth === 0) return i === length - 1 ? CONTAINER | breaks | (seen < 0x80 ? 0 : NOT_ASCII) : 0
        i++
      } else return 0
      orEnd = false
    } else if (orEnd && byte === (next === 'key' ? CLOSE_OBJECT : CLOSE_ARRAY)) {
      // The same byte is seen again, as what closes.
      next = 'after'
    } else if (next === 'key') {
      if (byte !== QUOTE) return 0
      i = afterString(bytes, i)
      for (; isSpace(bytes[i]); i++) if (bytes[i] === 0x0a || bytes[i] === 0x0d) breaks = LINE_BREAKS
      if (bytes[i++] !== COLON) return 0
      next = 'value'
      orEnd = false
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth === MAX_DEPTH) return 0
      open[depth++] = byte
      next = byte === OPEN_OBJECT ? 'key' : 'value'
      orEnd = true
      i++
    } else {
      const end = byte === QUOTE ? afterString(bytes, i) : afterScalar(bytes, i, byte)
      if (end > length) return 0
      i = end
      next = 'after'
    }
  }
  return 0
}

const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
/** Deeper values are left to JSON.parse. */
const MAX_DEPTH = 64
/** The containers that are open, outermost first; one scan at a time. */
const open = new Uint8Array(MAX_DEPTH)
/** The bits of all bytes in strings, of the scan that is under way. */
let seen = 0
const FAILED = Number.POSITIVE_INFINITY

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39
const isHex = (byte: number | undefined) => isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** The index after the string that opens at `start`; infinite when it is none. */
function afterString(bytes: Buffer, start: number): number {
  const { length } = bytes
  for (let i = start + 1; i < length; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) return i + 1
    seen |= byte
    if (byte < 0x20) return FAILED
    if (byte !== BACKSLASH) continue
    const escaped = bytes[++i]
    if (escaped === 0x75) {
      for (let digits = 0; digits < 4; digits++) if (!isHex(bytes[++i])) return FAILED
    } else if (escaped === undefined || !ESCAPES.includes(escaped)) return FAILED
  }
  return FAILED
}

const ESCAPES = Buffer.from('"\\/bfnrt')
const LITERALS = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')]

/** The index after the number or literal at `start`; infinite when it is neither. */
function afterScalar(bytes: Buffer, start: number, first: number): number {
  const literal = LITERALS.find((candidate) => candidate[0] === first)
  if (literal) return bytes.subarray(start, start + literal.length).equals(literal) ? start + literal.length : FAILED
  let i = start
  if (bytes[i] === 0x2d) i++
  if (!isDigit(bytes[i])) return FAILED
  if (bytes[i] === 0x30) i++
  else i = afterDigits(bytes, i)
  if (bytes[i] === 0x2e) {
    if (!isDigit(bytes[++i])) return FAILED
    i = afterDigits(bytes, i)
  }
  if (((bytes[i] ?? 0) | 0x20) === 0x65) {
    i++
    if (bytes[i] === 0x2b || bytes[i] === 0x2d) i++
    if (!isDigit(bytes[i])) return FAILED
    i = afterDigits(bytes, i)
  }
  return i
}

function afterDigits(bytes: Buffer, start: number): number {
  let i = start
  while (isDigit(bytes[i])) i++
  return i
}
