import { tagName, type WirePath } from '../wire/wire-path.ts'

/** A prefix and a path below it, as gnmic's event format has them. */
export interface JoinedPath {
  /** Without keys, `openconfig:/interfaces/interface/state`; the root is `/`. */
  name: string
  /** Every key by its tag, and `target` where the prefix has one. */
  tags: ReadonlyMap<string, string>
  /** `","tags":{` and the members of `tags`, as they stand behind a timestamp. */
  beforeMeta: Buffer
  /** `},"values":{"name":` */
  beforeValue: Buffer
}

/**
 * Prefix and path joined, once for each pair: nearly all of what an event says is the same every time. Bounded: when it is full it starts
 * anew, which costs as much as the first message of each path did.
 */
export class JoinedPaths {
  readonly #capacity: number
  readonly #below = new Map<WirePath, Map<WirePath, JoinedPath>>()
  #size = 0
  /** The prefix asked for last, and what is below it. */
  #prefix: WirePath | undefined
  #belowPrefix: Map<WirePath, JoinedPath> | undefined

  constructor(capacity = 1 << 16) {
    this.#capacity = capacity
  }

  get(prefix: WirePath, path: WirePath): JoinedPath {
    if (prefix !== this.#prefix) {
      this.#prefix = prefix
      this.#belowPrefix = this.#below.get(prefix)
    }
    return this.#belowPrefix?.get(path) ?? this.#add(prefix, path)
  }

  #add(prefix: WirePath, path: WirePath): JoinedPath {
    if (this.#size === this.#capacity) {
      this.#below.clear()
      this.#size = 0
    }
    const joined = join(prefix, path)
    const below = this.#below.get(prefix) ?? new Map<WirePath, JoinedPath>()
    this.#below.set(prefix, below.set(path, joined))
    this.#belowPrefix = below
    this.#size++
    return joined
  }
}

let ofTheProcess: JoinedPaths | undefined

/** The pairs that all event lines share unless they are given others. */
export function sharedJoinedPaths(): JoinedPaths {
  ofTheProcess ??= new JoinedPaths()
  return ofTheProcess
}

function join(prefix: WirePath, path: WirePath): JoinedPath {
  const origin = prefix.origin || path.origin
  const names = [...prefix.elems, ...path.elems].map((elem) => elem.name).filter((name) => name !== '')
  const name = `${origin && `${origin}:`}/${names.join('/')}`
  const tags = tagsOf(prefix, path, name)
  return {
    name,
    tags,
    beforeMeta: Buffer.from(`","tags":${JSON.stringify(Object.fromEntries(tags)).slice(0, -1)}`),
    beforeValue: Buffer.from(`},"values":{${JSON.stringify(name)}:`),
  }
}

/** A second key of the same tag with another value keeps its own, under the path's name (gnmic's rule). */
function tagsOf(prefix: WirePath, path: WirePath, name: string): Map<string, string> {
  const tags = new Map<string, string>()
  const add = (tag: string, value: string) => {
    const known = tags.get(tag)
    if (known === undefined) tags.set(tag, value)
    else if (known !== value) tags.set(freeName(tags, `${name}_${tag}`), value)
  }
  for (const { name: elem, keys } of [...prefix.elems, ...path.elems]) for (const [key, value] of keys) add(tagName(elem, key), value)
  const target = prefix.target || path.target
  if (target) add('target', target)
  return tags
}

/** The name, or where a third key has come to it as well, the name and a number. */
function freeName(tags: ReadonlyMap<string, string>, name: string): string {
  let free = name
  for (let n = 2; tags.has(free); n++) free = `${name}_${n}`
  return free
}
