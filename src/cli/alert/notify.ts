import { runNotifier } from '../../alerts/notify/run-notifier.ts'
import { type AlertSettings, tellsAnybody } from '../../alerts/notify/settings.ts'
import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'

export interface NotifyContext {
  /** A handle that is open already; default: one of {@link open}. */
  readonly bus?: Bus | undefined
  readonly open: () => Promise<Bus>
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly env: NodeJS.ProcessEnv
}

/** What a run has told. */
export interface NotifyResult {
  /** Notifications that were taken, calls that failed and are made again, and notifications that were refused. */
  taken: number
  failed: number
  refused: number
}

/** @throws SHITOPS_E_RECEIVER_UNKNOWN where there is nobody to tell */
export function mustTellAnybody(settings: AlertSettings): void {
  if (tellsAnybody(settings)) return
  throw new ShitopsError('SHITOPS_E_RECEIVER_UNKNOWN', 'the configuration names nobody to tell', {
    suggestions: ['docs/alerts.md, "Telling"'],
  })
}

/**
 * Tells of alerts until it is stopped.
 * @param result counts as it goes @throws SHITOPS_E_RECEIVER_UNKNOWN where there is nobody to tell
 */
export async function notify(
  settings: AlertSettings,
  { bus, open, logger, signal, env }: NotifyContext,
  result: NotifyResult = { taken: 0, failed: 0, refused: 0 },
): Promise<NotifyResult> {
  mustTellAnybody(settings)
  await runNotifier({
    ...{ bus: bus ?? (await open()), open, settings, env, clock: systemClock, logger, signal },
    onLease: (held) => logger.info(held ? 'this process tells of alerts' : 'another process tells of alerts; this one stands by'),
    onOutcome: (_, { kind }) => {
      result[({ taken: 'taken', later: 'failed', refused: 'refused' } as const)[kind]]++
    },
  })
  return result
}
