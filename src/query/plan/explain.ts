import { detailsOf } from './explain-steps.ts'
import { plainType } from './expr-text.ts'
import { inputsOf } from './inputs.ts'
import type { Plan } from './nodes.ts'

/**
 * A plan as a tree of text, the last step first: what each step does, what it remembers and until when, the columns that it gives, and whether
 * it takes rows back. Columns are under their names; two of one name have their numbers behind (`k#2`).
 *
 * @param sink where the rows go, in words: the first line
 */
export function explainPlan(plan: Plan, sink?: string): string {
  const lines = treeOf(plan)
  return `${(sink === undefined ? lines : [sink, ...indented(lines, true)]).join('\n')}\n`
}

function treeOf(plan: Plan): string[] {
  const { title, details } = detailsOf(plan)
  const inputs = inputsOf(plan)
  const margin = inputs.length > 0 ? '│ ' : '  '
  const own = [...details, ...common(plan)].map(([name, text]) => `${margin}${name.padEnd(9)} ${text}`)
  return [title, ...own, ...inputs.flatMap((input, i) => indented(treeOf(input), i === inputs.length - 1))]
}

function indented(lines: readonly string[], last: boolean): string[] {
  return lines.map((line, i) => `${i === 0 ? (last ? '└─ ' : '├─ ') : last ? '   ' : '│  '}${line}`)
}

/** What is said of every step. */
function common(plan: Plan): Array<readonly [string, string]> {
  const gives = plan.columns.map(
    ({ name, type, time }) => `${name} ${plainType(type)}${type.nullable ? '' : ' NOT NULL'}${TIMES[time ?? ''] ?? ''}`,
  )
  return [
    ['gives', gives.join(', ') || 'no columns'],
    ['rows', plan.changing ? 'new, and changes of those before' : 'new ones only'],
  ]
}

const TIMES: Readonly<Record<string, string>> = { row: ' (row time)', proc: ' (processing time)' }
