import type { z } from 'zod'
import { nearest } from '../base/nearest.ts'
import { fileSchema, settings } from './settings.ts'

/** A problem of a value, before it is known where the value stands. */
export interface Finding {
  path: string
  message: string
  suggestion?: string
  /** Keys that lead to it. */
  keys: readonly PropertyKey[]
  /** The key itself is wrong, not what stands there. */
  keyed: boolean
}

/** Everything wrong with the content of a file. */
export function problemsOf(value: unknown): Finding[] {
  const result = fileSchema().safeParse(value)
  return result.success ? [] : result.error.issues.flatMap(findings)
}

function findings(issue: z.core.$ZodIssue): Finding[] {
  if (issue.code !== 'unrecognized_keys') {
    const path = issue.path.join('.')
    return [{ path, message: messageOf(issue), keys: issue.path, keyed: false }]
  }
  return issue.keys.map((key) => {
    const keys = [...issue.path, key]
    return { path: keys.join('.'), keys, keyed: true, ...unknownKey(keys.map(String)) }
  })
}

/** What zod says, as the rest of a sentence about the setting. It names types and choices, never the value. */
export function messageOf(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid (input|option): /, '')
  return message.startsWith('expected ') ? `must be ${message.slice('expected '.length).replace(/, received (\w+)$/, ', not $1')}` : message
}

/** A key that says what stands there is itself a secret. */
const SECRET_KEY = /(password|passphrase|passwd|secret|token|credentials?|api_?key|private_?key|community)$/i
const INDIRECT = /(File|Env)$/

function unknownKey(keys: string[]): { message: string; suggestion?: string } {
  const paths = settings().map(({ path }) => path)
  const parent = keys.slice(0, -1).join('.')
  const siblings = parent ? paths.filter((path) => path.startsWith(`${parent}.`)) : paths
  if (SECRET_KEY.test(keys.at(-1) ?? '')) {
    const instead = siblings.filter((path) => INDIRECT.test(path))
    const advice = instead.length > 0 ? `use ${instead.join(' or ')}` : 'name a file (mode 0600) or an environment variable that holds it'
    return { message: 'would be a secret in a file that others read', suggestion: advice }
  }
  const like = nearestSetting(keys, paths)
  return { message: 'is not a setting', ...(like && { suggestion: `did you mean ${like}?` }) }
}

/** The nearest key at this place; at the top also a setting of any section that has this very name. */
function nearestSetting(keys: string[], paths: string[]): string | undefined {
  const last = keys.at(-1) ?? ''
  const parent = keys.slice(0, -1)
  const here = [...new Set(paths.map((path) => path.split('.')).filter((path) => parent.every((key, i) => path[i] === key)))]
  const like = nearest(last, new Set(here.map((path) => path[parent.length] ?? '')))
  if (like) return [...parent, like].join('.')
  return parent.length === 0 ? paths.find((path) => path.endsWith(`.${last}`)) : undefined
}
