import { messageOf, ShitopsError } from '../base/errors.ts'
import { compileFilter } from '../bus/filter/compile.ts'
import { type Matches, matcher } from '../bus/ops/select.ts'

export interface SelectionFlags {
  key?: string | undefined
  header?: readonly string[] | undefined
  grep?: string | undefined
  filter?: string | undefined
}

/** The test that the selection flags make; undefined when none is given. SHITOPS_E_USAGE, SHITOPS_E_FILTER. @param now ms since the epoch */
export function selectionOf({ key, header = [], grep, filter }: SelectionFlags, now: number): Matches | undefined {
  return matcher({
    key,
    headers: header.map(headerOf),
    grep: grep === undefined ? undefined : regexOf(grep),
    filter: filter === undefined ? undefined : compileFilter(filter, now),
  })
}

function headerOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)]
  throw new ShitopsError('SHITOPS_E_USAGE', `--header ${text}: a header is given as NAME=VALUE`, {
    suggestions: [`--header ${text || 'NAME'}=VALUE`, `--filter 'exists headers.${text || 'NAME'}'`],
  })
}

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--grep: ${messageOf(error)}`, {
      suggestions: [`--grep '${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}' finds that very text`],
    })
  }
}
