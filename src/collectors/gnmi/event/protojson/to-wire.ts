import { nearest } from '../../../../base/nearest.ts'
import { JsonNumber, type JsonTree, readJsonTree } from './json-tree.ts'
import { type Field, type MessageType, type Scalar, SUBSCRIBE_RESPONSE } from './messages.ts'
import { ProtoJsonProblem } from './proto-json-problem.ts'
import { boolOf, bytesOf, doubleOf, enumOf, integerOf, stringOf } from './scalars.ts'
import { WireWriter } from './wire-writer.ts'

/**
 * A SubscribeResponse in protobuf's JSON mapping, as the bytes that a target would send: so there is one decoder for both. Field names are
 * camelCase or snake_case; 64-bit integers are text or numbers and lose nothing.
 */
export function protoJsonToWire(json: Buffer): Buffer | ProtoJsonProblem {
  const tree = readJsonTree(json)
  if (tree === undefined) return new ProtoJsonProblem('', 'not JSON')
  try {
    return encode(SUBSCRIBE_RESPONSE, tree, '')
  } catch (problem) {
    if (problem instanceof ProtoJsonProblem) return problem
    throw problem
  }
}

function encode(type: MessageType, tree: JsonTree, where: string): Buffer {
  if (!(tree instanceof Map)) throw new ProtoJsonProblem(where, `${where === '' ? 'not' : 'is not'} an object, which a ${type.name} is`)
  const fields = type.fields()
  const seen = new Map<string, string>()
  const writer = new WireWriter()
  for (const [name, value] of tree) {
    const field = Object.hasOwn(fields, snakeCase(name)) ? fields[snakeCase(name)] : undefined
    const here = where === '' ? name : `${where}.${name}`
    if (!field) throw unknownField(type, name, here)
    if (value === null || field.type === 'passed_over') continue
    once(seen, field.oneof ?? snakeCase(name), name, where)
    if (!field.repeated) writeField(writer, field, value, here)
    else for (const [i, element] of elementsOf(value, here).entries()) writeField(writer, field, element, `${here}[${i}]`)
  }
  return writer.bytes()
}

/** `uintVal` is `uint_val` in the .proto file. */
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function unknownField(type: MessageType, name: string, where: string): ProtoJsonProblem {
  if (name === '@type') return new ProtoJsonProblem(where, 'cannot be read without its schema; give type_url and value (base64) instead')
  const like = nearest(snakeCase(name), Object.keys(type.fields()))
  return new ProtoJsonProblem(where, `is not a field of ${type.name}${like ? `; did you mean ${like}?` : ''}`)
}

/** A field in both spellings, or two fields of a oneof, is not a message that anybody meant. */
function once(seen: Map<string, string>, what: string, name: string, where: string): void {
  const other = seen.get(what)
  if (other !== undefined) throw new ProtoJsonProblem(where, `has both ${other} and ${name}`.trim())
  seen.set(what, name)
}

function elementsOf(tree: JsonTree, where: string): JsonTree[] {
  if (!Array.isArray(tree)) throw new ProtoJsonProblem(where, 'is not an array')
  return tree
}

function writeField(writer: WireWriter, { number, type }: Field, tree: JsonTree, where: string): void {
  if (type === 'string_map') writeMap(writer, number, tree, where)
  else if (typeof type === 'string') SCALARS[type as Scalar](writer, number, tree, where)
  else if ('enum' in type) writer.varint(number, enumOf(tree, where, type.enum))
  else writer.delimited(number, encode(type, tree, where))
}

/** Entries of a map are messages: 1 is the key, 2 the value. */
function writeMap(writer: WireWriter, number: number, tree: JsonTree, where: string): void {
  if (!(tree instanceof Map)) throw new ProtoJsonProblem(where, 'is not an object')
  for (const [key, value] of tree) {
    const entry = new WireWriter()
    entry.string(1, key)
    // Keys of lists are text; that some writers leave the quotes off a number is no reason to lose it.
    entry.string(2, value instanceof JsonNumber ? value.text : stringOf(value, `${where}.${key}`))
    writer.delimited(number, entry.bytes())
  }
}

const SCALARS: Record<Scalar, (writer: WireWriter, number: number, tree: JsonTree, where: string) => void> = {
  string: (writer, number, tree, where) => writer.string(number, stringOf(tree, where)),
  bytes: (writer, number, tree, where) => writer.delimited(number, bytesOf(tree, where)),
  bool: (writer, number, tree, where) => writer.varint(number, boolOf(tree, where) ? 1n : 0n),
  int64: (writer, number, tree, where) => writer.varint(number, integerOf(tree, where, -(2n ** 63n), 2n ** 63n - 1n)),
  uint64: (writer, number, tree, where) => writer.varint(number, integerOf(tree, where, 0n, 2n ** 64n - 1n)),
  uint32: (writer, number, tree, where) => writer.varint(number, integerOf(tree, where, 0n, 2n ** 32n - 1n)),
  float: (writer, number, tree, where) => writer.float(number, doubleOf(tree, where)),
  double: (writer, number, tree, where) => writer.double(number, doubleOf(tree, where)),
}
