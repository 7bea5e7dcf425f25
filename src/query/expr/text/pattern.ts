import { SqlRuntimeError } from '../sql-runtime-error.ts'

/** LIKE and SIMILAR TO as regular expressions. */

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g
const quote = (text: string): string => text.replace(SPECIAL, '\\$&')

/** A test for LIKE; constant patterns are compiled once. Flink has no escape character unless ESCAPE names one. */
export function likeTest(pattern: string, escapeCharacter?: string): (text: string) => boolean {
  checkEscape(escapeCharacter)
  const plain = escapeCharacter === undefined || !pattern.includes(escapeCharacter) ? simpleLike(pattern) : undefined
  if (plain) return plain
  const regex = new RegExp(`^${likeSource(pattern, escapeCharacter)}$`, 'su')
  return (text) => regex.test(text)
}

function checkEscape(escapeCharacter: string | undefined): void {
  if (escapeCharacter !== undefined && Array.from(escapeCharacter).length !== 1)
    throw new SqlRuntimeError(`ESCAPE must be one character, not '${escapeCharacter}'`)
}

/** `abc`, `abc%`, `%abc`, `%abc%`: no regular expression needed. */
function simpleLike(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.includes('_')) return undefined
  const match = /^(%?)([^%]*)(%?)$/.exec(pattern)
  if (!match) return undefined
  const [, before, body = '', after] = match
  if (before && after) return (text) => text.includes(body)
  if (after) return (text) => text.startsWith(body)
  if (before) return (text) => text.endsWith(body)
  return (text) => text === body
}

function likeSource(pattern: string, escapeCharacter: string | undefined): string {
  let source = ''
  const characters = Array.from(pattern)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string
    if (character === escapeCharacter) {
      const next = characters[i + 1]
      if (next !== '%' && next !== '_' && next !== escapeCharacter)
        throw new SqlRuntimeError(`invalid escape sequence in LIKE pattern '${pattern}'`)
      source += quote(next)
      i += 1
    } else source += character === '%' ? '.*' : character === '_' ? '.' : quote(character)
  }
  return source
}

/** SQL's regular expressions: `%`, `_`, and `| * + ? {m,n} ( ) [ ]` as everywhere. */
export function similarTest(pattern: string, escapeCharacter?: string): (text: string) => boolean {
  checkEscape(escapeCharacter)
  let source = ''
  let inClass = false
  const characters = Array.from(pattern)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string
    if (character === escapeCharacter && i + 1 < characters.length) {
      source += quote(characters[i + 1] as string)
      i += 1
    } else if (inClass) {
      if (character === ']') inClass = false
      source += character === '\\' ? '\\\\' : character
    } else if (character === '[') {
      inClass = true
      source += character
    } else if (character === '%') source += '.*'
    else if (character === '_') source += '.'
    else source += /[.^$\\/]/.test(character) ? `\\${character}` : character
  }
  try {
    const regex = new RegExp(`^(?:${source})$`, 's')
    return (text) => regex.test(text)
  } catch {
    throw new SqlRuntimeError(`invalid pattern of SIMILAR TO: '${pattern}'`)
  }
}

const CACHE_LIMIT = 200

/** Keeps what was made of the last patterns: those that come from a column repeat. */
export function cached<T>(make: (pattern: string, extra?: string) => T): (pattern: string, extra?: string) => T {
  const cache = new Map<string, T>()
  return (pattern, extra) => {
    const key = extra === undefined ? pattern : `${extra}\u0000${pattern}`
    let made = cache.get(key)
    if (made === undefined) {
      if (cache.size >= CACHE_LIMIT) cache.clear()
      made = make(pattern, extra)
      cache.set(key, made)
    }
    return made
  }
}
