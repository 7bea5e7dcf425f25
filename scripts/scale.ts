/** Writes the table of docs/scale.md from scripts/scale/model.ts; `--check` only says whether it is as it should be. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Plan, planFor } from './scale/model.ts'

const FILE = new URL('../docs/scale.md', import.meta.url)
const BEGIN = '<!-- table: node --import tsx scripts/scale.ts -->\n'
const END = '<!-- end of table -->\n'

const whole = (value: number) => Math.round(value).toLocaleString('en-US')
const tenth = (value: number) => (value < 10 ? value.toFixed(1) : whole(value))

const ROWS: ReadonlyArray<readonly [name: string, of: (plan: Plan) => string]> = [
  ['records a second, mean', ({ eventsPerSecond }) => whole(eventsPerSecond)],
  ['records a second, busiest minute', ({ peakPerSecond }) => whole(peakPerSecond)],
  ['partitions of the busiest topic', ({ partitions }) => whole(partitions)],
  ['brokers', ({ brokers }) => whole(brokers)],
  ['cores that brokers use at the peak', ({ brokerCores }) => tenth(brokerCores)],
  ['cores that collectors use at the peak, all sites', ({ collectorCores }) => tenth(collectorCores)],
  ['disk, three copies, half full, GB', ({ disk }) => whole(disk / 1e9)],
  ['network into the brokers at the peak, Mbit/s', ({ networkIn }) => tenth(networkIn / 1e6)],
  ['network out of them, Mbit/s', ({ networkOut }) => tenth(networkOut / 1e6)],
  ['spool of a site for 6 hours, GB', ({ spool }) => (spool / 1e9).toFixed(1)],
  ['cost a month (25 a core, 0.10 a GB)', ({ costPerMonth }) => whole(costPerMonth)],
]

/** The page with its table made anew. */
export function withTable(page: string): string {
  const plans = [1, 10, 100, 1_000].map((sites) => planFor(sites))
  const lines = [
    `| | ${plans.map(({ sites }) => `${whole(sites)} ${sites === 1 ? 'site' : 'sites'}`).join(' | ')} |`,
    `|---|${plans.map(() => '--:').join('|')}|`,
    ...ROWS.map(([name, of]) => `| ${name} | ${plans.map(of).join(' | ')} |`),
  ]
  const [before = '', rest = ''] = page.split(BEGIN)
  return `${before}${BEGIN}${lines.join('\n')}\n${END}${rest.split(END)[1] ?? ''}`
}

if (process.argv[1]?.endsWith('scale.ts')) {
  const page = readFileSync(FILE, 'utf8')
  const made = withTable(page)
  if (!process.argv.includes('--check')) writeFileSync(FILE, made)
  else if (made !== page) {
    process.stderr.write('docs/scale.md is not as its model has it: node --import tsx scripts/scale.ts\n')
    process.exitCode = 1
  }
}
