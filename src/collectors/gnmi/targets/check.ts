import { nearest } from '../../../base/nearest.ts'
import { addressProblem } from './address.ts'
import { subscriptionProblems } from './check-subscriptions.ts'
import { contradictions, layered } from './layers.ts'
import type { TargetProblem } from './problem.ts'
import { addressesOf, type Layer, nameOf } from './resolve.ts'
import { matchesAll } from './rule.ts'
import type { DefaultSettings, TargetSettings, TargetsSettings } from './settings.ts'

type Keys = TargetProblem['keys']

/**
 * Everything that is wrong with settings of the right shape: names that stand twice or stand for nothing, paths and addresses that cannot be
 * read, settings that contradict each other, and what no target could be asked for.
 * @param under what they build on; it has been checked
 */
export function targetProblems(settings: TargetsSettings, under: Layer = {}): TargetProblem[] {
  const { subscriptions = [], targets = [], librenms, defaults = {} } = settings
  const rules = librenms?.rules ?? []
  const outside = new Set((under.subscriptions ?? []).map(({ name }) => name))
  const known = new Set([...outside, ...subscriptions.map(({ name }) => name)])
  const users = [
    ...targets.map((own, i) => ({ own, keys: ['targets', i] as Keys })),
    ...rules.map((own, i) => ({ own, keys: ['librenms', 'rules', i] as Keys })),
  ]
  return distinct([
    ...subscriptionProblems(subscriptions, outside),
    ...targets.flatMap((target, i) => addressProblems(target, ['targets', i])),
    ...doubleNames(targets),
    ...users.flatMap(({ own, keys }) => choiceProblems(own.subscriptions, known, keys)),
    ...users.flatMap(({ own, keys }) => contradictionsOf(own, defaults, under.defaults ?? {}, keys)),
    ...unreachedRules(rules),
  ])
}

function addressProblems(target: TargetSettings, keys: Keys): TargetProblem[] {
  const at = (i: number): Keys => (typeof target.address === 'string' ? [...keys, 'address'] : [...keys, 'address', i])
  const addresses = addressesOf(target)
  if (addresses.length === 0) return [{ keys: [...keys, 'address'], message: 'is empty', suggestion: 'HOST:PORT' }]
  return addresses.flatMap((address, i): TargetProblem[] => {
    if (address.includes(',')) return [{ keys: at(i), message: 'holds a comma', suggestion: 'several addresses are a list, [a, b]' }]
    const problem = addressProblem(address)
    // An address that is not one is not repeated: what stands before an @ is often a password.
    if (problem) return [{ keys: at(i), message: problem.why, suggestion: 'write HOST:PORT, 10.0.4.11:57400 or [2001:db8::1]:57400' }]
    return addresses.indexOf(address) < i ? [{ keys: at(i), message: 'stands there twice', suggestion: 'leave it out' }] : []
  })
}

function doubleNames(targets: readonly TargetSettings[]): TargetProblem[] {
  const first = new Map<string, number>()
  return targets.flatMap((target, i): TargetProblem[] => {
    const name = nameOf(target)
    const other = first.get(name)
    if (other === undefined) {
      first.set(name, i)
      return []
    }
    const key = target.name === undefined ? 'address' : 'name'
    return [{ keys: ['targets', i, key], message: `names the same target as targets[${other}]`, suggestion: 'give it a name of its own' }]
  })
}

function choiceProblems(chosen: readonly string[] | undefined, known: ReadonlySet<string>, keys: Keys): TargetProblem[] {
  const at: Keys = [...keys, 'subscriptions']
  if (chosen?.length === 0) return [{ keys: at, message: 'is empty', suggestion: 'leave it out for all of them' }]
  return (chosen ?? []).flatMap((name, i): TargetProblem[] => {
    if (!known.has(name)) {
      const like = nearest(name, known)
      const suggestion = like
        ? `did you mean ${like}?`
        : known.size > 0
          ? `there are ${[...known].join(', ')}`
          : 'there are none: add subscriptions'
      return [{ keys: [...at, i], message: 'names no subscription', suggestion }]
    }
    return chosen?.indexOf(name) === i ? [] : [{ keys: [...at, i], message: 'stands there twice', suggestion: 'leave it out' }]
  })
}

/** Told where the setting stands that is to blame: at the target, in the defaults, or, if it comes from elsewhere, at the target as a whole. */
function contradictionsOf(own: DefaultSettings, defaults: DefaultSettings, under: DefaultSettings, keys: Keys): TargetProblem[] {
  return contradictions(layered(layered(under, defaults), own)).map(({ keys: involved, message, suggestion }): TargetProblem => {
    const key = involved.find((candidate) => own[candidate] !== undefined)
    if (key !== undefined && key === involved[0]) return { keys: [...keys, key], message, suggestion }
    const general = involved.find((candidate) => defaults[candidate] !== undefined)
    const text = `${involved[0]} ${message}`
    if (key !== undefined) return { keys: [...keys, key], message: `does not fit: ${text}`, suggestion }
    if (general !== undefined && general === involved[0]) return { keys: ['defaults', general], message, suggestion }
    return { keys, message: `contradicts itself: ${text}`, suggestion }
  })
}

function unreachedRules(rules: ReadonlyArray<Parameters<typeof matchesAll>[0]>): TargetProblem[] {
  const all = rules.findIndex(matchesAll)
  if (all < 0 || all === rules.length - 1) return []
  const message = `is never reached: rules[${all}] takes every device`
  return [{ keys: ['librenms', 'rules', all + 1], message, suggestion: 'put it before that one' }]
}

/** A mistake in the defaults is one mistake, however many targets it meets. */
function distinct(problems: readonly TargetProblem[]): TargetProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify([problem.keys, problem.message]), problem])).values()]
}
