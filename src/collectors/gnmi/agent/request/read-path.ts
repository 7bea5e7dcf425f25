import { PathProblem, parseElem } from '../../path/parse.ts'
import { type PathElem, pathElem } from '../../path/path.ts'
import { Refusal } from '../refusal.ts'
import { ORIGINS, type Origin } from '../tree/leaf.ts'
import { Pattern } from '../tree/pattern.ts'
import type { PathRequest } from './messages.ts'

/** Elements of a path, the prefix's included: no tree here is deeper than a dozen. */
const MOST_ELEMS = 64

/**
 * The pattern of a prefix and a path together.
 * @throws Refusal INVALID_ARGUMENT for an origin that is unknown or stands in both (gNMI 2.7), and for a path that is none
 */
export function readPath(prefix: PathRequest | undefined, path: PathRequest | undefined): Pattern {
  if (prefix?.origin && path?.origin) {
    throw new Refusal(
      'INVALID_ARGUMENT',
      `origin "${prefix.origin}" in the prefix and "${path.origin}" in a path: it belongs into one of them`,
    )
  }
  const origin = prefix?.origin || path?.origin || 'openconfig'
  if (!ORIGINS.some((known) => known === origin)) {
    throw new Refusal('INVALID_ARGUMENT', `origin "${origin}": there are ${ORIGINS.join(' and ')}`)
  }
  const elems = [...elemsOf(prefix), ...elemsOf(path)]
  if (elems.length > MOST_ELEMS) throw new Refusal('INVALID_ARGUMENT', `a path of ${elems.length} elements; ${MOST_ELEMS} are the most`)
  if (elems.filter(({ name }) => name === '...').length > 4) throw new Refusal('INVALID_ARGUMENT', 'more than four "..." in a path')
  return new Pattern(origin as Origin, elems)
}

function elemsOf(path: PathRequest | undefined): PathElem[] {
  if (!path?.elem?.length) return (path?.element ?? []).filter(Boolean).map(oldElem)
  return path.elem.map(({ name = '', key = {} }) => {
    if (name === '') throw new Refusal('INVALID_ARGUMENT', 'a path element without a name; the root is a path without elements')
    return pathElem(name, Object.entries(key))
  })
}

function oldElem(text: string): PathElem {
  const elem = parseElem(text)
  if (elem instanceof PathProblem) throw new Refusal('INVALID_ARGUMENT', `path element "${text}": ${elem.message}`)
  return elem
}
