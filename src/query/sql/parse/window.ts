import type { FrameBound, WindowFrame, WindowSpecification } from '../ast.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'
import { orderBy } from './sort.ts'

/** `([base] [PARTITION BY …] [ORDER BY …] [ROWS | RANGE …])`. */
export function windowSpecification(reader: Reader): WindowSpecification {
  const start = reader.start()
  return reader.parenthesised(() => {
    const base = reader.isName() ? reader.identifier() : undefined
    let partitionBy: WindowSpecification['partitionBy'] = []
    if (reader.accept('PARTITION')) {
      reader.expect('BY')
      partitionBy = reader.list(() => reader.expression())
    }
    const sorted = orderBy(reader)
    const framed = frame(reader)
    return { kind: 'window', ...optional('base', base), partitionBy, orderBy: sorted, ...optional('frame', framed), at: reader.span(start) }
  })
}

function frame(reader: Reader): WindowFrame | undefined {
  const start = reader.start()
  const units = reader.acceptOneOf(['ROWS', 'RANGE'] as const)
  if (units === undefined) return undefined
  const between = reader.accept('BETWEEN')
  const from = bound(reader)
  if (between) reader.expect('AND')
  const to = between ? bound(reader) : undefined
  const end: FrameBound = to ?? { kind: 'bound', type: 'CURRENT ROW', at: from.at }
  return { kind: 'frame', units, start: from, end, at: reader.span(start) }
}

function bound(reader: Reader): FrameBound {
  const start = reader.start()
  if (reader.accept('CURRENT')) {
    reader.expect('ROW')
    return { kind: 'bound', type: 'CURRENT ROW', at: reader.span(start) }
  }
  const sides = ['PRECEDING', 'FOLLOWING'] as const
  if (reader.isWords('UNBOUNDED')) {
    reader.next()
    return { kind: 'bound', type: `UNBOUNDED ${reader.expectOneOf(sides)}`, at: reader.span(start) }
  }
  const offset = reader.expression()
  return { kind: 'bound', type: reader.expectOneOf(sides), offset, at: reader.span(start) }
}
