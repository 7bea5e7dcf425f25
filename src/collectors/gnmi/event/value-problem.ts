/** What kept a value or a path from being written as it is. It was written all the same, as text; the caller counts it and keeps the raw message. */
export interface ValueProblem {
  code: 'not_utf8' | 'not_json'
  /** The leaf, prefix and all. */
  path: string
}

export type ProblemCode = ValueProblem['code']

const MESSAGES: Record<ProblemCode, string> = {
  not_utf8: 'text that is not UTF-8; U+FFFD stands for what could not be read',
  not_json: 'a JSON value that is not JSON; kept as text',
}

/** One sentence for people. */
export const problemText = ({ code, path }: ValueProblem) => `${path}: ${MESSAGES[code]}`
