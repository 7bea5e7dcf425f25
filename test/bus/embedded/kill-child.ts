/**
 * The processes that kill.ts kills: `writer` appends numbered records, `member` copies them to another topic as a member of a
 * group. Both move on only by transact(), so that whatever the moment of their death nothing may be lost or doubled.
 * Environment: KILL_ROLE, KILL_URL. Messages to the parent: {ready}, {acknowledged: n}.
 */
import { openBus } from '../../../src/bus/open.ts'

export const SOURCE = 'source'
export const SINK = 'sink'
/** Fills up and is emptied by retention all the time, so that pages of the data file are used again and again. */
export const CHURN = 'churn'
export const PROGRESS = 'writer-progress'
export const COPIERS = 'copiers'
export const PARTITIONS = 2
const SESSION_TIMEOUT_MS = 1_000

async function write(url: string, stop: AbortSignal): Promise<void> {
  const bus = await openBus(url)
  const [progress] = await bus.fetchOffsets(PROGRESS, [SOURCE])
  let next = progress?.offset ?? 0
  process.send?.({ ready: true })
  while (!stop.aborted) {
    const count = 1 + Math.floor(Math.random() * 50)
    const records = Array.from({ length: count }, (_, i) => ({ key: null, value: String(next + i), partition: (next + i) % PARTITIONS }))
    await bus.transact({
      id: 'writer',
      appends: [
        { topic: SOURCE, records },
        { topic: CHURN, records: [{ key: null, value: Buffer.alloc(Math.floor(Math.random() * 40_000), next & 0xff) }] },
      ],
      offsets: { group: PROGRESS, commits: [{ topic: SOURCE, partition: 0, offset: next + count }] },
    })
    next += count
    process.send?.({ acknowledged: next })
  }
  await bus.close()
}

async function copy(url: string, signal: AbortSignal): Promise<void> {
  const bus = await openBus(url)
  process.send?.({ ready: true })
  await bus.consume({
    group: COPIERS,
    topics: [SOURCE],
    start: 'earliest',
    signal,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    async onBatch(batch, claim) {
      const records = Array.from(batch, ({ value }) => ({ key: null, value, partition: batch.partition }))
      const commits = [{ topic: SOURCE, partition: batch.partition, offset: batch.nextOffset }]
      await bus.transact({
        id: `copier-${batch.partition}`,
        appends: [{ topic: SINK, records }],
        offsets: { group: COPIERS, claim, commits },
      })
    },
  })
  await bus.close()
}

const role = process.env.KILL_ROLE
const url = process.env.KILL_URL
if (role && url) {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  const work = role === 'writer' ? write(url, stop.signal) : copy(url, stop.signal)
  work.then(
    () => process.disconnect?.(),
    (error: unknown) => {
      console.error(role, error)
      process.exit(1)
    },
  )
}
