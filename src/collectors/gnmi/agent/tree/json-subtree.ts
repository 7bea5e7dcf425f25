import type { PathElem } from '../../path/path.ts'
import type { Leaf, Origin } from './leaf.ts'
import { jsonText } from './typed-value.ts'

type JsonEncoding = 'JSON' | 'JSON_IETF'

/** A container, or a list entry with its keys. */
interface Node {
  keys: PathElem['keys']
  /** Leaves as JSON text, containers, and lists: entries by their keys. */
  members: Map<string, string | Node | Map<string, Node>>
}

/**
 * What lies at a node as one JSON value: a leaf by itself, or an object, with lists as arrays of objects that carry their keys. JSON_IETF
 * names the module of the outermost members (RFC 7951, section 4; nothing below is of another module).
 *
 * @param leaves all at or below the node
 * @param depth of the node: elements of its path
 */
export function jsonSubtree(leaves: readonly Leaf[], depth: number, encoding: JsonEncoding): string {
  const [first] = leaves
  if (first && first.path.elems.length === depth) return jsonText(first.value, encoding)
  const root: Node = { keys: first?.path.elems[depth - 1]?.keys ?? [], members: new Map() }
  for (const { path, value } of leaves) insert(root, path.elems.slice(depth), jsonText(value, encoding))
  if (encoding === 'JSON') return objectText(root)
  const own = first && depth > 0 ? moduleOf(first.path.origin, first.path.elems[0]?.name ?? '') : undefined
  return objectText(root, (name) => own ?? moduleOf(first?.path.origin ?? 'openconfig', name))
}

function insert(node: Node, elems: readonly PathElem[], json: string): void {
  const [head, ...rest] = elems
  if (!head) return
  if (rest.length === 0) {
    node.members.set(head.name, json)
    return
  }
  insert(child(node, head), rest, json)
}

function child(node: Node, { name, keys }: PathElem): Node {
  const fresh = (): Node => ({ keys, members: new Map() })
  const there = node.members.get(name)
  if (keys.length === 0) {
    const container = there instanceof Map || there === undefined || typeof there === 'string' ? fresh() : there
    node.members.set(name, container)
    return container
  }
  const entries = there instanceof Map ? there : new Map<string, Node>()
  node.members.set(name, entries)
  const id = JSON.stringify(keys)
  const entry = entries.get(id) ?? fresh()
  entries.set(id, entry)
  return entry
}

function objectText({ keys, members }: Node, moduleOfMember?: (name: string) => string): string {
  const named = (name: string) => JSON.stringify(moduleOfMember ? `${moduleOfMember(name)}:${name}` : name)
  const parts = keys.map(([name, value]) => `${named(name)}:${keyText(name, value)}`)
  for (const [name, member] of members) parts.push(`${named(name)}:${memberText(member)}`)
  return `{${parts.join(',')}}`
}

function memberText(member: string | Node | Map<string, Node>): string {
  if (typeof member === 'string') return member
  return member instanceof Map ? `[${[...member.values()].map((entry) => objectText(entry)).join(',')}]` : objectText(member)
}

/** A processor's index is a word or a uint32; every other key is a string. */
const keyText = (name: string, value: string) => (name === 'index' && /^(0|[1-9]\d{0,8})$/.test(value) ? value : JSON.stringify(value))

/** The YANG module that a top-level container comes from. */
function moduleOf(origin: Origin, container: string): string {
  return origin === 'shitops' ? 'shitops-endpoint' : `openconfig-${container}`
}
