import { messageOf } from '../../../../src/base/errors.ts'
import type { Plan } from '../../../../src/query/plan/nodes.ts'
import { planScript } from '../../../support/query.ts'
import { type QueryCase, type RowOrder, readQueryCases } from '../../cases/read.ts'
import { constructsOf } from './constructs.ts'
import { exceptionOf } from './exceptions.ts'
import { generateInput } from './generate.ts'
import { Random } from './random.ts'
import { type InputTable, inputsOf, inputTable, scansOf } from './tables.ts'

/** A query that both engines can be asked, over inputs made for it. */
export interface Subject {
  readonly id: string
  readonly script: string
  readonly order: RowOrder
  readonly tables: readonly InputTable[]
  readonly constructs: ReadonlySet<string>
  /** Whether rows may come behind the watermark: which of them are late is determined with one input only. */
  readonly late: boolean
  readonly nulls: boolean
  /** Whether numbers may be such that their sums are rounded. */
  readonly inexact: boolean
  /** Statements for Flink alone, before the script. */
  readonly prelude?: readonly string[]
  /** Numbers are compared to so many digits. */
  readonly digits?: number
  /** An answer without a row, over all seeds, has compared nothing: a failure. */
  readonly mustAnswer?: true
  /** Inputs made in a way of its own. */
  readonly generate?: (seed: number) => Record<string, string>
}

/** A recorded case that is no subject. */
export interface Left {
  readonly id: string
  readonly reason: string
  /** Of one that is an exception. */
  readonly constructs: ReadonlySet<string>
}

/** The recorded cases as subjects, and those that can be none, with the reason. */
export async function readSubjects(): Promise<{ subjects: Subject[]; left: Left[] }> {
  const subjects: Subject[] = []
  const left: Left[] = []
  for (const each of readQueryCases()) {
    const subject = await subjectOf(each)
    if (typeof subject === 'string')
      left.push({ id: each.id, reason: subject, constructs: exceptionOf(each.id)?.left ? planned(each.script) : new Set() })
    else subjects.push(subject)
  }
  return { subjects, left }
}

function planned(script: string): Set<string> {
  const plan = planOf(script)
  return typeof plan === 'string' ? new Set() : constructsOf(plan)
}

async function subjectOf(queryCase: QueryCase): Promise<Subject | string> {
  const { id, script, inputs } = queryCase
  if (queryCase.refused !== undefined || queryCase.failed !== undefined) return 'Flink refuses it, or its job fails'
  const exception = exceptionOf(id)
  if (exception?.left) return `exception: ${exception.reason}`
  const plan = planOf(script)
  if (typeof plan === 'string') return plan
  const scans = scansOf(plan)
  const byPath = new Map(scans.map((table) => [table.options.get('path') ?? '', table]))
  const tables: InputTable[] = []
  for (const [path, table] of byPath) {
    const name = /^\$\{(\w+)\}$/.exec(path)?.[1]
    if (name === undefined) return 'an input that is no file'
    const found = await inputTable(name, table, inputs[name] ?? '')
    if (typeof found === 'string') return found
    tables.push(found)
  }
  if (tables.length === 0) return 'no input'
  return {
    id,
    script,
    order: exception?.order ?? orderOf(queryCase, plan, scans.length),
    tables,
    constructs: constructsOf(plan),
    late: scans.length === 1 && !tables.some(({ debezium }) => debezium),
    nulls: exception?.nulls ?? true,
    // Rows leave a frame by RANGE in the order of a hash table, or of RocksDB: sums of DOUBLE that are not exact depend on it.
    inexact: !hasStep(plan, (step) => step.step === 'over' && step.frame.units === 'RANGE' && Number.isFinite(step.frame.preceding)),
  }
}

/**
 * A recorded case may be in order by luck. Two inputs race, over other rows with another result; and matches and sessions of several partitions that
 * one watermark ends come in the order of a hash table.
 */
function orderOf({ order }: QueryCase, plan: Plan, scans: number): RowOrder {
  if (order !== 'exact') return order
  if (scans > 1) return plan.changing ? 'table' : 'multiset'
  return hasStep(plan, (step) => (step.step === 'match' && step.partition.length > 0) || step.step === 'sessionAggregate')
    ? 'multiset'
    : 'exact'
}

function hasStep(plan: Plan, wanted: (step: Plan) => boolean): boolean {
  return wanted(plan) || inputsOf(plan).some((input) => hasStep(input, wanted))
}

function planOf(script: string): Plan | string {
  try {
    return planScript(script).query.plan
  } catch (error) {
    // run/oracle.test.ts fails for such a case.
    return `this engine refuses it: ${messageOf(error)}`
  }
}

/** The inputs of a subject for a seed, by name, as lines. */
export function inputsFor(subject: Subject, seed: number): Record<string, string> {
  if (subject.generate) return subject.generate(seed)
  const random = new Random(`${subject.id} ${seed}`)
  return Object.fromEntries(subject.tables.map((table) => [table.input, generateInput(random, table, subject)]))
}
