/** An element of a gNMI path: its name and its keys. */
export interface PathElem {
  name: string
  key?: Record<string, string>
}

/**
 * A path such as `/interfaces/interface[name=ethernet-1\/1]/state` as elements (gNMI path conventions): only `]` and `\` need a `\`
 * inside a key's value, everything else is literal there; `/` alone is the root, without elements.
 *
 * @returns undefined when a bracket is not closed, or a key has no name or no `=`
 */
export function parsePath(text: string): PathElem[] | undefined {
  const elems: PathElem[] = []
  let at = text.startsWith('/') ? 1 : 0
  while (at < text.length) {
    const elem: PathElem = { name: '' }
    for (; at < text.length && text[at] !== '/' && text[at] !== '['; at++) elem.name += text[at]
    while (text[at] === '[') {
      const key = parseKey(text, at + 1)
      if (!key) return undefined
      elem.key = { ...elem.key, [key.name]: key.value }
      at = key.end
    }
    if (at < text.length && text[at] !== '/') return undefined
    elems.push(elem)
    at++
  }
  return elems
}

/** `name=value]` from `at` on; `end` is behind the bracket. */
function parseKey(text: string, at: number): { name: string; value: string; end: number } | undefined {
  const equals = text.indexOf('=', at)
  if (equals <= at) return undefined
  let value = ''
  for (let i = equals + 1; i < text.length; i++) {
    if (text[i] === ']') return { name: text.slice(at, equals), value, end: i + 1 }
    if (text[i] === '\\') i++
    value += text[i] ?? ''
  }
  return undefined
}

/** The elements as text without their keys, `/interfaces/interface/state`. */
export const schemaPath = (elems: readonly PathElem[]): string => elems.map(({ name }) => `/${name}`).join('') || '/'

/** The elements as text with their keys in order of name: what {@link parsePath} reads back. */
export function formatPath(elems: readonly PathElem[]): string {
  return elems.map(({ name, key }) => `/${name}${keysOf(key)}`).join('') || '/'
}

function keysOf(key: PathElem['key']): string {
  const names = Object.keys(key ?? {}).sort()
  return names.map((name) => `[${name}=${(key?.[name] ?? '').replace(/[\]\\]/g, '\\$&')}]`).join('')
}
