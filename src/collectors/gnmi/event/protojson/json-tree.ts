import { isUtf8 } from 'node:buffer'
import { JsonTokens, TOKEN, type Token } from '../json-tokens.ts'

/** A number as it was written: nothing is rounded before it is known what it is. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type JsonTree = string | boolean | null | JsonNumber | JsonTree[] | Map<string, JsonTree>

/** JSON text as a tree; undefined when it is not JSON. Of members with the same name the last one counts. */
export function readJsonTree(bytes: Buffer): JsonTree | undefined {
  if (!isUtf8(bytes)) return undefined
  const tokens = new JsonTokens(bytes)
  const tree = treeOf(tokens, tokens.next())
  return tokens.next() === TOKEN.END ? tree : undefined
}

function treeOf(tokens: JsonTokens, token: Token): JsonTree | undefined {
  switch (token) {
    case TOKEN.OBJECT:
      return objectOf(tokens)
    case TOKEN.ARRAY:
      return arrayOf(tokens)
    case TOKEN.STRING:
      return tokens.text()
    case TOKEN.NUMBER:
      return new JsonNumber(tokens.bytes.toString('latin1', tokens.start, tokens.end))
    case TOKEN.TRUE:
      return true
    case TOKEN.FALSE:
      return false
    case TOKEN.NULL:
      return null
    default:
      return undefined
  }
}

function objectOf(tokens: JsonTokens): Map<string, JsonTree> | undefined {
  const members = new Map<string, JsonTree>()
  for (let token = tokens.next(); token !== TOKEN.OBJECT_END; token = tokens.next()) {
    if (token !== TOKEN.KEY) return undefined
    const name = tokens.text()
    const value = treeOf(tokens, tokens.next())
    if (value === undefined) return undefined
    members.set(name, value)
  }
  return members
}

function arrayOf(tokens: JsonTokens): JsonTree[] | undefined {
  const elements: JsonTree[] = []
  for (let token = tokens.next(); token !== TOKEN.ARRAY_END; token = tokens.next()) {
    const value = treeOf(tokens, token)
    if (value === undefined) return undefined
    elements.push(value)
  }
  return elements
}
