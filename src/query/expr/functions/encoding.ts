import { createHash } from 'node:crypto'
import { BYTES, char, STRING, varchar } from '../../types/make-type.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import { parseUrl } from '../text/parse-url.ts'
import type { FunctionEntry } from './entry.ts'
import { BINARY, SMALL, TEXT } from './parameter.ts'
import { simple } from './simple.ts'

/** Hashes, base64, character sets and URLs. */

function hash(name: string, algorithm: string, digits: number): FunctionEntry {
  return simple({
    names: [name],
    parameters: [TEXT],
    result: char(digits),
    run: (text: string) => createHash(algorithm).update(text, 'utf8').digest('hex'),
  })
}

const SHA2_BITS: readonly number[] = [224, 256, 384, 512]

function sha2(text: string, bits: number): string {
  if (!SHA2_BITS.includes(bits)) throw new SqlRuntimeError(`SHA2 knows 224, 256, 384 and 512 bits, not ${bits}`)
  return createHash(`sha${bits}`).update(text, 'utf8').digest('hex')
}

function fromBase64(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new SqlRuntimeError(`FROM_BASE64: '${text.slice(0, 40)}' is not base64`)
  return Buffer.from(text, 'base64').toString('utf8')
}

function unhex(text: string): Buffer | null {
  return /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text.length % 2 ? `0${text}` : text, 'hex') : null
}

const CHARSETS: Readonly<Record<string, BufferEncoding>> = {
  'UTF-8': 'utf8',
  'US-ASCII': 'ascii',
  'ISO-8859-1': 'latin1',
  'UTF-16LE': 'utf16le',
}

function charset(name: string): BufferEncoding {
  const known = CHARSETS[name.toUpperCase()]
  if (!known) throw new SqlRuntimeError(`character set '${name}' is not known here; there are ${Object.keys(CHARSETS).join(', ')}`)
  return known
}

function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function urlDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return null
  }
}

export const ENCODING: readonly FunctionEntry[] = [
  hash('MD5', 'md5', 32),
  hash('SHA1', 'sha1', 40),
  hash('SHA224', 'sha224', 56),
  hash('SHA256', 'sha256', 64),
  hash('SHA384', 'sha384', 96),
  hash('SHA512', 'sha512', 128),
  simple({ names: ['SHA2'], parameters: [TEXT, SMALL], result: varchar(128), run: sha2 }),
  simple({ names: ['TO_BASE64'], parameters: [TEXT], result: STRING, run: (text: string) => Buffer.from(text, 'utf8').toString('base64') }),
  simple({ names: ['FROM_BASE64'], parameters: [TEXT], result: STRING, run: fromBase64 }),
  simple({ names: ['UNHEX'], parameters: [TEXT], result: BYTES, mayBeNull: true, run: unhex }),
  simple({
    names: ['ENCODE'],
    parameters: [TEXT, TEXT],
    result: BYTES,
    run: (text: string, name: string) => Buffer.from(text, charset(name)),
  }),
  simple({
    names: ['DECODE'],
    parameters: [BINARY, TEXT],
    result: STRING,
    run: (bytes: Buffer, name: string) => bytes.toString(charset(name)),
  }),
  simple({ names: ['URL_ENCODE'], parameters: [TEXT], result: STRING, nullableType: true, run: urlEncode }),
  simple({ names: ['URL_DECODE'], parameters: [TEXT], result: STRING, mayBeNull: true, run: urlDecode }),
  simple({ names: ['PARSE_URL'], parameters: [TEXT, TEXT, TEXT], required: 2, result: STRING, mayBeNull: true, run: parseUrl }),
]
