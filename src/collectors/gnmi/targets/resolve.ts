import type { Subscription } from '../config.ts'
import { atPort } from './address.ts'
import { layered } from './layers.ts'
import type { TargetPlan } from './plan.ts'
import { type Rule, ruleFrom } from './rule.ts'
import type {
  ConnectionSettings,
  DefaultSettings,
  EncodingName,
  SubscriptionSettings,
  TargetSettings,
  TargetsSettings,
} from './settings.ts'
import { subscriptionFrom } from './subscription.ts'

/** What a place builds on: defaults and subscriptions of another one, as a targets file does on shitops.yaml. */
export type Layer = Pick<TargetsSettings, 'defaults' | 'subscriptions'>

/** Settings as a collector can use them. */
export interface ResolvedSettings {
  targets: TargetPlan[]
  /** In order: the first that matches a device counts. */
  rules: Rule[]
}

/**
 * Targets and rules from settings that have passed `targetProblems`.
 * @param under what they build on
 * @param asked subscribed to instead of what the settings say, by every target
 */
export function resolveTargets(settings: TargetsSettings, under: Layer = {}, asked?: readonly Subscription[]): ResolvedSettings {
  const base = layered(under.defaults ?? {}, settings.defaults ?? {})
  const known = [...(under.subscriptions ?? []), ...(settings.subscriptions ?? [])]
  const subscriptionsOf = asked ? () => asked : subscriptionsFrom(known)
  const targets = (settings.targets ?? []).map((own): TargetPlan => {
    const whole = layered(base, own)
    const addresses = addressesOf(own).map((address) => atPort(address, whole.port))
    return {
      name: nameOf(own),
      addresses,
      how: connectionOf(whole),
      subscriptions: subscriptionsOf(own.subscriptions, whole.encoding),
      ...labelsOf(whole),
    }
  })
  const rules = (settings.librenms?.rules ?? []).map((own) => {
    const whole = layered(base, own)
    return ruleFrom(own, base, {
      how: connectionOf(whole),
      port: whole.port,
      subscriptions: subscriptionsOf(own.subscriptions, whole.encoding),
    })
  })
  return { targets, rules }
}

/** Its addresses as they are written. */
export const addressesOf = ({ address }: Pick<TargetSettings, 'address'>): string[] => (typeof address === 'string' ? [address] : address)

/** Its own name, or its first address. */
export const nameOf = (target: TargetSettings): string => target.name ?? addressesOf(target)[0] ?? ''

/** Subscriptions by name, all when none is named; the same object for all targets that ask for the same. */
function subscriptionsFrom(known: readonly SubscriptionSettings[]) {
  const made = new Map<string, Subscription[]>()
  return (names: readonly string[] | undefined, encoding: EncodingName | number = 'auto'): Subscription[] => {
    const key = JSON.stringify([names, encoding])
    const own = names?.map((name) => known.find((subscription) => subscription.name === name)).filter((found) => found !== undefined)
    const subscriptions = made.get(key) ?? (own ?? known).map((settings) => subscriptionFrom(settings, encoding))
    made.set(key, subscriptions)
    return subscriptions
  }
}

const CONNECTION: ReadonlyArray<Exclude<keyof ConnectionSettings, 'port'>> = [
  ...(['username', 'passwordFile', 'passwordEnv', 'tokenFile', 'tokenEnv'] as const),
  ...(['insecure', 'skipVerify', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'] as const),
  ...(['connectTimeout', 'keepalive', 'windowSize', 'maxMessageSize'] as const),
]

function connectionOf(settings: ConnectionSettings): ConnectionSettings {
  return Object.fromEntries(CONNECTION.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]))
}

const LABELS = ['prefixTarget', 'role', 'person', 'team', 'site'] as const

/** What its records say about it. */
export function labelsOf(settings: DefaultSettings & Partial<Record<(typeof LABELS)[number], string | undefined>>) {
  const labels: Partial<Record<(typeof LABELS)[number], string>> = {}
  for (const label of LABELS) {
    const value = settings[label]
    if (value !== undefined) labels[label] = value
  }
  return labels
}
