import type { Drop, Position } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

const OBJECTS = ['TABLE', 'VIEW', 'FUNCTION', 'CATALOG', 'DATABASE'] as const

/** Behind the word DROP. */
export function drop(reader: Reader, start: Position): Drop {
  const temporary = reader.accept('TEMPORARY')
  const system = temporary && reader.accept('SYSTEM')
  const object = reader.expectOneOf(system ? (['FUNCTION'] as const) : temporary ? (['TABLE', 'VIEW', 'FUNCTION'] as const) : OBJECTS)
  const ifExists = reader.accept('IF')
  if (ifExists) reader.expect('EXISTS')
  const name = reader.qualifiedName()
  const behaviour = object === 'DATABASE' ? reader.acceptOneOf(['RESTRICT', 'CASCADE'] as const) : undefined
  return { kind: 'drop', object, temporary, system, ifExists, name, ...optional('behaviour', behaviour), at: reader.span(start) }
}
