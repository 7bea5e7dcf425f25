import { ShitopsError } from '../../base/errors.ts'
import { connectionFlags } from './connection-flags.ts'
import { type SubscriptionFlags, subscriptionFlags } from './subscription-flags.ts'

/** Flags of `gnmi subscribe` that stood on the command line; what comes from the environment or by default is not typed. */
export type Typed = ReadonlySet<string>

/** Flags that name paths, and whose presence makes the others mean something. */
const PATHS: ReadonlySet<string> = new Set(['path', 'on-change', 'target-defined'])

interface Idle {
  flag: string
  why: string
  next: readonly string[]
}

/**
 * Refuses flags that would change nothing: people would believe that they did.
 * @throws SHITOPS_E_USAGE
 */
export function refuseIdleFlags(flags: SubscriptionFlags & { address?: string[] | undefined }, typed: Typed): void {
  const [idle] = [...(flags.address?.length ? [] : idleWithoutAddress(flags, typed)), ...idleWithOthers(flags, typed)]
  if (idle) throw new ShitopsError('SHITOPS_E_USAGE', `--${idle.flag} ${idle.why}`, { suggestions: [...idle.next] })
}

/** The targets of the configuration say themselves how they are reached, and what they are asked for where no path is given here. */
function idleWithoutAddress(flags: SubscriptionFlags, typed: Typed): Idle[] {
  const connection = Object.keys(connectionFlags).filter((flag) => flag !== 'address' && typed.has(flag))
  const subscription = hasPath(flags) ? [] : Object.keys(subscriptionFlags).filter((flag) => !PATHS.has(flag) && typed.has(flag))
  return [
    ...connection.map((flag) => ({
      flag,
      why: 'is about the targets of --address, and there is none',
      next: ['--address HOST:PORT', 'gnmi.defaults in shitops.yaml, for the targets of the configuration'],
    })),
    ...subscription.map((flag) => ({
      flag,
      why: 'is about the paths of --path, and there is none',
      next: ['--path /interfaces', 'gnmi.subscriptions in shitops.yaml, for what the configuration subscribes to'],
    })),
  ]
}

const hasPath = (flags: SubscriptionFlags) => [flags.path, flags['on-change'], flags['target-defined']].some((texts) => texts?.length)

/** What counts only beside others. A sample interval with another stream mode is left to the request, which refuses it. */
function idleWithOthers(flags: SubscriptionFlags, typed: Typed): Idle[] {
  const { mode, path, 'stream-mode': how, 'suppress-redundant': suppressed } = flags
  const given = (...names: string[]) => names.filter((flag) => typed.has(flag))
  const idle = (names: string[], why: string, ...next: string[]) => names.map((flag) => ({ flag, why, next }))
  const polled = mode === 'poll' ? [] : idle(given('poll-interval', 'polls'), 'is for polls', '--mode poll')
  if (mode !== 'stream') {
    const streamed = given('stream-mode', 'sample-interval', 'heartbeat-interval', 'suppress-redundant')
    return [...polled, ...idle(streamed, `is for streams, and the mode is ${mode}`, '--mode stream')]
  }
  const beats = (path?.length && (how === 'on-change' || (how === 'sample' && suppressed))) || flags['on-change']?.length
  return [
    ...polled,
    ...(path?.length
      ? []
      : idle(given('stream-mode', 'sample-interval', 'suppress-redundant'), 'is about the paths of --path, and there is none')),
    ...(how === 'sample' ? [] : idle(given('suppress-redundant'), `is for samples, and the stream mode is ${how}`, '--stream-mode sample')),
    ...(beats
      ? []
      : idle(given('heartbeat-interval'), 'is for changes, and for samples without what is redundant', '--suppress-redundant')),
  ]
}
