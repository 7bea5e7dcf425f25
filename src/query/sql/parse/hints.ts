import type { Hint, HintArgument } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** The hints that may be here: none, or those of one comment with a plus sign. */
export function hints(reader: Reader): Hint[] {
  if (!reader.acceptSymbol('/*+')) return []
  const found = reader.list(() => hint(reader))
  reader.expectSymbol('*/')
  return found
}

function hint(reader: Reader): Hint {
  const start = reader.start()
  const name = reader.identifier('the name of a hint')
  let given: HintArgument[] = []
  if (reader.acceptSymbol('(')) {
    if (!reader.isSymbol(')')) given = reader.list(() => argument(reader))
    reader.expectSymbol(')')
  }
  return { kind: 'hint', name, arguments: given, at: reader.span(start) }
}

function argument(reader: Reader): HintArgument {
  const start = reader.start()
  const keyed = reader.isSymbol('=', 1) && (reader.peek().kind === 'string' || reader.isName())
  const key = keyed ? reader.next().text : undefined
  if (keyed) reader.expectSymbol('=')
  return { kind: 'hintArgument', ...optional('key', key), value: value(reader), at: reader.span(start) }
}

function value(reader: Reader): HintArgument['value'] {
  const token = reader.peek()
  if (token.kind === 'string') return { kind: 'string', value: reader.next().text, at: token.at }
  if (token.kind !== 'number') return reader.identifier('a string, a number or a name')
  reader.next()
  return { kind: 'number', text: token.text, approximate: /e/i.test(token.text), at: token.at }
}
