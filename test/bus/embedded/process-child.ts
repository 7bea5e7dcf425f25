/**
 * Another shitops process, for processes.test.ts. Environment: CHILD_URL, CHILD_ROLE = `append` (CHILD_COUNT records to topic t), `open` (opens the bus CHILD_COUNT times),
 * `follow` (topic t: sends each value), `member` (of group g on topic t: sends {value, partition}; commits each batch, with CHILD_HOLDS
 * once it is told 'commit'). Sends 'ready' when at work, and 'fenced' when a commit was refused.
 */
import { once } from 'node:events'
import { openBus } from '../../../src/bus/open.ts'

const { CHILD_URL: url = '', CHILD_ROLE: role = '', CHILD_COUNT: count = '0', CHILD_HOLDS: holds = '', CHILD_NAME: name = '' } = process.env

async function main(): Promise<void> {
  const bus = await openBus(url)
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  if (role === 'append') {
    process.send?.('ready')
    for (let i = 0; i < Number(count); i++) await bus.append('t', [{ key: null, value: `${name}${i}`, partition: 0 }])
  } else if (role === 'open') {
    process.send?.('ready')
    await bus.close()
    for (let i = 0; i < Number(count); i++) await (await openBus(url)).close()
  } else if (role === 'follow') {
    process.send?.('ready')
    for await (const batch of bus.read({ topic: 't', partitions: [{ partition: 0, from: 0 }], follow: true, signal: stop.signal })) {
      for (const { value } of batch) process.send?.({ value: String(value) })
    }
  } else {
    await bus.consume({
      group: 'g',
      topics: ['t'],
      start: 'earliest',
      signal: stop.signal,
      onAssigned: (partitions) => process.send?.({ assigned: partitions.length }),
      async onBatch(batch, claim) {
        for (const { value } of batch) process.send?.({ value: String(value), partition: batch.partition })
        if (holds) await once(process, 'message')
        try {
          await claim.commit(batch.nextOffset)
        } catch (error) {
          process.send?.({ refused: (error as { code?: string }).code })
          throw error
        }
      },
    })
  }
  await bus.close()
  process.disconnect?.()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
