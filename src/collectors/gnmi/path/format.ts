import type { GnmiPath, PathElem } from './path.ts'

/**
 * The path as text, `openconfig:/interfaces/interface[name=eth0]/state`: absolute, keys sorted, the root is `/` (gNMI path conventions).
 * parsePath reads every text made here back as the same path, whatever a device has put into it.
 */
export function formatPath({ origin, elems }: GnmiPath): string {
  const path = formatElems(elems) || '/'
  return origin ? `${quoted(origin, ORIGIN)}:${path}` : path
}

/** The elements alone, each with its `/`; the root is ''. */
export function formatElems(elems: readonly PathElem[]): string {
  let text = ''
  for (const { name, keys } of elems) {
    // A name that is empty says so, unless a key follows: nothing else would be left to see.
    text += name === '' && keys.length === 0 ? `/${EMPTY}` : `/${quoted(name, NAME)}`
    for (const [key, value] of keys) text += `[${key === '' ? EMPTY : quoted(key, KEY)}=${quoted(value, VALUE)}]`
  }
  return text
}

/** Stands for an empty name, which devices should not send and some do: ours, no part of the conventions. */
const EMPTY = '\\e'

/*
 * What would end each part, the backslash itself, and what does not belong into a line of text: control characters, and halves of
 * surrogate pairs, which UTF-8 cannot carry. The conventions want `]` and `\` escaped in values, and so nothing more is there.
 */
const UNPRINTABLE = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029'
const LONE_SURROGATE = '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]'
const special = (ends: string) => new RegExp(`[\\\\${ends}${UNPRINTABLE}]|${LONE_SURROGATE}`, 'g')
const ORIGIN = special(':/[')
const NAME = special('/[')
const KEY = special('=\\]')
const VALUE = special('\\]')

const quoted = (text: string, characters: RegExp) => text.replace(characters, escaped)

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  const code = character.charCodeAt(0)
  return code > 0x20 && code < 0x7f ? `\\${character}` : `\\u${code.toString(16).padStart(4, '0')}`
}
