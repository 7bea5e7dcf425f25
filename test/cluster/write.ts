import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/base/errors.ts'
import type { OutRecord } from '../../src/bus/bus.ts'
import { type Gaps, keyFor, type Stream, valueFor } from './ledger.ts'

export type Write = (records: readonly OutRecord[]) => Promise<unknown>

export interface Writing {
  stream: Stream
  /** Records of one write, and the pause after it. */
  count: number
  pauseMs: number
  gaps: Gaps
  /** What the writer is told when it is refused. */
  refusals: string[]
  signal: AbortSignal
  write: Write
}

/** One write after the other until the signal; each record's fate is noted in its stream. */
export async function keepWriting({ stream, count, pauseMs, gaps, refusals, signal, write }: Writing): Promise<void> {
  const { name } = stream
  while (!signal.aborted) {
    const begun = Date.now()
    const numbers = stream.take(count)
    try {
      await write(numbers.map((number) => ({ key: keyFor(name, number), value: valueFor(name, number, begun), timestamp: begun })))
      stream.acknowledge(numbers)
      gaps.note(name, begun)
    } catch (error) {
      stream.refuse(numbers)
      refusals.push(`${name}: ${messageOf(error)}`)
    }
    await sleep(pauseMs)
  }
}
