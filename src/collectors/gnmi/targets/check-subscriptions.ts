import { ShitopsError } from '../../../base/errors.ts'
import { PathProblem, parsePath } from '../path/parse.ts'
import { subscribeRequest } from '../request/subscribe.ts'
import type { TargetProblem } from './problem.ts'
import type { GroupSettings, SubscriptionSettings } from './settings.ts'
import { streamModeOf, subscriptionFrom } from './subscription.ts'

type Keys = TargetProblem['keys']

const STREAM_ONLY = ['streamMode', 'sampleInterval', 'heartbeatInterval', 'suppressRedundant'] as const
const POLL_ONLY = ['pollInterval', 'polls'] as const

/** What is wrong with subscriptions, each for itself and all together. @param taken names that another place has given away */
export function subscriptionProblems(subscriptions: readonly SubscriptionSettings[], taken: ReadonlySet<string>): TargetProblem[] {
  const names = new Set(taken)
  return subscriptions.flatMap((subscription, i) => {
    const keys: Keys = ['subscriptions', i]
    const problems = problemsOf(subscription, keys)
    if (names.has(subscription.name))
      problems.unshift({ keys: [...keys, 'name'], message: 'is the name of another subscription', suggestion: 'give it a name of its own' })
    names.add(subscription.name)
    return problems
  })
}

function problemsOf(subscription: SubscriptionSettings, keys: Keys): TargetProblem[] {
  const { groups, paths, mode = 'stream', prefix } = subscription
  const problems = [
    ...groupsOrPaths(subscription, keys),
    ...(prefix === undefined ? [] : pathProblem(prefix, [...keys, 'prefix'])),
    ...(groups ?? []).flatMap((group, i) => groupProblems(group, mode, [...keys, 'groups', i])),
    ...(groups || !paths ? [] : groupProblems({ ...subscription, paths }, mode, keys)),
    ...(mode === 'poll' ? [] : misplaced(subscription, POLL_ONLY, 'poll', keys)),
  ]
  return problems.length > 0 ? problems : requestProblem(subscription, keys)
}

function groupsOrPaths(subscription: SubscriptionSettings, keys: Keys): TargetProblem[] {
  const { groups, paths } = subscription
  if (!groups) {
    return paths ? [] : [{ keys, message: 'has no paths', suggestion: "add paths: ['/interfaces/interface[name=*]/state/counters']" }]
  }
  const outside = (['paths', ...STREAM_ONLY] as const).filter((key) => subscription[key] !== undefined)
  return [
    ...outside.map((key) => ({ keys: [...keys, key], message: 'stands beside groups', suggestion: 'write it into one of the groups' })),
    ...(groups.length > 0 ? [] : [{ keys: [...keys, 'groups'], message: 'is empty', suggestion: 'name at least one group with a path' }]),
  ]
}

function groupProblems(group: GroupSettings, mode: 'stream' | 'once' | 'poll', keys: Keys): TargetProblem[] {
  const paths = group.paths.flatMap((path, i) => pathProblem(path, [...keys, 'paths', i]))
  if (group.paths.length === 0)
    paths.push({ keys: [...keys, 'paths'], message: 'is empty', suggestion: "name at least one path, '/' for everything" })
  return [...paths, ...(mode === 'stream' ? intervalProblems(group, keys) : misplaced(group, STREAM_ONLY, 'stream', keys))]
}

function pathProblem(text: string, keys: Keys): TargetProblem[] {
  const path = parsePath(text)
  if (!(path instanceof PathProblem)) return []
  return [
    { keys, message: `is no path: ${path.message} (character ${path.at + 1})`, suggestion: "as in '/interfaces/interface[name=*]/state'" },
  ]
}

/** What goes with which stream mode (gNMI 3.5.1.5.2). */
function intervalProblems(group: GroupSettings, keys: Keys): TargetProblem[] {
  const mode = streamModeOf(group)
  const problems: TargetProblem[] = []
  const wrong = (key: keyof GroupSettings, message: string, suggestion: string) =>
    problems.push({ keys: [...keys, key], message, suggestion })
  if (mode !== 'sample') {
    for (const key of ['sampleInterval', 'suppressRedundant'] as const)
      if (group[key]) wrong(key, `is for samples, and the stream mode is ${mode}`, 'write streamMode: sample, or leave it out')
  }
  if (group.heartbeatInterval !== undefined && mode === 'target-defined')
    wrong('heartbeatInterval', 'does not go with target-defined', 'write streamMode: on-change, or leave it out')
  if (group.heartbeatInterval !== undefined && mode === 'sample' && !group.suppressRedundant)
    wrong('heartbeatInterval', 'says nothing where every sample comes', 'add suppressRedundant: true, or leave it out')
  return problems
}

function misplaced<Settings extends object>(
  settings: Settings,
  only: ReadonlyArray<keyof Settings & string>,
  mode: string,
  keys: Keys,
): TargetProblem[] {
  return only
    .filter((key) => settings[key] !== undefined)
    .map((key) => ({ keys: [...keys, key], message: `is for mode ${mode}`, suggestion: `write mode: ${mode}, or leave it out` }))
}

/** What is left to be wrong shows when the request is made: origins that do not go together. */
function requestProblem(subscription: SubscriptionSettings, keys: Keys): TargetProblem[] {
  try {
    subscribeRequest({}, subscriptionFrom(subscription), 'JSON')
    return []
  } catch (error) {
    if (!(error instanceof ShitopsError)) throw error
    return [
      { keys, message: `cannot be asked for: ${error.message}`, suggestion: 'leave out prefix, or make a subscription for each origin' },
    ]
  }
}
