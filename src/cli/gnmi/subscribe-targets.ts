import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import type { GnmiConfig, Subscription } from '../../collectors/gnmi/config.ts'
import type { GnmiSettings } from '../../config/gnmi/settings.ts'
import { type SubscriptionFlags, subscriptionOf } from './subscription-flags.ts'
import { type ConnectionFlags, targetsOf } from './targets.ts'

export type TargetFlags = ConnectionFlags & SubscriptionFlags & { target?: string | undefined }

export interface TargetSurroundings {
  settings: GnmiSettings
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
  const { clock, env, logger } = around
  const asked = subscriptionOf(flags, clock.now())
  if (!flags.address?.length) return configured(flags, asked, around)
  const { targets, warnings } = await targetsOf(flags, env)
  for (const warning of warnings) logger.warn(warning)
  const more = { subscriptions: [asked], ...(flags.target !== undefined && { prefixTarget: flags.target }) }
  return { targets: targets.map((target) => ({ ...target, ...more })) }
}

/** Flags that say how the targets of `--address` are reached; the configuration's say so themselves. */
const ONLY_WITH_ADDRESS = [
  ...['target', 'insecure', 'skip-verify', 'tls-ca', 'tls-cert', 'tls-key', 'tls-server-name'],
  ...['username', 'password-file', 'token-file', 'window-size', 'keepalive'],
] as const

async function configured(flags: TargetFlags, asked: Subscription, { settings, bus, ...around }: TargetSurroundings): Promise<GnmiConfig> {
  const idle = ONLY_WITH_ADDRESS.find((flag) => (flags as unknown as Record<string, unknown>)[flag])
  if (idle === undefined) {
    const { gnmiTargets } = await import('./configured-targets.ts')
    return gnmiTargets({ settings, bus, ...around, ...(asked.groups.length > 0 && { asked: [asked] }) })
  }
  throw new ShitopsError('SHITOPS_E_USAGE', `--${idle} is about the targets of --address, and there is none`, {
    suggestions: ['--address HOST:PORT', 'gnmi.defaults in shitops.yaml, for the targets of the configuration'],
  })
}
