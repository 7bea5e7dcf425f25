import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { packageFile } from '../base/package-file.ts'
import { parseInsight } from './header.ts'
import type { Insight } from './insight.ts'

/** Where the built-in insights lie, and beside them their tests. */
const FOLDER = join('src', 'insights', 'sql')
const TESTS = join('src', 'insights', 'tests')

/** The built-in insights, by name. */
export async function builtInInsights(): Promise<Insight[]> {
  const files = (await readdir(packageFile(FOLDER))).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(files.map((file) => readInsight(join(packageFile(FOLDER), file))))
}

/** The tests of the built-in insights, files in order of their names. */
export async function builtInTests(): Promise<string[]> {
  const files = (await readdir(packageFile(TESTS))).filter((file) => file.endsWith('.yaml')).sort()
  return files.map((file) => join(packageFile(TESTS), file))
}

/** An insight from a file. @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED, SHITOPS_E_INSIGHT */
export async function readInsight(file: string): Promise<Insight> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new ShitopsError(
      isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `the insight ${file} cannot be read: ${messageOf(error)}`,
      {
        suggestions: ['shitops insight list', 'docs/insights.md says how an insight is written'],
        cause: error,
      },
    )
  }
  return parseInsight(text, basename(file, '.sql'))
}

/**
 * Those that are asked for, in that order and once each: built-in ones by name, others by the path of their file; all built-in ones where
 * none is named. @throws SHITOPS_E_INSIGHT_UNKNOWN
 */
export async function selectInsights(names: readonly string[] = []): Promise<Insight[]> {
  const all = await builtInInsights()
  if (names.length === 0) return all
  return Promise.all([...new Set(names)].map(async (name) => (name.endsWith('.sql') ? await readInsight(name) : known(all, name))))
}

function known(all: readonly Insight[], name: string): Insight {
  const found = all.find((insight) => insight.name === name)
  if (found) return found
  const names = all.map((insight) => insight.name)
  const part = name.replaceAll('-', '_')
  const like = nearest(name, names) ?? (part.length > 2 ? names.find((each) => each.includes(part)) : undefined)
  throw new ShitopsError('SHITOPS_E_INSIGHT_UNKNOWN', `there is no insight "${name}"`, {
    suggestions: [...(like ? [`did you mean ${like}?`] : []), 'shitops insight list'],
  })
}
