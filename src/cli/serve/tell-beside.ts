import { makeSenders } from '../../alerts/notify/send/make-senders.ts'
import type { AlertSettings } from '../../alerts/notify/settings.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Bus } from '../../bus/bus.ts'
import { mustTellAnybody, type NotifyContext, type NotifyResult, notify } from '../alert/notify.ts'

export type BesideContext = Omit<NotifyContext, 'bus'> & { readonly clock: Clock }

/** Between two attempts of the notifier, ms. */
const AGAIN = [1_000, 2_000, 5_000, 10_000, 30_000] as const

/** Whether the configuration is one that can be told by, before anything begins. @throws as `alert notify` does */
export async function checkReceivers(settings: AlertSettings, env: NodeJS.ProcessEnv, clock: Clock): Promise<void> {
  mustTellAnybody(settings)
  await makeSenders(settings, { env, now: () => clock.now() })
}

/**
 * The notifier of `alert notify` beside a server, until the signal aborts. A server outlives its bus; so does what runs beside it: what stops the
 * notifier is logged, and it begins again. Nothing is lost by that, since all that it knows is on the bus.
 */
export async function tellBeside(settings: AlertSettings, context: BesideContext): Promise<NotifyResult> {
  const { open, env, clock, logger, signal } = context
  const result: NotifyResult = { taken: 0, failed: 0, refused: 0 }
  for (let attempt = 0; !signal.aborted; attempt++) {
    const begun = clock.now()
    let bus: Bus | undefined
    try {
      // One of its own each time: a handle that was fenced stays so.
      bus = await open()
      await notify(settings, { bus, open, env, logger, signal }, result)
    } catch (error) {
      if (signal.aborted) break
      if (clock.now() - begun > 60_000) attempt = 0
      const wait = AGAIN[Math.min(attempt, AGAIN.length - 1)] ?? 30_000
      logger.warn(`alerts are not told of now: ${messageOf(error)}; it is tried again in ${wait / 1_000} s`)
      await clock.sleep(wait, signal)
    } finally {
      await bus?.close()
    }
  }
  return result
}
