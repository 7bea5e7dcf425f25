import { hasCode } from '../../base/errors.ts'
import type { AppendResult } from '../bus.ts'
import type { Spooled } from './entry.ts'
import type { Target } from './target.ts'

/** What was done at the target. */
export interface Sent {
  /** Offset of the spool up to which everything is there now. */
  position: number
  records: number
  /** Of each record where it went. */
  places: ReadonlyMap<number, AppendResult>
}

/**
 * Sends entries up to `next`, in order: records in transactions, and in between what is no record.
 * @param onSent awaited after each part
 */
export async function sendEntries(
  target: Target,
  entries: readonly Spooled[],
  next: number,
  onSent: (sent: Sent) => Promise<void>,
): Promise<void> {
  let position: number | undefined
  const sent = (what: Sent) => {
    position = what.position
    return onSent(what)
  }
  for (let i = 0; i < entries.length; ) {
    let to = i
    while (entries[to]?.entry.kind === 'record') to++
    const run = entries.slice(i, to)
    const control = entries[to]
    if (run.length > 0) {
      const end = control?.offset ?? next
      await sent({ position: end, records: run.length, places: await target.write(run, end) })
    }
    if (control) {
      await sendControl(target, control)
      await sent({ position: control.offset + 1, records: 0, places: NOWHERE })
    }
    i = to + 1
  }
  // Behind the last there may be what is no entry of ours.
  if (position === undefined || position < next) await sent({ position: next, records: 0, places: NOWHERE })
}

const NOWHERE: ReadonlyMap<number, AppendResult> = new Map()

/** A topic, or the offsets of a group: done twice it is as done once. */
async function sendControl(target: Target, { entry }: Spooled): Promise<void> {
  const { bus } = target
  if (entry.kind === 'topic') {
    await bus.createTopic(entry.spec).catch((error: unknown) => {
      if (!hasCode(error, 'SHITOPS_E_TOPIC_EXISTS')) throw error
    })
    target.forget()
  } else if (entry.kind === 'offsets') {
    await bus.commitOffsets(entry.group, entry.commits)
  }
}
