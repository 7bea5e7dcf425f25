import fc from 'fast-check'

/** JSON as it is written, member by member, so that duplicates, escapes and the text of numbers can be told. */
export type Node =
  | { kind: 'scalar'; text: string; value: string | number | boolean | null }
  | { kind: 'object'; members: Array<{ name: string; key: string; node: Node }>; space: string }
  | { kind: 'array'; elements: Node[]; space: string }

const NAMES = ['a', 'b', 'target', 'labels', 'site', 'é', 'a"b', '', 'event_time', 'a.b'] as const

const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r\n')

/** The text of a string with some of its characters escaped. */
const quoted = (text: string, escaped: boolean): string =>
  escaped
    ? `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(text)

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('access-0001', '"', '\\', '12'),
)
const scalar: fc.Arbitrary<Node> = fc.oneof(
  fc.tuple(text, fc.boolean()).map(([value, escaped]): Node => ({ kind: 'scalar', text: quoted(value, escaped), value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Node => {
    const written = JSON.stringify(value)
    return { kind: 'scalar', text: written, value: Number(written) }
  }),
  fc.integer().map((value): Node => ({ kind: 'scalar', text: String(value), value })),
  fc.constantFrom(true, false, null).map((value): Node => ({ kind: 'scalar', text: String(value), value })),
)

const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: text })
const key = fc.tuple(name, fc.integer({ max: 9, min: 0 })).map(([plain, how]) => ({ name: plain, key: quoted(plain, how === 0) }))

const { object } = fc.letrec<{ node: Node; object: Node }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), array(tie('node'))),
  object: fc
    .tuple(fc.array(fc.tuple(key, tie('node')), { maxLength: 6 }), space)
    .map(([members, around]): Node => ({ kind: 'object', members: members.map(([k, node]) => ({ ...k, node })), space: around })),
}))

function array(node: fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  return fc.tuple(fc.array(node, { maxLength: 3 }), space).map(([elements, around]): Node => ({ kind: 'array', elements, space: around }))
}

/** A JSON object in any form. */
export const jsonObject = object

/** Paths that objects above often have, and some that they do not. */
export const paths = fc.uniqueArray(fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 6,
  selector: (path) => JSON.stringify(path),
})

/** As JSON text. */
export function written(node: Node): string {
  if (node.kind === 'scalar') return node.text
  const s = node.space
  if (node.kind === 'array') return `[${s}${node.elements.map(written).join(`${s},${s}`)}${s}]`
  return `{${s}${node.members.map((member) => `${member.key}${s}:${s}${written(member.node)}`).join(`${s},${s}`)}${s}}`
}

/** What stands at a path, the last of duplicates: `absent` where there is nothing, `astray` where something on the way is neither object nor null. */
export function found(node: Node, path: readonly string[]): Node | 'absent' | 'null' | 'astray' {
  let here = node
  for (const step of path) {
    if (here.kind === 'scalar' && here.value === null) return 'null'
    if (here.kind !== 'object') return 'astray'
    const member = here.members.findLast((one) => one.name === step)
    if (!member) return 'absent'
    here = member.node
  }
  return here
}

/** One change to a text: a byte cut out, put in or changed, or the end cut off. */
export const mutation = fc.record({
  how: fc.constantFrom('cut', 'insert', 'change', 'truncate'),
  at: fc.nat(),
  byte: fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[],:0-.eE u')), fc.nat(255)),
})

export function mutate(bytes: Buffer, { how, at, byte }: { how: string; at: number; byte: number }): Buffer {
  const place = at % (bytes.length + 1)
  if (how === 'truncate') return bytes.subarray(0, place)
  const rest = bytes.subarray(how === 'insert' ? place : place + 1)
  return Buffer.concat([bytes.subarray(0, place), how === 'cut' ? Buffer.alloc(0) : Buffer.from([byte]), rest])
}
