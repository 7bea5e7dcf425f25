import type { SqlType } from '../../types/sql-type.ts'
import type { Generated } from '../expr.ts'
import { emptyValue, type Generator } from './entry.ts'

export interface StrictOptions {
  /** The code may give null for operands that are not NULL. */
  readonly mayBeNull?: boolean
  /** The code neither throws nor loops for the placeholder values of a NULL operand: no branch around it. */
  readonly total?: boolean
}

/** Code of a function that is NULL when one of its operands is. @param build JavaScript of the result from the operands' values */
export function strict(
  gen: Generator,
  type: SqlType,
  operands: readonly Generated[],
  build: (values: readonly string[]) => string,
  options: StrictOptions = {},
): Generated {
  const { code } = gen
  const isNull = anyNull(operands)
  if (isNull === 'true') return { value: emptyValue(type), isNull }
  const js = build(operands.map((operand) => operand.value))
  const value = code.fresh('v')
  if (options.mayBeNull) {
    code.line(isNull === 'false' ? `const ${value} = ${js}` : `const ${value} = ${isNull} ? null : ${js}`)
    const missing = code.fresh('n')
    code.line(`const ${missing} = ${value} === null`)
    return { value, isNull: missing }
  }
  if (isNull === 'false' || options.total) code.line(`const ${value} = ${js}`)
  else code.line(`const ${value} = ${isNull} ? ${emptyValue(type)} : ${js}`)
  return { value, isNull: named(gen, isNull) }
}

/** `a || b` over those operands that can be NULL. */
export function anyNull(operands: readonly Generated[]): string {
  const parts = [...new Set(operands.map((operand) => operand.isNull).filter((isNull) => isNull !== 'false'))]
  if (parts.includes('true')) return 'true'
  if (parts.length === 0) return 'false'
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || ')})`
}

/** Gives a compound condition a local, so that it is cheap to repeat. */
export function named(gen: Generator, isNull: string): string {
  if (!isNull.includes(' ')) return isNull
  const name = gen.code.fresh('n')
  gen.code.line(`const ${name} = ${isNull}`)
  return name
}
