import type { PlacedEvent } from '../placed-event.ts'
import type { Finding } from './finding.ts'

/** A step of a case as checks see it. */
export interface CheckedStep extends PlacedEvent {
  /** ms since the epoch */
  time: number
  /** Amount of the case as far as it is known. */
  amount: number | undefined
}

/** One rule in one case. Every method but `step` may be absent. */
export interface CaseCheck {
  /** An activity was completed. */
  step(step: CheckedStep): Finding | undefined
  /** Anything else happened to one: it was assigned, started, is due. */
  note?(step: CheckedStep): void
  /** The instant after which something is late; undefined while nothing is waited for. */
  due?(): number | undefined
  /** Called once when it is late. */
  overdue?(): Finding | undefined
  /** The case has ended, at `time`. */
  end?(time: number): Finding | undefined
}

/** Makes a rule's check for a new case. */
export type OpenCheck = () => CaseCheck
