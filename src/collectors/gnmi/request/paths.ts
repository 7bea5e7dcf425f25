import { ShitopsError } from '../../../base/errors.ts'
import { PathProblem, parsePath } from '../path/parse.ts'
import { type GnmiPath, type PathMessage, toPathMessage } from '../path/path.ts'

/** The prefix of a request: the one path that has a target (gNMI 2.2.2.1). */
export interface PrefixMessage extends PathMessage {
  target?: string
}

/** The paths of a request, and what they begin with. */
export interface RequestPaths {
  /** Absent where there is nothing in it. */
  prefix?: PrefixMessage
  /** In the order of their texts. */
  paths: PathMessage[]
}

export interface PathTexts {
  paths: readonly string[]
  prefix?: string | undefined
  /** prefix.target */
  target?: string | undefined
  /** What each text is called in an error: `--path` and `--prefix` by default. */
  names?: { path?: (index: number) => string; prefix?: string }
}

/** What a path without an origin belongs to (gNMI 2.7.1). */
const DEFAULT_ORIGIN = 'openconfig'

/**
 * The prefix and the paths of a request, by gNMI 2.2.2 and 2.7: the target stands in the prefix only; an origin stands in the prefix or in
 * the paths. Without a prefix path each path keeps its own. With one the origin is the prefix's, from where paths that say the same give
 * it up; paths of several origins cannot share a prefix.
 * @throws SHITOPS_E_USAGE, with the place in the text where it went wrong
 */
export function requestPaths({ paths: texts, prefix: prefixText, target, names = {} }: PathTexts): RequestPaths {
  const named = names.path ?? (() => '--path')
  const prefix = readPath(prefixText ?? '', names.prefix ?? '--prefix')
  const paths = texts.map((text, i) => readPath(text, named(i)))
  const targeted = target ? { target } : {}
  if (prefix.elems.length === 0 && prefix.origin === '') {
    return { ...(target && { prefix: { elem: [], ...targeted } }), paths: paths.map(toPathMessage) }
  }
  const origin = commonOrigin(prefix, paths, texts)
  return {
    prefix: { ...toPathMessage({ ...prefix, origin }), ...targeted },
    paths: paths.map((path) => toPathMessage({ ...path, origin: '' })),
  }
}

/** A path from text. @param name of where it stands, for the error @throws SHITOPS_E_USAGE, with a caret under the place */
export function readPath(text: string, name: string): GnmiPath {
  const path = parsePath(text)
  if (!(path instanceof PathProblem)) return path
  const line = text.replace(/\p{Cc}/gu, ' ')
  throw new ShitopsError('SHITOPS_E_USAGE', `${name}: ${path.message}\n  ${line}\n  ${' '.repeat(path.at)}^`, {
    suggestions: ["'/interfaces/interface[name=eth0]/state'", "'openconfig:/system'"],
  })
}

/** The origin that a prefix and the paths under it share; '' where nobody says any. */
function commonOrigin(prefix: GnmiPath, paths: readonly GnmiPath[], texts: readonly string[]): string {
  if (prefix.origin !== '') {
    const other = paths.findIndex(({ origin }) => origin !== '' && origin !== prefix.origin)
    if (other < 0) return prefix.origin
    throw several(`the prefix has the origin "${prefix.origin}", and ${texts[other]} another`)
  }
  const meant = new Set(paths.map(({ origin }) => origin || DEFAULT_ORIGIN))
  if (meant.size <= 1) return paths.find(({ origin }) => origin !== '')?.origin ?? ''
  throw several(`the paths under the prefix have several origins: ${[...meant].join(', ')}`)
}

const several = (what: string) =>
  new ShitopsError('SHITOPS_E_USAGE', `${what}; with a prefix all have one (gNMI 2.7)`, {
    suggestions: ['leave out --prefix, and write whole paths', 'a request for each origin'],
  })
