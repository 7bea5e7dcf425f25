/**
 * What kept a value or a path from being written as it is: it was written all the same, as text, and the caller counts it and keeps the raw
 * message. Or from giving a sample, though there is a rule for it.
 */
export interface ValueProblem {
  code: 'not_utf8' | 'not_json' | 'no_sample'
  /** The leaf, prefix and all. */
  path: string
}

export type ProblemCode = ValueProblem['code']

const MESSAGES: Record<ProblemCode, string> = {
  not_utf8: 'text that is not UTF-8; U+FFFD stands for what could not be read',
  not_json: 'a JSON value that is not JSON; kept as text',
  no_sample: 'a value of which its mapping can make nothing; it gives no sample',
}

/** One sentence for people. */
export const problemText = ({ code, path }: ValueProblem) => `${path}: ${MESSAGES[code]}`
