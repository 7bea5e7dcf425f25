import type { JsonField } from './field.ts'

/** The wanted names at one level of a record, and below. */
export interface FieldNode {
  /** Of the field that is read here, or -1. */
  field: number
  /** Names wanted within this object; none where it is not opened. */
  members: Members | undefined
  /** Every field here and below. */
  below: number[]
}

export interface Members {
  byName: Map<string, FieldNode>
  /** By the length of the name in bytes: mostly there is one. */
  byLength: Array<Array<{ bytes: Uint8Array; node: FieldNode }> | undefined>
}

/** Fields by their paths. Throws RangeError where two fields have one path, or a path is empty. */
export function fieldTree(fields: readonly JsonField[]): Members {
  const root: FieldNode = { field: -1, members: newMembers(), below: [] }
  for (const [i, { path }] of fields.entries()) {
    if (path.length === 0) throw new RangeError('a field has an empty path')
    let node = root
    for (const name of path) {
      node.members ??= newMembers()
      node = memberOf(node.members, name)
      node.below.push(i)
    }
    if (node.field >= 0) throw new RangeError(`two fields have the path ${path.join('.')}`)
    node.field = i
  }
  return root.members as Members
}

const newMembers = (): Members => ({ byName: new Map(), byLength: [] })

function memberOf({ byName, byLength }: Members, name: string): FieldNode {
  const known = byName.get(name)
  if (known) return known
  const node: FieldNode = { field: -1, members: undefined, below: [] }
  byName.set(name, node)
  const bytes = Buffer.from(name)
  const same = byLength[bytes.length] ?? []
  byLength[bytes.length] = same
  same.push({ bytes, node })
  return node
}

/** The member whose name stands there without escapes. */
export function findMember({ byLength }: Members, u8: Uint8Array, start: number, end: number): FieldNode | undefined {
  const same = byLength[end - start]
  if (same === undefined) return undefined
  for (const { bytes, node } of same) if (isAt(bytes, u8, start)) return node
  return undefined
}

function isAt(bytes: Uint8Array, u8: Uint8Array, start: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== u8[start + i]) return false
  return true
}
