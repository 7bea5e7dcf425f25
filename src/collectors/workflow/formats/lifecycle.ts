import type { WorkflowEvent } from '../../../events/event-types.ts'

type Word = WorkflowEvent['lifecycle']

/**
 * XES's standard transitions (IEEE 1849-2016, the lifecycle extension) in the words of `workflow_events`, with the spellings that logs use;
 * BPIC 2012 and 2017 have them in upper case.
 */
const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['schedule', 'scheduled'],
  ['scheduled', 'scheduled'],
  ['assign', 'assigned'],
  ['assigned', 'assigned'],
  ['reassign', 'reassigned'],
  ['reassigned', 'reassigned'],
  ['start', 'started'],
  ['started', 'started'],
  ['begin', 'started'],
  ['suspend', 'suspended'],
  ['suspended', 'suspended'],
  ['resume', 'resumed'],
  ['resumed', 'resumed'],
  ['complete', 'completed'],
  ['completed', 'completed'],
  ['end', 'completed'],
  ['autoskip', 'skipped'],
  ['manualskip', 'skipped'],
  ['skip', 'skipped'],
  ['skipped', 'skipped'],
  ['ate_abort', 'aborted'],
  ['pi_abort', 'aborted'],
  ['abort', 'aborted'],
  ['aborted', 'aborted'],
  ['withdraw', 'withdrawn'],
  ['withdrawn', 'withdrawn'],
  ['due', 'due'],
])

/** Undefined for a word of another model of lifecycles. */
export const lifecycleOf = (transition: string): Word | undefined => WORDS.get(transition) ?? WORDS.get(transition.trim().toLowerCase())
