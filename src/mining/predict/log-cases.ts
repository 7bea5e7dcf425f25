import type { WorkflowEvent } from '../../events/event-types.ts'
import { deadlineOf, type Step, stepOf } from './step.ts'

/** A case of a log that lies whole before us. */
export interface LogCase {
  readonly id: string
  /** In order of time; those of one time in the order of the log. */
  readonly steps: Step[]
  /** The deadline as known after each step, ms since 1970. */
  readonly deadlines: Array<number | undefined>
}

/** The cases of a log by their begin; what has no step is no case. */
export async function logCases(events: AsyncIterable<WorkflowEvent>): Promise<LogCase[]> {
  const found = new Map<string, Array<{ time: number; step: Step | undefined; deadline: number | undefined }>>()
  for await (const event of events) {
    const entry = { time: Date.parse(event.event_time), step: stepOf(event), deadline: deadlineOf(event) }
    const known = found.get(event.case_id)
    if (known) known.push(entry)
    else found.set(event.case_id, [entry])
  }
  const cases: LogCase[] = []
  for (const [id, entries] of found) {
    // What is due tells of a later time at a time that nobody knows: it counts as told at the begin.
    let deadline = entries.find(({ step }) => !step)?.time
    const steps: Step[] = []
    const deadlines: Array<number | undefined> = []
    for (const entry of entries.filter(({ step }) => step).sort((a, b) => a.time - b.time)) {
      deadline = entry.deadline ?? deadline
      steps.push(entry.step as Step)
      deadlines.push(deadline)
    }
    if (steps.length > 0) cases.push({ id, steps, deadlines })
  }
  return cases.sort((a, b) => (a.steps[0] as Step).time - (b.steps[0] as Step).time)
}

/** The later part of the cases that have three steps and more, by their begin, and those before it: what the counting baselines are told on. */
export function holdOut(cases: readonly LogCase[], share: number): { train: LogCase[]; test: LogCase[] } {
  const long = cases.filter(({ steps }) => steps.length >= 3)
  const cut = Math.floor(long.length * (1 - share) + 1e-9)
  return { train: long.slice(0, cut), test: long.slice(cut) }
}
