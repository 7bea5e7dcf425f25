import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { selectInsights } from '../../insights/library.ts'
import { planInsight } from '../../insights/plan.ts'
import { runTest, type TestResult } from './run-test.ts'
import { parseTestFile } from './test-file.ts'

export interface FileResult {
  file: string
  insight: string
  tests: TestResult[]
}

/**
 * Runs the tests of a file. Its `insight` is a built-in one by name, or the path of a .sql file as seen from the test.
 * @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED, SHITOPS_E_INSIGHT, SHITOPS_E_INSIGHT_UNKNOWN and those of a query that cannot be planned
 */
export async function runTestFile(path: string): Promise<FileResult> {
  const { insight: name, tests } = await parseTestFile(await textOf(path), path)
  const [insight] = await selectInsights([name.endsWith('.sql') ? resolve(dirname(path), name) : name])
  if (!insight) throw new ShitopsError('SHITOPS_E_INSIGHT_UNKNOWN', `there is no insight "${name}"`)
  const planned = await planInsight(insight)
  const results: TestResult[] = []
  for (const test of tests) results.push(await runTest(planned, test))
  return { file: path, insight: insight.name, tests: results }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
    throw new ShitopsError(code, `the test ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
