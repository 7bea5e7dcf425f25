import { basename } from 'node:path'
import { expect } from 'chai'
import { runTestFile } from '../../src/alerts/testing/run-files.ts'
import { builtInInsights, builtInTests, selectInsights } from '../../src/insights/library.ts'
import type { PlannedInsight } from '../../src/insights/plan.ts'
import { SCENARIOS } from '../../src/office/scenarios/index.ts'
import { outcomeOf, plannedInsights } from './scenario-table.ts'

const insights = await builtInInsights()
const tests = await builtInTests()

describe('the built-in insights', () => {
  it('are twelve and more, each with tests, a scenario that fires and one that must not', () => {
    expect(insights).to.have.length.of.at.least(12)
    for (const { name } of insights) {
      expect(
        tests.map((file) => basename(file, '.yaml')),
        name,
      ).to.include(name)
      const scenarios = SCENARIOS.filter(({ insight }) => insight === name)
      expect(
        scenarios.some(({ fires }) => fires !== undefined),
        `${name} fires`,
      ).to.equal(true)
      expect(
        scenarios.some(({ fires }) => fires === undefined),
        `${name} must not fire`,
      ).to.equal(true)
    }
  })

  it('are found by name, in the order asked for and once', async () => {
    const found = await selectInsights(['device_flapping', 'call_quality_at_risk', 'device_flapping'])
    expect(found.map(({ name }) => name)).to.deep.equal(['device_flapping', 'call_quality_at_risk'])
    const error = await selectInsights(['device_flaping']).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'SHITOPS_E_INSIGHT_UNKNOWN')
    expect(error).to.have.property('suggestions').that.includes('did you mean device_flapping?')
    const part = await selectInsights(['battery-low']).catch((e: unknown) => e)
    expect(part).to.have.property('suggestions').that.includes('did you mean headset_battery_low_in_call?')
  })

  it('say when, what and what to do', () => {
    for (const { title, about, alert } of insights) {
      expect(about.length, title).to.be.above(80)
      expect(alert.summary, title).to.match(/\{\w+/)
    }
  })

  for (const file of tests) {
    it(`${basename(file, '.yaml')}: its tests pass`, async () => {
      const { tests: results } = await runTestFile(file)
      expect(results.filter(({ passed }) => !passed)).to.deep.equal([])
      expect(results.length).to.be.at.least(2)
    })
  }
})

describe('all insights over the scenarios of the office', function () {
  this.timeout(120_000)
  let planned: PlannedInsight[]
  before(async () => {
    planned = await plannedInsights()
  })

  for (const scenario of SCENARIOS) {
    it(`${scenario.name}: ${scenario.fires ? `${scenario.insight} fires for ${scenario.fires}, and nothing else` : 'nothing fires'}`, () => {
      const { fired, bad, late } = outcomeOf(planned, scenario, 1)
      expect(fired).to.deep.equal(scenario.fires === undefined ? [] : [`${scenario.insight} ${scenario.fires}`])
      expect(bad).to.deep.equal([])
      expect(late).to.equal(0)
    })
  }
})
