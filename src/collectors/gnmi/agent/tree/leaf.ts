import { formatPath } from '../../path/format.ts'
import { PathProblem, parsePath } from '../../path/parse.ts'
import { type GnmiPath, type PathElem, type PathMessage, pathElem, toPathMessage } from '../../path/path.ts'

/** The trees that the agent serves. */
export const ORIGINS = ['openconfig', 'shitops'] as const
export type Origin = (typeof ORIGINS)[number]

/** What a leaf holds; the JavaScript type says the YANG type: bigint is uint64 (counter64, timeticks64), number an integer of 32 bits at most. */
export type LeafValue = string | boolean | number | bigint

/** Where a leaf hangs, parsed and printed once. */
export interface LeafPath {
  /** With its origin: the leaf's identity. */
  readonly text: string
  readonly origin: Origin
  readonly elems: readonly PathElem[]
  /** For a message; its origin is in the prefix. */
  readonly message: PathMessage
  /** The list entry that it belongs to, an interface or a processor; its absence is told by one delete. */
  readonly entry: LeafPath | undefined
}

/** One reading of one leaf. */
export interface Leaf {
  readonly path: LeafPath
  readonly value: LeafValue
  /** state changes seldom, so TARGET_DEFINED tells its changes; a measure never stands still, so it is sampled. */
  readonly kind: 'state' | 'measure'
}

/** Makes and keeps the paths of one machine. */
export class LeafPaths {
  readonly #known = new Map<string, LeafPath>()

  /** @param template a path whose `%` stand for the keys' values in order, `/interfaces/interface[name=%]/state/name` */
  get(template: string, ...keys: string[]): LeafPath {
    const id = keys.length === 0 ? template : `${template}\0${keys.join('\0')}`
    const known = this.#known.get(id)
    if (known) return known
    // Interfaces of containers come and go under new names for ever.
    if (this.#known.size >= MOST_PATHS) this.#known.clear()
    const path = parsed(template, keys)
    this.#known.set(id, path)
    return path
  }
}

const MOST_PATHS = 20_000

function parsed(template: string, keys: readonly string[]): LeafPath {
  const path = parsePath(template)
  if (path instanceof PathProblem) throw new Error(`${template}: ${path.message}`)
  let next = 0
  const elems = path.elems.map(({ name, keys: own }) =>
    pathElem(
      name,
      own.map(([key, value]) => [key, value === '%' ? (keys[next++] ?? '') : value]),
    ),
  )
  const last = elems.findLastIndex((elem) => elem.keys.length > 0)
  return leafPath({ origin: path.origin || 'openconfig', elems }, last < 0 ? undefined : elems.slice(0, last + 1))
}

function leafPath(path: GnmiPath, entry?: readonly PathElem[]): LeafPath {
  const { origin, elems } = path
  return {
    text: formatPath(path),
    origin: origin as Origin,
    elems,
    message: toPathMessage({ origin: '', elems }),
    entry: entry && leafPath({ origin, elems: entry }),
  }
}
