import { ShitopsError } from '../../../base/errors.ts'
import { readPath } from './paths.ts'
import { valueType } from './typed-value.ts'
import type { ValueType } from './value-types.ts'

/** `PATH:TYPE=VALUE`, apart. */
export interface Assignment {
  path: string
  type: ValueType
  value: string
}

/**
 * `PATH:TYPE=VALUE`, or `PATH:=VALUE` with the type that goes without saying. The first `:TYPE=` outside brackets counts, so that neither `=`
 * nor `:` in a key, nor a module's name before an element, is taken for it.
 * @param flag that it was given with, for the error
 * @throws SHITOPS_E_USAGE
 */
export function parseAssignment(text: string, defaultType: ValueType, flag: string): Assignment {
  const separator = findSeparator(text)
  if (separator) {
    const { at, type, end } = separator
    const path = text.slice(0, at)
    return { path, type: type === '' ? defaultType : valueType(type, `${flag} ${path}`), value: text.slice(end) }
  }
  readPath(text, flag)
  throw new ShitopsError('SHITOPS_E_USAGE', `${flag}: a path without a value; they are given as PATH:=JSON or PATH:TYPE=VALUE`, {
    suggestions: [`${flag} '/interfaces/interface[name=eth0]/config/mtu:=9000'`, `${flag} '/system/config/hostname:="leaf1"'`],
  })
}

const SEPARATOR = /:([A-Za-z0-9_]*)=/y

function findSeparator(text: string): { at: number; type: string; end: number } | undefined {
  let inKey = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (inKey) inKey = character !== ']'
    else if (character === '[') inKey = true
    else if (character === ':') {
      SEPARATOR.lastIndex = at
      const match = SEPARATOR.exec(text)
      if (match) return { at, type: match[1] ?? '', end: SEPARATOR.lastIndex }
    }
  }
  return undefined
}
