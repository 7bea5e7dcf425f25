import type { FileResult } from '../../alerts/testing/run-files.ts'
import { paint } from '../color.ts'

/** Every test with its mark, what differs below it, and the count. */
export function formatTests(files: readonly FileResult[], quiet: boolean): string {
  const lines: string[] = []
  for (const { file, insight, tests } of files) {
    const failed = tests.filter(({ passed }) => !passed)
    if (quiet && failed.length === 0) continue
    lines.push(`${paint.strong(insight)} ${paint.dim(file)}`)
    for (const { name, passed, differences } of quiet ? failed : tests) {
      lines.push(`  ${passed ? paint.good('ok  ') : paint.error('FAIL')} ${name}`)
      lines.push(...differences.flatMap((text) => text.split('\n')).map((line) => `         ${line}`))
    }
  }
  const { passed, failed } = countTests(files)
  lines.push(`${passed} passed, ${failed} failed`)
  return `${lines.join('\n')}\n`
}

export function countTests(files: readonly FileResult[]): { passed: number; failed: number } {
  const tests = files.flatMap((file) => file.tests)
  const passed = tests.filter((test) => test.passed).length
  return { passed, failed: tests.length - passed }
}
