import { nearest } from '../base/nearest.ts'
import { messageOf } from './check.ts'
import { configVariables } from './environment-names.ts'
import type { Entry } from './origin.ts'
import type { ConfigProblem } from './problem.ts'
import type { Environment } from './section.ts'
import { settings } from './settings.ts'

/** What the environment sets, and what is wrong with it. */
export function readEnvironment(env: Environment, rank: number): { entries: Entry[]; problems: ConfigProblem[] } {
  const known = new Map(settings().flatMap((setting) => (setting.env === undefined ? [] : [[setting.env, setting] as const])))
  const entries: Entry[] = []
  const problems: ConfigProblem[] = []
  for (const name of configVariables(env)) {
    const origin = { kind: 'env', name } as const
    const setting = known.get(name)
    if (!setting) {
      const like = nearest(name, known.keys())
      problems.push({ path: '', message: 'is not a setting', origin, ...(like && { suggestion: `did you mean ${like}?` }) })
      continue
    }
    const value = candidates(env[name] ?? '').find((candidate) => setting.schema.safeParse(candidate).success)
    if (value !== undefined) entries.push({ path: setting.path, value, origin, rank })
    else problems.push({ path: setting.path, message: whyNot(setting.schema, env[name] ?? ''), origin })
  }
  return { entries, problems }
}

/** Text first, so that a text setting may be `true` or `1`; then what the text stands for. */
function candidates(text: string): unknown[] {
  if (text === 'true' || text === 'false') return [text, text === 'true']
  return /^-?\d+(\.\d+)?$/.test(text) ? [text, Number(text)] : [text]
}

function whyNot(schema: ReturnType<typeof settings>[number]['schema'], text: string): string {
  const issue = schema.safeParse(candidates(text).at(-1)).error?.issues[0]
  return issue ? messageOf(issue) : 'is not valid'
}
