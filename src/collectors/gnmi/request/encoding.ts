import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import type { Encoding } from '../config.ts'

/** gNMI's encodings by the names that people type; what goes into a request is the proto's name. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  json: 'JSON',
  json_ietf: 'JSON_IETF',
  proto: 'PROTO',
  bytes: 'BYTES',
  ascii: 'ASCII',
}

/** What an answer in one piece is best in, best first: whole subtrees are JSON. */
export const GET_PREFERENCE = ['JSON_IETF', 'JSON', 'PROTO'] as const

/** Of the specification: what a request means that says nothing. */
const DEFAULT: Encoding = 'JSON'

/** `auto`, a name in any case, or a number. @throws SHITOPS_E_USAGE */
export function parseEncoding(text: string): 'auto' | Encoding {
  const name = text.toLowerCase().replace('-', '_')
  if (name === 'auto') return 'auto'
  if (/^\d{1,9}$/.test(name)) return Number(name)
  const known = ENCODINGS[name]
  if (known !== undefined) return known
  const names = ['auto', ...Object.keys(ENCODINGS)]
  throw new ShitopsError('SHITOPS_E_USAGE', `there is no encoding "${text}"; there are ${names.join(', ')}, or a number`, {
    suggestions: [`--encoding ${nearest(name, names) ?? 'auto'}`],
  })
}

/** The first of the preferred encodings that a target supports; any that it supports before none. */
export function chooseEncoding(supported: readonly Encoding[], preference: readonly Encoding[]): Encoding {
  return preference.find((encoding) => supported.includes(encoding)) ?? supported[0] ?? DEFAULT
}

/** How an encoding is told to people. */
export const encodingName = (encoding: Encoding) => (typeof encoding === 'number' ? `number ${encoding}` : encoding.toLowerCase())
