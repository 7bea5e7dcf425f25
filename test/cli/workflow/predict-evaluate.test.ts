import { expect } from 'chai'
import fc from 'fast-check'
import { evaluate, maeText, reportText, trained } from '../../../src/cli/workflow/predict-evaluate.ts'
import { Calibration } from '../../../src/mining/predict/calibration.ts'
import { holdOut, type LogCase, logCases } from '../../../src/mining/predict/log-cases.ts'
import { claims, streamed } from '../../mining/predict/claims.ts'

const OPTIONS = { forest: { trees: 8 } }

describe('cli/workflow predict: evaluation', () => {
  let train: LogCase[]
  let test: LogCase[]

  before(async () => {
    ;({ train, test } = holdOut(await logCases(streamed(claims(250))), 0.2))
  })

  it('holds out the later cases of three steps and more', () => {
    expect([train.length, test.length]).to.deep.equal([200, 50])
    const begins = [...train, ...test].map(({ steps }) => steps[0]?.time as number)
    expect(begins).to.deep.equal([...begins].sort((a, b) => a - b))
    const short = { ...(train[0] as LogCase), steps: train[0]?.steps.slice(0, 2) ?? [] }
    expect(holdOut([short, ...train], 0.2).train[0]).to.equal(train[0])
  })

  it('gives a line for each prefix but the whole case, with what came', () => {
    const lines = [...evaluate(trained(train, OPTIONS), test, { least: 2, explain: false }, new Calibration())]
    expect(lines).to.have.length(test.reduce((sum, { steps }) => sum + steps.length - 2, 0))
    expect(Object.keys(lines[0] ?? {})).to.deep.equal(['case', 'prefix', 'remaining_s', 'p50_s', 'p90_s', 'truth_s'])
    for (const { case: id, prefix, remaining_s, p50_s, p90_s, truth_s } of lines) {
      const { steps } = test.find((each) => each.id === id) as LogCase
      expect(truth_s).to.equal(((steps.at(-1)?.time as number) - (steps[prefix - 1]?.time as number)) / 1_000)
      expect(remaining_s).to.equal(p50_s)
      expect(p90_s).to.be.at.least(p50_s)
    }
  })

  it('looks at no step after the prefix: what comes later, or that nothing does, changes nothing but the truth', () => {
    const predictor = trained(train, OPTIONS)
    const told = (some: LogCase) => [...evaluate(predictor, [some], { least: 1, explain: true }, new Calibration())]
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: test.length - 1 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 1e9 }),
        (i, prefix, delay) => {
          const found = test[i] as LogCase
          if (prefix >= found.steps.length) return
          const other = {
            activity: 'something else',
            time: (found.steps[prefix - 1]?.time as number) + delay,
            person: 'x',
            team: 'y',
            amount: 1e6,
          }
          const changed = { ...found, steps: [...found.steps.slice(0, prefix), other] }
          const { truth_s: _, ...said } = told(found)[prefix - 1] as { truth_s: number }
          const { truth_s: __, ...again } = told(changed)[prefix - 1] as { truth_s: number }
          expect(again).to.deep.equal(said)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('sums up: error, coverage, deadlines that had not passed when they were asked about', () => {
    const calibration = new Calibration()
    const lines = [...evaluate(trained(train, OPTIONS), test, { least: 2, deadlineMs: 6 * 86_400_000, explain: false }, calibration)]
    const report = calibration.report()
    const mae = lines.reduce((sum, { p50_s, truth_s }) => sum + Math.abs(p50_s - truth_s), 0) / lines.length / 86_400
    expect(report.mae_days).to.be.closeTo(mae, 1e-5)
    expect(report.within).to.be.within(0.6, 1)
    expect(report.breach?.brier).to.be.below(report.breach?.brier_of_share as number)
    expect(reportText(report))
      .to.match(/p10 to p90 holds \d/)
      .and.to.match(/deadlines: \d+ of \d+/)
    expect(maeText(report, test.length)).to.equal(`MAE ${mae.toFixed(4)} days (p50 of ${lines.length} prefixes of 50 cases)`)
  })
})
