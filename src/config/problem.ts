import { ShitopsError } from '../base/errors.ts'
import { type Origin, originText } from './origin.ts'

/** One thing wrong with the configuration. Never holds a value: it might be a secret in the wrong place. */
export interface ConfigProblem {
  /** The setting, `bus.url`; empty for a file as a whole. */
  path: string
  message: string
  origin: Origin
  /** What to write instead. */
  suggestion?: string
}

/** `shitops.yaml:3:5: bus.ulr is not a setting; did you mean bus.url?` */
export function problemText({ path, message, origin, suggestion }: ConfigProblem): string {
  const text = [path, message].filter(Boolean).join(' ')
  return `${originText(origin)}: ${text}${suggestion ? `; ${suggestion}` : ''}`
}

/** SHITOPS_E_CONFIG with every problem, for those who show them one by one. */
export class ConfigError extends ShitopsError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(problemText)
    const message = lines.length === 1 ? String(lines[0]) : `${lines.length} problems in the configuration:\n  ${lines.join('\n  ')}`
    super('SHITOPS_E_CONFIG', message, { suggestions: ['shitops config validate', 'docs/config.md lists every setting'] })
    this.problems = problems
  }
}
