import { formatPath } from '../../path/format.ts'
import type { GnmiPath, PathElem } from '../../path/path.ts'
import type { LeafPath, Origin } from './leaf.ts'

/** A subscribed or asked-for path: everything at and below it. `*` is any one element, `...` any number, a missing key or `*` any value. */
export class Pattern {
  readonly origin: Origin
  readonly elems: readonly PathElem[]
  readonly #depths = new WeakMap<LeafPath, number>()

  /** @param elems may carry modules, `openconfig-system:system`: they are passed over, as the trees hold no name twice */
  constructor(origin: Origin, elems: readonly PathElem[]) {
    this.origin = origin
    this.elems = elems.map(({ name, keys }) => ({ name: bare(name), keys: keys.map(([key, value]) => [bare(key), value] as const) }))
  }

  get text(): string {
    return formatPath(this)
  }

  matches(leaf: LeafPath): boolean {
    return this.depth(leaf) !== undefined
  }

  /** How many elements of the leaf's path the pattern takes up, the fewest there may be; undefined when it does not match. */
  depth(leaf: LeafPath): number | undefined {
    let depth = this.#depths.get(leaf)
    if (depth === undefined) {
      depth = leaf.origin === this.origin ? taken(this.elems, leaf.elems) : -1
      this.#depths.set(leaf, depth)
    }
    return depth < 0 ? undefined : depth
  }

  /** Whether there may be something at or below `root` that it matches. */
  mayMatchBelow({ origin, elems }: GnmiPath): boolean {
    if (origin !== this.origin) return false
    for (const [i, elem] of elems.entries()) {
      const own = this.elems[i]
      if (!own || own.name === '...') return true
      if (!elemMatches(own, elem)) return false
    }
    return true
  }
}

function taken(pattern: readonly PathElem[], leaf: readonly PathElem[], from = 0, at = 0): number {
  const own = pattern[from]
  if (!own) return at
  if (own.name === '...') {
    for (let skipped = at; skipped <= leaf.length; skipped++) {
      const depth = taken(pattern, leaf, from + 1, skipped)
      if (depth >= 0) return depth
    }
    return -1
  }
  const elem = leaf[at]
  return elem && elemMatches(own, elem) ? taken(pattern, leaf, from + 1, at + 1) : -1
}

function elemMatches(pattern: PathElem, elem: PathElem): boolean {
  if (pattern.name !== '*' && pattern.name !== elem.name) return false
  return pattern.keys.every(([key, value]) => elem.keys.some(([name, own]) => name === key && (value === '*' || value === own)))
}

/** A name without its YANG module. */
const bare = (name: string) => name.replace(/^(?:openconfig|shitops)[\w-]*:/, '')
