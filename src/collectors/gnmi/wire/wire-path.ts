import { isUtf8 } from 'node:buffer'
import { formatElems } from '../path/format.ts'
import { PathProblem, parseElem } from '../path/parse.ts'
import { type GnmiPath, type PathElem, pathElem } from '../path/path.ts'
import { LEN, WireReader } from './wire-reader.ts'

/**
 * A path as received. Interned, so that what was made of it once (its text, its fragments of output) serves every message that
 * carries it.
 */
export class WirePath implements GnmiPath {
  readonly origin: string
  /** Of a prefix: the device as the sender calls it. */
  readonly target: string
  readonly elems: readonly PathElem[]
  /** Some of its text was not UTF-8 and has U+FFFD in it. */
  readonly flawed: boolean
  /** Pieces of output that were made of this path, wherever their maker keeps them. */
  readonly pieces: Array<Buffer | undefined> = []
  /** In a message whose updates are looked through: the last one that has this path. */
  latest = 0
  #text: string | undefined
  #tags: ReadonlyMap<string, string> | undefined

  constructor(origin: string, target: string, elems: readonly PathElem[], flawed = false) {
    this.origin = origin
    this.target = target
    this.elems = elems
    this.flawed = flawed
  }

  /** The elements with their keys, `/interfaces/interface[name=eth0]`; '' where there are none. */
  get text(): string {
    this.#text ??= formatElems(this.elems)
    return this.#text
  }

  /**
   * The keys as `<element>_<key>`, the element without its module; of an element without a name, the bare key. Of keys that come to the
   * same name the last one counts.
   */
  get tags(): ReadonlyMap<string, string> {
    this.#tags ??= new Map(this.elems.flatMap(({ name, keys }) => keys.map(([key, value]) => [tagName(name, key), value])))
    return this.#tags
  }
}

/** The empty path: the root, or what an absent one means. */
export const NO_PATH = new WirePath('', '', [])

export function tagName(elem: string, key: string): string {
  return elem === '' ? key : `${elem.slice(elem.lastIndexOf(':') + 1)}_${key}`
}

/** A Path message. Throws Malformed. The deprecated elements count only where there are no others. */
export function readPath(bytes: Buffer, start: number, end: number): WirePath {
  return new PathReader(bytes, start).path(end)
}

const PATH = { element: (1 << 3) | LEN, origin: (2 << 3) | LEN, elem: (3 << 3) | LEN, target: (4 << 3) | LEN } as const
/** The same in PathElem and in the entries of its map. */
const NAME = (1 << 3) | LEN
const KEY = (2 << 3) | LEN
/** Nesting of a Path: SubscribeResponse, Notification, and in an Update one more, which makes no difference before 100. */
const PATH_DEPTH = 3

class PathReader {
  readonly #reader: WireReader
  #flawed = false

  constructor(bytes: Buffer, start: number) {
    this.#reader = new WireReader(bytes, start)
  }

  path(end: number): WirePath {
    const reader = this.#reader
    const elems: PathElem[] = []
    const deprecated: string[] = []
    let origin = ''
    let target = ''
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === PATH.elem) elems.push(this.#elem(reader.delimited(end)))
      else if (tag === PATH.origin) origin = this.#text(end)
      else if (tag === PATH.target) target = this.#text(end)
      else if (tag === PATH.element) deprecated.push(this.#text(end))
      else reader.skip(tag, end, PATH_DEPTH)
    }
    return new WirePath(origin, target, elems.length > 0 ? elems : deprecated.map(elemOf), this.#flawed)
  }

  #elem(end: number): PathElem {
    const reader = this.#reader
    const keys = new Map<string, string>()
    let name = ''
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === NAME) name = this.#text(end)
      else if (tag === KEY) this.#key(keys, reader.delimited(end))
      else reader.skip(tag, end, PATH_DEPTH + 1)
    }
    return pathElem(name, [...keys])
  }

  /** An entry of the map of keys; where a key comes twice, the last one counts. */
  #key(keys: Map<string, string>, end: number): void {
    const reader = this.#reader
    let name = ''
    let value = ''
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === NAME) name = this.#text(end)
      else if (tag === KEY) value = this.#text(end)
      else reader.skip(tag, end, PATH_DEPTH + 2)
    }
    keys.set(name, value)
  }

  #text(end: number): string {
    const reader = this.#reader
    const textEnd = reader.delimited(end)
    const start = reader.pos
    reader.pos = textEnd
    if (!this.#flawed && !isUtf8(reader.bytes.subarray(start, textEnd))) this.#flawed = true
    return reader.bytes.toString('utf8', start, textEnd)
  }
}

function elemOf(text: string): PathElem {
  const elem = parseElem(text)
  return elem instanceof PathProblem ? pathElem(text) : elem
}
