/**
 * All insights over all scenarios of the office: what fired. `npm run test:insights -- --seeds 5` prints the table, and exits 1 when an insight
 * did not fire where it must, or one fired that must not.
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { play } from '../../src/alerts/testing/stream.ts'
import { builtInInsights } from '../../src/insights/library.ts'
import { type PlannedInsight, planInsight } from '../../src/insights/plan.ts'
import { OPENED_AT, SCENARIOS, type Scenario } from '../../src/office/scenarios/index.ts'

export interface Outcome {
  scenario: Scenario
  /** `insight subject`, once each, in order. */
  fired: string[]
  /** Minutes after the opening, of the first alert. */
  firstAt: number | undefined
  bad: string[]
  late: number
  good: boolean
}

export const plannedInsights = async (): Promise<PlannedInsight[]> =>
  Promise.all((await builtInInsights()).map((insight) => planInsight(insight)))

export function outcomeOf(planned: readonly PlannedInsight[], scenario: Scenario, seed: number): Outcome {
  const { transitions, bad, late } = play(planned, scenario.records(seed), OPENED_AT + scenario.minutes * 60_000)
  const firing = transitions.filter(({ to }) => to === 'firing')
  const fired = [...new Set(firing.map(({ alert }) => `${alert.insight} ${alert.subject}`))]
  const wanted = scenario.fires === undefined ? [] : [`${scenario.insight} ${scenario.fires}`]
  const good = bad.length === 0 && fired.length === wanted.length && fired.every((each, i) => each === wanted[i])
  return { scenario, fired, firstAt: firing[0] && (firing[0].time - OPENED_AT) / 60_000, bad, late, good }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '3' } } })
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
  const planned = await plannedInsights()
  let failed = 0
  console.log('| insight | scenario | must | seeds as it must | first alert, min |\n|---|---|---|---|---|')
  for (const scenario of SCENARIOS) {
    const outcomes = seeds.map((seed) => outcomeOf(planned, scenario, seed))
    const good = outcomes.filter((outcome) => outcome.good).length
    failed += seeds.length - good
    const times = outcomes.flatMap(({ firstAt }) => (firstAt === undefined ? [] : [Number(firstAt.toFixed(1))]))
    const first =
      times.length === 0 ? '' : Math.min(...times) === Math.max(...times) ? `${times[0]}` : `${Math.min(...times)} to ${Math.max(...times)}`
    console.log(
      `| ${scenario.insight} | ${scenario.about} | ${scenario.fires ? `fire: ${scenario.fires}` : 'not fire'} | ${good}/${seeds.length} | ${first} |`,
    )
    for (const { good: fine, fired, bad, late } of outcomes)
      if (!fine) console.error(`  fired: ${fired.join('; ') || 'nothing'}; bad ${bad.length} ${bad[0] ?? ''}; late ${late}`)
  }
  console.log(`\n${SCENARIOS.length * seeds.length} runs, ${failed} not as they must`)
  process.exitCode = failed > 0 ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
