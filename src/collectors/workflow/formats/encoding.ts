import { StringDecoder } from 'node:string_decoder'
import { ShitopsError } from '../../../base/errors.ts'

/** What is not UTF-8 and does not say what it is, was mostly written by Windows in the west. */
export const FALLBACK = 'windows-1252'

/** A WHATWG label: by the byte order mark, by the XML declaration, by the bytes themselves. */
export function encodingOf(head: Buffer): string {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head.length > 3 && head[1] === 0 && head[3] === 0) return 'utf-16le'
  if (head.length > 3 && head[0] === 0 && head[2] === 0) return 'utf-16be'
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head.toString('latin1', 0, 256))?.[1]?.toLowerCase()
  // What can be read so far in bytes is not UTF-16, whatever it says.
  if (declared && !/^(utf-?8|us-ascii|utf-?16)/.test(declared) && isKnown(declared)) return declared
  return isUtf8(head) ? 'utf-8' : FALLBACK
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

/** A character may be cut off at the end of what was looked at. */
function isUtf8(head: Buffer): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    decoder.decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Bytes to text, chunk by chunk, without the byte order mark; what cannot be read becomes U+FFFD. */
export class Decoder {
  /** Whether anything became U+FFFD. */
  damaged = false
  readonly #write: (chunk: Buffer) => string
  readonly #end: () => string
  #begun = false

  /** @throws SHITOPS_E_USAGE for a label that Node does not know */
  constructor(label: string) {
    if (/^(utf-?8|us-ascii|utf-?16(le)?)$/i.test(label)) {
      // Several times as fast as TextDecoder.
      const decoder = new StringDecoder(/16/.test(label) ? 'utf16le' : 'utf8')
      this.#write = (chunk) => decoder.write(chunk)
      this.#end = () => decoder.end()
      return
    }
    const decoder = textDecoder(label)
    this.#write = (chunk) => decoder.decode(chunk, { stream: true })
    this.#end = () => decoder.decode()
  }

  write(chunk: Buffer): string {
    return this.#checked(this.#write(chunk))
  }

  end(): string {
    return this.#checked(this.#end())
  }

  #checked(text: string): string {
    if (text.includes('\uFFFD')) this.damaged = true
    if (this.#begun || text === '') return text
    this.#begun = true
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}

function textDecoder(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label)
  } catch (cause) {
    throw new ShitopsError('SHITOPS_E_USAGE', `"${label}" is not an encoding that can be read`, {
      cause,
      suggestions: ['--encoding utf-8', '--encoding windows-1252', '--encoding utf-16le'],
    })
  }
}
