import { readFile } from 'node:fs/promises'
import { messageOf } from '../base/errors.ts'
import { LineCounter, parseDocument } from '../base/yaml.ts'
import { offsetOf } from '../base/yaml-place.ts'
import { problemsOf } from './check.ts'
import type { Entry, Origin } from './origin.ts'
import type { ConfigProblem } from './problem.ts'

/** What a file says, and what is wrong with it; entries only where nothing is. */
export interface FileContent {
  entries: Entry[]
  problems: ConfigProblem[]
}

/**
 * Read one configuration file. Everything wrong with it is reported at once, each with its place.
 * @param rank precedence of its entries
 */
export async function readConfigFile(file: string, rank: number): Promise<FileContent> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { entries: [], problems: [{ path: '', message: `cannot be read: ${messageOf(error)}`, origin: at(file, 1, 1) }] }
  }
  return parseConfig(text, file, rank)
}

/** As {@link readConfigFile}, of text that is there already. */
export function parseConfig(text: string, file: string, rank: number): FileContent {
  const lines = new LineCounter()
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset)
    return at(file, line, col)
  }
  const notYaml = (why: string, offset: number): ConfigProblem => ({ path: '', message: `is not YAML: ${why}`, origin: place(offset) })
  if (document.errors.length > 0) return { entries: [], problems: document.errors.map((error) => notYaml(whyNot(error), error.pos[0])) }
  let value: unknown
  try {
    value = document.toJS() ?? {}
  } catch {
    return { entries: [], problems: [notYaml('an alias (*name) stands for nothing, or for far too much', 0)] }
  }
  const problems = problemsOf(value).map(({ keyed, keys, ...problem }) => ({ ...problem, origin: place(offsetOf(document, keys, keyed)) }))
  if (problems.length > 0) return { entries: [], problems }
  const entries = leaves(value as object).map(([path, leaf]) => ({
    path: path.join('.'),
    value: leaf,
    origin: place(offsetOf(document, path, false)),
    rank,
  }))
  return { entries, problems }
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

const at = (file: string, line: number, column: number): Origin => ({ kind: 'file', file, line, column })

/** Paths and values of everything that is not itself a mapping; a key with nothing behind it says nothing. */
function leaves(value: object, path: string[] = []): Array<[string[], unknown]> {
  return Object.entries(value).flatMap(([key, inner]): Array<[string[], unknown]> => {
    const here = [...path, key]
    if (inner === null) return []
    return typeof inner === 'object' && !Array.isArray(inner) ? leaves(inner, here) : [[here, inner]]
  })
}
