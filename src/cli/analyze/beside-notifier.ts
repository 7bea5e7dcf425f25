import { runNotifier } from '../../alerts/notify/run-notifier.ts'
import { tellsAnybody } from '../../alerts/notify/settings.ts'
import { systemClock } from '../../base/clock.ts'
import type { AnalyzeEnvironment, AnalyzeFlags } from './insights.ts'

/** Runs the insights, and where there is somebody to tell the notifier beside them. When one of the two ends, so does the other. */
export async function besideNotifier<T>(
  flags: Pick<AnalyzeFlags, 'notify' | 'until-end'>,
  { open, logger, signal, alerts = {}, env = {} }: Pick<AnalyzeEnvironment, 'open' | 'logger' | 'signal' | 'alerts' | 'env'>,
  insights: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // What is over already is nobody's alarm: a run over the past tells nobody unless it is asked to.
  if (!(flags.notify ?? !flags['until-end']) || !tellsAnybody(alerts)) return insights(signal)
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const end = () => over.abort()
  const telling = runNotifier({ ...{ bus: await open(), open, settings: alerts, env, clock: systemClock, logger, signal: either } })
  const [stats] = await Promise.all([insights(either).finally(end), telling.finally(end)])
  return stats
}
