import { FAULTS } from './faults.ts'
import type { Row } from './round.ts'

/** True where a row shows what must not be. */
export function isBad({ lost, doubled, torn, disordered, miscounted, stuck }: Row): boolean {
  return lost + doubled + torn + disordered + miscounted > 0 || stuck !== null
}

const HEAD = [
  'fault',
  'security',
  'brokers',
  'duration',
  'produced',
  'acknowledged',
  'unknown',
  'read',
  'lost',
  'doubled',
  'out of order',
  'torn',
  'counted by the job',
  'miscounted',
]
const GAPS = ['longest gap writing', 'collecting', 'reading', 'results']

/** The rows as Markdown, as docs/chaos.md has them. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    ...[
      FAULTS.find(({ name }) => name === row.fault)?.what ?? row.fault,
      row.security,
      row.brokers.join(' ') || '–',
      seconds(row.duration),
    ],
    ...[
      row.produced,
      row.acknowledged,
      row.unknown,
      row.read,
      row.lost,
      row.doubled,
      row.disordered,
      row.torn,
      row.inputs,
      row.miscounted,
    ].map(whole),
    ...[row.writeGap, row.collectGap, row.readGap, row.resultGap].map(({ ms }) => seconds(ms)),
  ])
  const all = [[...HEAD, ...GAPS], [...HEAD, ...GAPS].map((_, i) => (i < 3 ? '---' : '--:')), ...lines]
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const whole = (count: number) => count.toLocaleString('en-GB')
