import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/base/errors.ts'
import type { Bus, Claim, RecordBatch } from '../../src/bus/bus.ts'

export interface Copying {
  from: string
  to: string
  open(): Promise<Bus>
  signal: AbortSignal
  onTrouble(what: string): void
}

/** A member of a group that copies a topic exactly once: what was read, and that it was read, are one transaction. One that lost its place begins again from there. */
export async function copy(copying: Copying, member: number): Promise<void> {
  const { from, to, open, signal, onTrouble } = copying
  while (!signal.aborted) {
    const bus = await open()
    try {
      await bus.consume({
        ...{ group: `${to}-copiers`, topics: [from], start: 'earliest', signal },
        onBatch: (batch, claim) => copyBatch(bus, { to, id: `${to}-copier-${member}` }, batch, claim),
      })
    } catch (error) {
      onTrouble(messageOf(error))
      await sleep(200)
    } finally {
      await bus.close()
    }
  }
}

async function copyBatch(bus: Bus, { to, id }: { to: string; id: string }, batch: RecordBatch, claim: Claim): Promise<void> {
  const { topic, partition, nextOffset } = batch
  const records = Array.from(batch, ({ key, value }) => ({ key, value, partition }))
  const commits = [{ topic, partition, offset: nextOffset }]
  const appends = records.length > 0 ? [{ topic: to, records }] : []
  await bus.transact({ id, appends, offsets: { group: claim.group, commits, claim } })
}
