/** One key of a list entry, `[name=eth0]`. */
export type PathKey = readonly [name: string, value: string]

/** One element of a path. `*` stands for any one name, `...` for any number of elements; a key that is missing matches every value. */
export interface PathElem {
  readonly name: string
  /** Sorted by name; each name once. */
  readonly keys: readonly PathKey[]
}

/** A path through a device's tree; no elements is the root. */
export interface GnmiPath {
  /** Which tree: `openconfig`, `eos_native`; '' where it is not stated. */
  readonly origin: string
  readonly elems: readonly PathElem[]
}

/** A path as gNMI's messages have it, for requests: the shape that proto-loader takes with `keepCase`. */
export interface PathMessage {
  origin?: string
  elem: Array<{ name: string; key?: Record<string, string> }>
}

const NO_KEYS: readonly PathKey[] = []

/** An element with its keys in order. */
export function pathElem(name: string, keys: readonly PathKey[] = NO_KEYS): PathElem {
  return { name, keys: keys.length > 1 ? [...keys].sort(([a], [b]) => (a < b ? -1 : 1)) : keys }
}

/** For a request. The target does not belong here: it goes into the prefix (gNMI 2.2.2.1). */
export function toPathMessage({ origin, elems }: GnmiPath): PathMessage {
  return {
    ...(origin && { origin }),
    elem: elems.map(({ name, keys }) => (keys.length > 0 ? { name, key: Object.fromEntries(keys) } : { name })),
  }
}
