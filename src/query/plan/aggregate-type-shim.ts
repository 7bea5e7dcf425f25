import type { Place } from '../expr/expr.ts'
import type { SqlType } from '../types/sql-type.ts'
const N = new Set(['COUNT','SUM','AVG','MIN','MAX','STDDEV','STDDEV_POP','STDDEV_SAMP','VAR_POP','VAR_SAMP','VARIANCE','FIRST_VALUE','LAST_VALUE','LISTAGG','COLLECT','ARRAY_AGG','PERCENTILE','SUM0'])
const ALIAS: Record<string,string> = { STDDEV: 'STDDEV_SAMP', VARIANCE: 'VAR_SAMP' }
export const isAggregate = (n: string) => N.has(n)
export function aggregateType(name: string, args: readonly SqlType[], o: { at: Place; global: boolean }): { fn: string; type: SqlType } {
  const fn = ALIAS[name] ?? name
  const a = args[0]
  const nullable = o.global || (a?.nullable ?? true)
  switch (fn) {
    case 'COUNT': return { fn, type: { kind: 'BIGINT', nullable: false } }
    case 'SUM': return { fn, type: a?.kind === 'DECIMAL' ? { ...a, precision: 38, nullable } : { ...(a as SqlType), nullable } }
    case 'AVG': return { fn, type: a?.kind === 'DECIMAL' ? { ...a, precision: 38, scale: Math.max(6, a.scale ?? 0), nullable } : { ...(a as SqlType), nullable } }
    case 'LISTAGG': return { fn, type: { kind: 'VARCHAR', precision: 2147483647, nullable } }
    case 'COLLECT': return { fn, type: { kind: 'MULTISET', element: a as SqlType, nullable } }
    case 'ARRAY_AGG': return { fn, type: { kind: 'ARRAY', element: a as SqlType, nullable } }
    case 'PERCENTILE': return { fn, type: { kind: 'DOUBLE', nullable } }
    default: return { fn, type: { ...(a as SqlType), nullable } }
  }
}
