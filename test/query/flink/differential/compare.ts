import type { FlinkGateway } from '../../../../src/query/flink/gateway.ts'
import { type Answer, askOurs, FlinkSubject, type Inputs, isEqual } from './ask-both.ts'
import { linesOf, shrink } from './shrink.ts'
import { inputsFor, type Subject } from './subjects.ts'
import { isConsistent } from './tables.ts'

/** What one run over one generated input came to. */
export type Outcome = 'equal' | 'both failed' | 'undetermined' | 'different'

/** A difference, over the fewest lines that show it. */
export interface Difference {
  readonly subject: Subject
  readonly seed: number
  readonly inputs: Inputs
  readonly flink: Answer
  readonly ours: Answer
}

export interface Comparison {
  readonly subject: Subject
  readonly outcomes: Outcome[]
  readonly differences: Difference[]
  /** Rows that Flink answered in all. */
  rows: number
}

/** How often Flink is asked to make one difference smaller. */
const SHRINK_TRIES = 120

/** Asks both engines about one subject, once for each seed. After the first difference its other seeds say little, so they are left. */
export async function compare(
  gateway: FlinkGateway,
  subject: Subject,
  seeds: readonly number[],
  tries = SHRINK_TRIES,
): Promise<Comparison> {
  const comparison: Comparison = { subject, outcomes: [], differences: [], rows: 0 }
  const flinkSubject = await FlinkSubject.open(gateway, subject)
  try {
    for (const seed of seeds) {
      const inputs = inputsFor(subject, seed)
      const [flink, ours] = [await flinkSubject.ask(inputs), await askOurs(subject, inputs)]
      comparison.rows += flink.rows?.length ?? 0
      if (isEqual(subject, flink, ours)) {
        comparison.outcomes.push(flink.rows === undefined ? 'both failed' : 'equal')
        continue
      }
      // An answer that Flink itself does not give twice is none.
      if (!isEqual(subject, flink, await flinkSubject.ask(inputs))) {
        comparison.outcomes.push('undetermined')
        continue
      }
      comparison.outcomes.push('different')
      comparison.differences.push(await smallest(flinkSubject, subject, seed, inputs, tries))
      break
    }
  } finally {
    await flinkSubject.close()
  }
  return comparison
}

async function smallest(flink: FlinkSubject, subject: Subject, seed: number, inputs: Inputs, tries: number): Promise<Difference> {
  const changelogs = subject.tables.filter(({ debezium }) => debezium).map(({ input }) => input)
  const differs = async (fewer: Inputs): Promise<boolean> => {
    if (changelogs.some((name) => !isConsistent(linesOf(fewer[name] ?? '')))) return false
    return !isEqual(subject, await flink.ask(fewer), await askOurs(subject, fewer))
  }
  const least = await shrink(inputs, differs, tries)
  return { subject, seed, inputs: least, flink: await flink.ask(least), ours: await askOurs(subject, least) }
}
