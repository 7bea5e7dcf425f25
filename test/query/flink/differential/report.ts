import type { Comparison, Difference, Outcome } from './compare.ts'
import type { Left } from './subjects.ts'

type Counts = Record<Outcome, number>

/** Runs by construct, as JSON. A query has several, so the rows of the table add up to more than its total. */
export function countsJson(comparisons: readonly Comparison[], seconds: number): string {
  const byConstruct = new Map<string, { queries: number; counts: Counts }>()
  for (const { subject, outcomes } of comparisons) {
    for (const name of subject.constructs) {
      const entry = byConstruct.get(name) ?? { queries: 0, counts: none() }
      entry.queries++
      for (const outcome of outcomes) entry.counts[outcome]++
      byConstruct.set(name, entry)
    }
  }
  const total = none()
  for (const { outcomes } of comparisons) for (const outcome of outcomes) total[outcome]++
  const sorted = [...byConstruct].sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify({
    queries: comparisons.length,
    runs: comparisons.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
    rows: comparisons.reduce((sum, { rows }) => sum + rows, 0),
    ...shown(total),
    undeterminedQueries: comparisons.filter(({ outcomes }) => outcomes.includes('undetermined')).map(({ subject }) => subject.id),
    seconds: Math.round(seconds),
    constructs: Object.fromEntries(sorted.map(([name, { queries, counts }]) => [name, { queries, ...shown(counts) }])),
  })
}

/** The same as a table for people: cases that were compared, runs in which both engines said the same, and cases that are exceptions. */
export function countsTable(comparisons: readonly Comparison[], left: readonly Left[]): string {
  const names = new Set([
    ...comparisons.flatMap(({ subject }) => [...subject.constructs]),
    ...left.flatMap(({ constructs }) => [...constructs]),
  ])
  const rows = [...names].sort().map((name) => {
    const own = comparisons.filter(({ subject }) => subject.constructs.has(name))
    return [name, ...countsOf(own), String(left.filter(({ constructs }) => constructs.has(name)).length)]
  })
  const exceptions = left.filter(({ constructs, reason }) => constructs.size > 0 || reason.startsWith('exception')).length
  const lines = [HEADER, ...rows, ['all', ...countsOf(comparisons), String(exceptions)]]
  const widths = HEADER.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '))
    .join('\n')
}

const HEADER = ['construct', 'cases', 'runs', 'equal', 'both failed', 'undetermined', 'different', 'exceptions']

function countsOf(comparisons: readonly Comparison[]): string[] {
  const counts = none()
  for (const { outcomes } of comparisons) for (const outcome of outcomes) counts[outcome]++
  const runs = comparisons.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  return [comparisons.length, runs, counts.equal, counts['both failed'], counts.undetermined, counts.different].map(String)
}

const none = (): Counts => ({ equal: 0, 'both failed': 0, undetermined: 0, different: 0 })

const shown = (counts: Counts) => ({
  equal: counts.equal,
  bothFailed: counts['both failed'],
  undetermined: counts.undetermined,
  different: counts.different,
})

/** A difference as a case of a query file (README.md), and both answers. */
export function differenceText({ subject, seed, inputs, flink, ours }: Difference): string {
  const input = Object.entries(inputs).map(([name, lines]) =>
    lines === '' ? `      ${name}: ""\n` : `      ${name}: |\n${indented(lines, 8)}`,
  )
  const said = (answer: { rows?: readonly string[]; failed?: string }) =>
    answer.rows ? indented(answer.rows.join('\n') || '(no rows)', 6) : `      failed: ${answer.failed}\n`
  return [
    `DIFFERENT ${subject.id}, seed ${seed}, compared as ${subject.order}`,
    `  - name: ${subject.id.replace('/', '-')}-${seed}`,
    `    inputs:\n${input.join('')}    script: |\n${indented(subject.script, 6)}    Flink`,
    `${said(flink)}    this engine\n${said(ours)}`,
  ].join('\n')
}

function indented(text: string, spaces: number): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${' '.repeat(spaces)}${line}\n`)
    .join('')
}
