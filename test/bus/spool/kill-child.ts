/**
 * The process that kill.ts kills: a collector that appends numbered records through a spool to a bus that is away from time to time.
 * Environment: SPOOL_DIR, SPOOL_TARGET, SPOOL_LIFE (number of this life), SPOOL_DOWN (a file: while it is there the target is away).
 * Messages to the parent: {ready}, {acknowledged: n}, {done} once all of it has been forwarded after SIGTERM.
 */
import { existsSync } from 'node:fs'
import { ShitopsError } from '../../../src/base/errors.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { openBus } from '../../../src/bus/open.ts'
import { openSpoolingBus } from '../../../src/bus/spool/index.ts'

export const TOPIC = 'events'
export const PARTITIONS = 3
export const KEYS = 5

const { SPOOL_DIR: directory, SPOOL_TARGET: url, SPOOL_LIFE: life, SPOOL_DOWN: down } = process.env

/** The target, while the file is not there. */
async function openTarget() {
  const away = () => {
    if (existsSync(down ?? '')) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'away')
  }
  away()
  const bus = await openBus(url ?? '')
  return new Proxy(bus, {
    get(_, name) {
      const member = Reflect.get(bus, name)
      if (typeof member !== 'function') return member
      if (name !== 'transact') return member.bind(bus)
      return async (...args: unknown[]) => {
        away()
        const answer = await member.apply(bus, args)
        // It arrived, and the answer did not.
        away()
        return answer
      }
    },
  })
}

async function collect(stop: AbortSignal): Promise<void> {
  const limits = { bytes: 1 << 30, ageMs: 86_400_000 }
  const bus = await openSpoolingBus({ url: url ?? '', directory: directory ?? '', limits, openTarget, logger: silentLogger })
  process.send?.({ ready: true })
  let next = 0
  while (!stop.aborted) {
    const count = 1 + Math.floor(Math.random() * 20)
    const records = Array.from({ length: count }, (_, i) => ({ key: `k${(next + i) % KEYS}`, value: `${life}:${next + i}` }))
    await bus.append(TOPIC, records)
    next += count
    process.send?.({ acknowledged: next })
    if ((await bus.stats()).state === 'away') await new Promise((resolve) => setTimeout(resolve, 2))
  }
  while ((await bus.stats()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  process.send?.({ done: true })
  await bus.close()
}

if (directory && url) {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  collect(stop.signal).then(
    () => process.disconnect?.(),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
