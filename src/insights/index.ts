import { callsOnLossyLink } from './calls-on-lossy-link.ts'
import { closeBacklog } from './close-backlog.ts'
import { headsetDyingInCall } from './headset-dying-in-call.ts'
import type { Insight } from './insight.ts'
import { laptopOverloaded } from './laptop-overloaded.ts'

export type { AlertPolicy, Insight, Severity } from './insight.ts'

/** The built-in insights. */
export const INSIGHTS: readonly Insight[] = [callsOnLossyLink, laptopOverloaded, headsetDyingInCall, closeBacklog]
