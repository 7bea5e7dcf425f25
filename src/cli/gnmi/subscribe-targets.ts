import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import type { GnmiConfig, Subscription } from '../../collectors/gnmi/config.ts'
import type { GnmiSettings } from '../../config/gnmi/settings.ts'
import { refuseIdleFlags, type Typed } from './idle-flags.ts'
import { type SubscriptionFlags, subscriptionOf } from './subscription-flags.ts'
import { type ConnectionFlags, targetsOf } from './targets.ts'

export type TargetFlags = ConnectionFlags & SubscriptionFlags & { target?: string | undefined }

export interface TargetSurroundings {
  settings: GnmiSettings
  /** Which of the flags stood on the command line. */
  typed: Typed
  bus: Bus | undefined
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  clock: Clock
  logger: Logger
}

/**
 * Whom to subscribe to: the targets of `--address` with the paths of the flags, or those of the configuration, with the paths of the flags
 * where there are any.
 * @throws SHITOPS_E_USAGE, SHITOPS_E_CONFIG, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE
 */
export async function subscribeTargets(flags: TargetFlags, around: TargetSurroundings): Promise<GnmiConfig> {
  const { clock, env, logger, typed } = around
  refuseIdleFlags(flags, typed)
  const asked = subscriptionOf(flags, clock.now())
  if (!flags.address?.length) return configured(asked, around)
  const { targets, warnings } = await targetsOf(flags, env)
  for (const warning of warnings) logger.warn(warning)
  const more = { subscriptions: [asked], ...(flags.target !== undefined && { prefixTarget: flags.target }) }
  return { targets: targets.map((target) => ({ ...target, ...more })) }
}

async function configured(asked: Subscription, { settings, bus, typed: _, ...around }: TargetSurroundings): Promise<GnmiConfig> {
  const { gnmiTargets } = await import('./configured-targets.ts')
  return gnmiTargets({ settings, bus, ...around, ...(asked.groups.length > 0 && { asked: [asked] }) })
}
