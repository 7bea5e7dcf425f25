import { PathProblem, parsePath } from '../path/parse.ts'

/** What a key of a list entry must be. */
export interface KeyPattern {
  readonly name: string
  /** The value, or a pattern with `*` in it; undefined where any value does, as long as there is one. */
  readonly value: string | RegExp | undefined
}

export interface ElemPattern {
  /** Without its module; '' stands for any one name. */
  readonly name: string
  readonly keys: readonly KeyPattern[]
}

/**
 * Which leaves a rule is about: a gNMI path in which `*` as a name is any one element, `[key=*]` wants the key with any value, `*` within a
 * value stands for any characters, and keys that are not named may be what they will.
 */
export interface PathPattern {
  readonly text: string
  /** '' matches every origin. */
  readonly origin: string
  readonly elems: readonly ElemPattern[]
}

/** A pattern from text; a string that says what is wrong with it. */
export function parsePattern(text: string): PathPattern | string {
  const path = parsePath(text)
  if (path instanceof PathProblem) return `${path.message} (character ${path.at + 1})`
  if (path.elems.length === 0) return 'the root; a leaf is wanted'
  if (path.elems.some(({ name }) => name === '...')) return '"..." is not supported; write "*" for each element'
  return {
    text,
    origin: path.origin,
    elems: path.elems.map(({ name, keys }) => ({
      name: name === '*' ? '' : localName(name),
      keys: keys.map(([key, value]) => ({ name: localName(key), value: value === '*' ? undefined : valuePattern(value) })),
    })),
  }
}

/** A name without the module that RFC 7951 and many devices put before it: `openconfig-interfaces:state` is `state`. */
export const localName = (name: string) => name.slice(name.lastIndexOf(':') + 1)

function valuePattern(value: string): string | RegExp {
  if (!value.includes('*')) return value
  const parts = value.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

/** Whether the key has a value that does; a value that is not there never does. */
export function keyMatches({ value }: KeyPattern, actual: string | undefined): boolean {
  if (actual === undefined) return false
  if (value === undefined) return true
  return typeof value === 'string' ? value === actual : value.test(actual)
}
