import { ShitopsError } from '../../../base/errors.ts'
import { parseKey } from './key.ts'
import { type HeadsetKeys, readKeyReply } from './key-reply.ts'

const AAP_REPLY = /^04000400[0-9a-f]+$/i
const LABELLED = /^\s*"?(irk|enc(?:_?key)?)"?\s*[:=]\s*"?(.+?)"?\s*,?\s*$/i

/**
 * The keys in a text, in any of the ways they are handed on: a `librepods://add-magic-keys?irk=…&enc_key=…` link; lines `irk: …` and
 * `enc: …` (JSON and YAML too); a headset's raw answer in hex (`04000400310002…`); or bare keys, a line each, the IRK first.
 * @throws SHITOPS_E_KEY when there is no IRK, or a key cannot be read; never with the key in the message
 */
export function parseKeyText(text: string): { irk: Buffer; enc: Buffer | null } {
  const { irk, enc } = readKeys(text.trim())
  if (irk) return { irk, enc }
  throw new ShitopsError('SHITOPS_E_KEY', 'there is no IRK in the input, and without one a headset cannot be told from others', {
    suggestions: ['give a line "irk: …" and, for exact batteries, a line "enc: …"'],
  })
}

function readKeys(text: string): HeadsetKeys {
  if (/^librepods:/i.test(text)) return fromLink(text)
  if (AAP_REPLY.test(text)) return readKeyReply(Buffer.from(text, 'hex')) ?? { irk: null, enc: null }
  const lines = text
    .replace(/^\{|\}$/g, '')
    .split(/[\n,]/)
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const labelled = lines.map((line) => LABELLED.exec(line))
  if (labelled.some((match) => match !== null)) return fromLabels(labelled)
  const [irk, enc] = lines
  return { irk: irk === undefined ? null : parseKey(irk), enc: enc === undefined ? null : parseKey(enc) }
}

/** What the LibrePods app shows as a QR code. */
function fromLink(text: string): HeadsetKeys {
  // The "+" of base64 means itself here, not a space.
  const query = new URLSearchParams(text.slice(text.indexOf('?') + 1).replaceAll('+', '%2B'))
  const irk = query.get('irk')
  const enc = query.get('enc_key')
  const key = (value: string | null) => (value === null ? null : parseKey(value))
  return { irk: key(irk), enc: key(enc) }
}

function fromLabels(matches: Array<RegExpExecArray | null>): HeadsetKeys {
  const keys: HeadsetKeys = { irk: null, enc: null }
  for (const match of matches) {
    const [, label, value] = match ?? []
    if (label === undefined || value === undefined) continue
    keys[label.toLowerCase() === 'irk' ? 'irk' : 'enc'] = parseKey(value)
  }
  return keys
}
