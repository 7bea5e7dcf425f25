import { readFile } from 'node:fs/promises'
import { messageOf } from '../base/errors.ts'
import { problemsOf } from './check.ts'
import type { Entry } from './origin.ts'
import type { ConfigProblem } from './problem.ts'
import { readYaml } from './yaml-text.ts'

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
    const origin = { kind: 'file', file, line: 1, column: 1 } as const
    return { entries: [], problems: [{ path: '', message: `cannot be read: ${messageOf(error)}`, origin }] }
  }
  return parseConfig(text, file, rank)
}

/** As {@link readConfigFile}, of text that is there already. */
export function parseConfig(text: string, file: string, rank: number): FileContent {
  const yaml = readYaml(text, file)
  if ('problems' in yaml) return { entries: [], problems: yaml.problems }
  const problems = problemsOf(yaml.value).map(({ keyed, keys, ...problem }) => ({ ...problem, origin: yaml.place(keys, keyed) }))
  if (problems.length > 0) return { entries: [], problems }
  const entries = leaves(yaml.value as object).map(([path, leaf]) => ({
    path: path.join('.'),
    value: leaf,
    origin: yaml.place(path),
    rank,
    ...(typeof leaf === 'object' && { within: (keys: readonly PropertyKey[]) => yaml.place([...path, ...keys]) }),
  }))
  return { entries, problems }
}

/** Paths and values of everything that is not itself a mapping; a key with nothing behind it says nothing. */
function leaves(value: object, path: string[] = []): Array<[string[], unknown]> {
  return Object.entries(value).flatMap(([key, inner]): Array<[string[], unknown]> => {
    const here = [...path, key]
    if (inner === null) return []
    return typeof inner === 'object' && !Array.isArray(inner) ? leaves(inner, here) : [[here, withoutNothing(inner)]]
  })
}

/** The same without keys that have nothing behind them, at every depth. */
export function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing)
  if (typeof value !== 'object' || value === null) return value
  const said = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(said.map(([key, inner]) => [key, withoutNothing(inner)]))
}
