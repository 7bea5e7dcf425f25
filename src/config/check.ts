import type { z } from 'zod'
import { nearest } from '../base/nearest.ts'
import { settingPath } from './setting-path.ts'
import { allPaths, fileSchema } from './settings.ts'

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

/** What may stand in a file: its schema, and the paths of all settings, `gnmi.targets[].address`. */
export interface FileForm {
  schema: z.ZodType
  paths: readonly string[]
}

let ofConfig: FileForm | undefined

/** What may stand in shitops.yaml; made once. */
function configForm(): FileForm {
  ofConfig ??= { schema: fileSchema(), paths: allPaths() }
  return ofConfig
}

/** Everything wrong with the content of a file. @param form of shitops.yaml when absent */
export function problemsOf(value: unknown, form: FileForm = configForm()): Finding[] {
  const result = form.schema.safeParse(value)
  return result.success ? [] : result.error.issues.flatMap((issue) => findings(issue, value, form.paths))
}

function findings(issue: z.core.$ZodIssue, value: unknown, paths: readonly string[]): Finding[] {
  if (issue.code !== 'unrecognized_keys') {
    const message = isThere(value, issue.path) ? messageOf(issue) : 'is missing'
    return [{ path: settingPath(issue.path), message, keys: issue.path, keyed: false }]
  }
  return issue.keys.map((key) => {
    const keys = [...issue.path, key]
    return { path: settingPath(keys), keys, keyed: true, ...unknownKey(keys, paths) }
  })
}

/** False where a key must be, and is not, or has nothing behind it. */
function isThere(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
  return found !== undefined && found !== null
}

/** What zod says, as the rest of a sentence about the setting. It names types and choices, never the value. */
export function messageOf(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid (input|option): /, '')
  return message.startsWith('expected ') ? `must be ${message.slice('expected '.length).replace(/, received (\w+)$/, ', not $1')}` : message
}

/** A key that says what stands there is itself a secret. */
const SECRET_KEY = /(password|passphrase|passwd|secret|token|credentials?|api_?key|private_?key|community)$/i
const INDIRECT = /(password|token)(File|Env)$/i

function unknownKey(keys: readonly PropertyKey[], paths: readonly string[]): { message: string; suggestion?: string } {
  const known = paths.map(segments)
  const parent = keys.slice(0, -1)
  const last = String(keys.at(-1))
  const inside = known.filter((path) => isUnder(path, parent))
  if (SECRET_KEY.test(last)) {
    const instead = inside.filter((path) => INDIRECT.test(path.at(-1) ?? '') && !path.slice(parent.length).includes('[]'))
    const own = instead.filter((path) => path.at(-1)?.toLowerCase().startsWith(last.toLowerCase()))
    const names = (own.length > 0 ? own : parent.length > 0 ? instead : []).map((path) =>
      settingPath([...parent, ...path.slice(parent.length)]),
    )
    const advice = names.length > 0 ? `use ${names.join(' or ')}` : 'name a file (mode 0600) or an environment variable that holds it'
    return { message: 'would be a secret in a file that others read', suggestion: advice }
  }
  const like = nearestSetting(last, parent, inside, known)
  return { message: 'is not a setting', ...(like && { suggestion: `did you mean ${like}?` }) }
}

/** `gnmi.targets[].name` as keys, where `[]` is any index. */
const segments = (path: string): string[] => path.replaceAll('[]', '.[]').split('.')

function isUnder(path: readonly string[], keys: readonly PropertyKey[]): boolean {
  return keys.every((key, i) => path[i] === (typeof key === 'number' ? '[]' : key))
}

/** The nearest key at this place; at the top also a setting of any section that has this very name. */
function nearestSetting(
  last: string,
  parent: readonly PropertyKey[],
  inside: ReadonlyArray<readonly string[]>,
  known: ReadonlyArray<readonly string[]>,
): string | undefined {
  const like = nearest(last, new Set(inside.map((path) => path[parent.length] ?? '').filter((key) => key !== '' && key !== '[]')))
  if (like) return settingPath([...parent, like])
  return parent.length === 0 ? known.find((path) => path.length === 2 && path[1] === last)?.join('.') : undefined
}
