import { ShitopsError } from '../../base/errors.ts'
import { Limit } from '../../query/operators/limit.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import type { Pipeline } from '../../query/run/build.ts'
import { DataGenerator } from '../../query/run/datagen.ts'
import { filesAt } from '../../query/run/run-files.ts'
import type { ScanInput } from '../../query/run/scan-input.ts'
import type { PlannedQuery } from '../../query/script/script-session.ts'
import { tablesOf } from './durable-query.ts'

/** Whether a query comes to an end by itself. @param untilEnd topics are read to the ends that they have now */
export function ends(plan: Plan, untilEnd: boolean): boolean {
  if (plan.step === 'scan') {
    if (sourceOf(plan.table.options, connectorOf(plan.table)) === 'topic') return untilEnd || plan.table.options.has('scan.bounded.mode')
    return connectorOf(plan.table) !== 'datagen' || Number.isFinite(new DataGenerator(plan.table, Math.random, Date.now).rows)
  }
  const inputs = 'inputs' in plan ? plan.inputs : 'left' in plan ? [plan.left, plan.right] : 'input' in plan ? [plan.input] : []
  return inputs.every((input) => ends(input, untilEnd))
}

/** From topic to topic: what it reads, remembers and writes is committed together. */
export function isDurable({ plan, sink }: PlannedQuery): boolean {
  if (!sink || !['kafka', 'upsert-kafka'].includes(connectorOf(sink))) return false
  return tablesOf(plan).some(({ options, ...table }) => sourceOf(options, connectorOf({ options, ...table })) === 'topic')
}

/** The files that a table stands for, or what makes its rows up. */
export async function filesOf(scan: ScanInput): Promise<readonly string[] | DataGenerator> {
  const { table } = scan
  if (connectorOf(table) === 'datagen') return new DataGenerator(table, Math.random, Date.now)
  const path = table.options.get('shitops.file') ?? table.options.get('path')
  if (path === undefined) throw new ShitopsError('SHITOPS_E_SQL_PLAN', `table ${table.name}: the filesystem connector needs 'path'`)
  try {
    return await filesAt(path)
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_FILE', `table ${table.name}: ${path} cannot be read`, {
      cause: error,
      suggestions: ["check 'path' in its CREATE TABLE, or --input"],
    })
  }
}

/** The LIMIT through which every row of a result comes: when it is full, the result is whole, whatever else there is to read. */
export function topLimit(plan: Plan, { steps }: Pipeline): Limit | undefined {
  let top = plan
  while (top.step === 'calc') top = top.input
  if (top.step !== 'limit') return undefined
  const limits = steps.filter(({ operator }) => operator instanceof Limit).sort((a, b) => a.id.length - b.id.length)
  return limits[0]?.operator as Limit | undefined
}

/** Whether a table is not a topic. */
export const isLocal = ({ table }: ScanInput): boolean => sourceOf(table.options, connectorOf(table)) === 'local'

function sourceOf(options: ReadonlyMap<string, string>, connector: string): 'topic' | 'local' {
  return options.has('shitops.file') || (connector !== 'kafka' && connector !== 'upsert-kafka') ? 'local' : 'topic'
}
