import { JsonNumber, type JsonTree } from './json-tree.ts'
import { ProtoJsonProblem } from './proto-json-problem.ts'

/** How the protobuf JSON mapping reads each scalar. Every function throws ProtoJsonProblem where it finds something else. */

const shown = (tree: JsonTree) => (tree instanceof JsonNumber ? tree.text : typeof tree === 'object' ? kindOf(tree) : JSON.stringify(tree))
const kindOf = (tree: JsonTree) => (Array.isArray(tree) ? 'an array' : tree === null ? 'null' : 'an object')

const wrong = (tree: JsonTree, where: string, wanted: string) => new ProtoJsonProblem(where, `is ${shown(tree)}, not ${wanted}`)

export function stringOf(tree: JsonTree, where: string): string {
  if (typeof tree !== 'string') throw wrong(tree, where, 'text')
  return tree
}

export function boolOf(tree: JsonTree, where: string): boolean {
  if (typeof tree !== 'boolean') throw wrong(tree, where, 'true or false')
  return tree
}

/** An integer within the range, as a number or as text; `1.0` and `1e3` are integers too. */
export function integerOf(tree: JsonTree, where: string, min: bigint, max: bigint): bigint {
  const text = tree instanceof JsonNumber ? tree.text : tree
  const value = typeof text === 'string' ? wholeNumber(text) : undefined
  if (value === undefined || value < min || value > max) throw wrong(tree, where, `an integer from ${min} to ${max}`)
  return value
}

function wholeNumber(text: string): bigint | undefined {
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text)
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? BigInt(number) : undefined
}

export function doubleOf(tree: JsonTree, where: string): number {
  if (tree instanceof JsonNumber) return Number(tree.text)
  if (tree === 'NaN' || tree === 'Infinity' || tree === '-Infinity') return Number(tree)
  if (typeof tree === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(tree)) return Number(tree)
  throw wrong(tree, where, 'a number')
}

/** Base64, standard or URL-safe, padded or not. */
export function bytesOf(tree: JsonTree, where: string): Buffer {
  if (typeof tree !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(tree)) throw wrong(tree, where, 'base64')
  return Buffer.from(tree, 'base64')
}

/** An enum's value by its name or its number. */
export function enumOf(tree: JsonTree, where: string, names: readonly string[]): bigint {
  if (tree instanceof JsonNumber) return integerOf(tree, where, -(2n ** 31n), 2n ** 31n - 1n)
  const value = typeof tree === 'string' ? names.indexOf(tree) : -1
  if (value < 0) throw wrong(tree, where, `one of ${names.join(', ')}`)
  return BigInt(value)
}
