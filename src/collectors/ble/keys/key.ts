import { ShitopsError } from '../../../base/errors.ts'

/** Both keys of a headset are AES-128 keys. */
const KEY_BYTES = 16
const HEX = /^(?:0x)?[0-9a-f]{32}$/i
const BASE64 = /^[A-Za-z0-9+/_-]{22}(?:==)?$/

/**
 * A key as people pass it on: 32 hex digits, plain or with dashes, colons or spaces between bytes, or base64 of 16 bytes.
 * @param variable the environment variable that it comes from, where it does
 * @throws SHITOPS_E_KEY, which never repeats what it was given
 */
export function parseKey(text: string, variable?: string): Buffer {
  const key = keyOf(text)
  if (key) return key
  const whose = variable === undefined ? 'a key' : `the key in ${variable},`
  throw new ShitopsError('SHITOPS_E_KEY', `${whose} of ${text.trim().length} characters is neither 32 hex digits nor base64 of 16 bytes`, {
    suggestions: ['give it as 32 hex digits, with or without dashes, as base64, or as a librepods:// link'],
  })
}

/** True when a text could be a key; for refusing it where keys must not be. */
export function looksLikeKey(text: string): boolean {
  return keyOf(text) !== null || /irk=|enc_key=/i.test(text)
}

function keyOf(text: string): Buffer | null {
  const trimmed = text.trim()
  const digits = trimmed.replace(/[-:\s]/g, '')
  if (HEX.test(digits)) return Buffer.from(digits.replace(/^0x/i, ''), 'hex')
  if (!BASE64.test(trimmed)) return null
  const key = Buffer.from(trimmed, 'base64')
  return key.length === KEY_BYTES ? key : null
}
