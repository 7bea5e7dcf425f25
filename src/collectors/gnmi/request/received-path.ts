import { PathProblem, parseElem } from '../path/parse.ts'
import { type GnmiPath, pathElem } from '../path/path.ts'

/** A Path as proto-loader reads it. */
export interface ReceivedPath {
  origin?: string
  elem?: ReadonlyArray<{ name?: string; key?: Readonly<Record<string, string>> }>
  /** Deprecated, and still sent by old devices. */
  element?: readonly string[]
}

/** The path of a message; the root where there is none. */
export function pathOf(message: ReceivedPath | undefined): GnmiPath {
  const { origin = '', elem = [], element = [] } = message ?? {}
  if (elem.length > 0) return { origin, elems: elem.map(({ name = '', key = {} }) => pathElem(name, Object.entries(key))) }
  const elems = element.map((text) => {
    const read = parseElem(text)
    return read instanceof PathProblem ? pathElem(text) : read
  })
  return { origin, elems }
}
