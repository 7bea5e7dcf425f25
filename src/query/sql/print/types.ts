import type { DataType, IntervalQualifier, RowField } from '../ast.ts'
import { identifier, qualified, text } from './names.ts'

export function dataType(node: DataType): string {
  return node.notNull ? `${bare(node)} NOT NULL` : bare(node)
}

function bare(node: DataType): string {
  switch (node.kind) {
    case 'simpleType': {
      const numbers = [node.precision, node.scale].filter((number) => number !== undefined)
      return numbers.length === 0 ? node.name : `${node.name}(${numbers.join(', ')})`
    }
    case 'intervalType':
      return `INTERVAL ${intervalQualifier(node.qualifier)}`
    case 'arrayType':
      return `ARRAY<${dataType(node.element)}>`
    case 'multisetType':
      return `MULTISET<${dataType(node.element)}>`
    case 'mapType':
      return `MAP<${dataType(node.key)}, ${dataType(node.value)}>`
    case 'rowType':
      return `ROW<${fields(node.fields)}>`
    case 'structuredType':
      return `STRUCTURED<${[text(node.className), ...node.fields.map(field)].join(', ')}>`
    case 'rawType':
      return `RAW(${text(node.className)}, ${text(node.snapshot)})`
    case 'namedType':
      return qualified(node.name)
  }
}

function fields(nodes: readonly RowField[]): string {
  return nodes.map(field).join(', ')
}

function field(node: RowField): string {
  const comment = node.comment === undefined ? '' : ` ${text(node.comment)}`
  return `${identifier(node.name)} ${dataType(node.type)}${comment}`
}

/** `DAY(3) TO SECOND(6)`. */
export function intervalQualifier({ from, precision, to, fraction }: IntervalQualifier): string {
  const own = to === undefined ? [precision, fraction] : [precision]
  const numbers = own.filter((number) => number !== undefined)
  const start = numbers.length === 0 ? from : `${from}(${numbers.join(', ')})`
  if (to === undefined) return start
  return fraction === undefined ? `${start} TO ${to}` : `${start} TO ${to}(${fraction})`
}
