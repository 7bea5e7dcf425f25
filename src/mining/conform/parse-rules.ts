import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { RuleSet } from './rule-schema.ts'

/**
 * Rules from a file's text, YAML or JSON.
 * @param file its name, for messages
 * @throws SHITOPS_E_RULES with file and line
 */
export async function parseRules(text: string, file: string): Promise<RuleSet> {
  const { LineCounter, parseDocument } = await import('../../base/yaml.ts')
  const { offsetOf } = await import('../../base/yaml-place.ts')
  const { rulesSchema } = await import('./rule-schema.ts')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => lines.linePos(offset).line
  const [broken] = document.errors
  if (broken) throw invalid(file, at(broken.pos[0]), messageOf(broken).split('\n')[0] as string)
  const result = rulesSchema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (!result.success) {
    const [issue] = result.error.issues
    const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const path = [...(issue?.path ?? []), ...keys]
    const named = path.length > 0 ? `${path.join('.')}: ` : ''
    throw invalid(file, at(offsetOf(document, path, keys.length > 0)), `${named}${plain(issue?.message ?? 'not valid')}`)
  }
  const names = new Set<string>()
  for (const [i, rule] of result.data.rules.entries()) {
    const line = at(offsetOf(document, ['rules', i], false))
    if (names.has(rule.name)) throw invalid(file, line, `there are two rules of the name ${rule.name}`)
    names.add(rule.name)
    if (rule.rule === 'deadline' && rule.within === undefined && rule.from)
      throw invalid(file, line, `rule ${rule.name}: "from" needs "within"; without both the due times of the events count`)
  }
  return result.data
}

/** zod's own words for a kind of rule that there is none of. */
const plain = (message: string) =>
  message.replace(/^Invalid discriminator value\. Expected (.*)$/, (_, kinds: string) => `it is one of ${kinds.replaceAll(' | ', ', ')}`)

const invalid = (file: string, line: number, problem: string) =>
  new ShitopsError('SHITOPS_E_RULES', `${file}, line ${line}: ${problem}`, {
    suggestions: ['docs/workflow-conform.md has every kind of rule with an example'],
  })
