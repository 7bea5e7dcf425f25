import { LineCounter, parseDocument } from '../base/yaml.ts'
import { offsetOf } from '../base/yaml-place.ts'
import type { Origin } from './origin.ts'
import type { ConfigProblem } from './problem.ts'

/** YAML as a value that knows where everything in it stands. */
export interface YamlText {
  /** `{}` where the text says nothing. */
  value: unknown
  /** Where a value stands, or its key with `keyed`; the nearest thing around it that has a place. */
  place(keys: readonly PropertyKey[], keyed?: boolean): Origin
}

/** Read a text. What is wrong with it is told without quoting it: it may hold a secret. */
export function readYaml(text: string, file: string): YamlText | { problems: ConfigProblem[] } {
  const lines = new LineCounter()
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line, column: col }
  }
  const notYaml = (why: string, offset: number): ConfigProblem => ({ path: '', message: `is not YAML: ${why}`, origin: at(offset) })
  if (document.errors.length > 0) return { problems: document.errors.map((error) => notYaml(whyNot(error), error.pos[0])) }
  try {
    const value: unknown = document.toJS() ?? {}
    return { value, place: (keys, keyed = false) => at(offsetOf(document, keys, keyed)) }
  } catch {
    return { problems: [notYaml('an alias (*name) stands for nothing, or for far too much', 0)] }
  }
}

/** Messages of these have fixed words; others quote the text, which may be a secret that was not put into quotes. */
const PLAIN_SPOKEN: readonly string[] = [
  'MISSING_CHAR',
  'DUPLICATE_KEY',
  'BAD_INDENT',
  'TAB_AS_INDENT',
  'MULTIPLE_DOCS',
  'MULTILINE_IMPLICIT_KEY',
]

function whyNot({ code, message }: { code: string; message: string }): string {
  return PLAIN_SPOKEN.includes(code) ? message : code.toLowerCase().replaceAll('_', ' ')
}
