import type { Subscription } from '../config.ts'

/** How long a stream may be silent, ms; 0: for ever. */
export interface Patience {
  /** Before its first message. */
  first: number
  /** Between two messages. */
  silent: number
  /** Of what is complete (ONCE): after its sync, until the target closes the stream. */
  afterSync: number
}

const FIRST = 60_000
/** Intervals that may pass without a message. */
const INTERVALS = 3
/** A target that is asked for more than this says nothing about its health when it is late, ms. */
const LEAST = 30_000
const ANSWER = 30_000
const CLOSE = 5_000

/**
 * A dead TCP connection shows in nothing but silence, and pings are not welcome everywhere (too_many_pings), so silence is what is judged:
 * three intervals of the paths that have to be sent most often. Where nothing has to be sent (on-change without a
 * heartbeat) only the first message is waited for.
 */
export function silenceLimit({ mode, groups, staleAfter, pollInterval = 10_000 }: Subscription): Patience {
  if (mode === 'once') return { first: staleAfter ?? ANSWER, silent: staleAfter ?? ANSWER, afterSync: CLOSE }
  if (mode === 'poll') return { first: staleAfter ?? ANSWER, silent: staleAfter ?? pollInterval + ANSWER, afterSync: 0 }
  if (staleAfter !== undefined) return { first: staleAfter, silent: staleAfter, afterSync: 0 }
  const intervals = groups.flatMap(({ mode: how, sampleInterval, heartbeatInterval, suppressRedundant }) => {
    if (how === 'sample' && !suppressRedundant) return sampleInterval === undefined ? [] : [sampleInterval]
    return heartbeatInterval === undefined ? [] : [heartbeatInterval]
  })
  const silent = intervals.length === 0 ? 0 : Math.max(LEAST, INTERVALS * Math.min(...intervals))
  return { first: FIRST, silent, afterSync: 0 }
}
