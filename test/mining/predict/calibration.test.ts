import { expect } from 'chai'
import { Calibration } from '../../../src/mining/predict/calibration.ts'

const judged = (truth: number, breach?: { said: number; came: boolean }) => {
  return { p10: 100, p50: 200, p90: 400, truth, nextRight: truth < 300, breach }
}

describe('mining/predict calibration', () => {
  it('counts by hand: error, coverage, next activity', () => {
    const calibration = new Calibration()
    for (const truth of [50, 200, 300, 500]) calibration.add(judged(truth))
    const report = calibration.report()
    expect(report).to.include({ prefixes: 4, below_p10: 0.25, within: 0.5, above_p90: 0.25, next_activity_accuracy: 0.5, breach: null })
    expect(report.mae_days).to.be.closeTo((150 + 0 + 100 + 300) / 4 / 86_400, 1e-12)
  })

  it('tells Brier and reliability by tenths, beside always saying the share', () => {
    const calibration = new Calibration()
    for (const came of [true, true, true, false]) calibration.add(judged(1, { said: 0.75, came }))
    for (const came of [false, false, false, false]) calibration.add(judged(1, { said: 0, came }))
    calibration.add(judged(1, { said: 1, came: true }))
    const { breach } = calibration.report()
    expect(breach).to.include({ predictions: 9, breached: 4 })
    expect(breach?.brier).to.be.closeTo((3 * 0.0625 + 0.5625) / 9, 1e-12)
    expect(breach?.brier_of_share).to.be.closeTo((4 / 9) * (5 / 9), 1e-12)
    expect(breach?.reliability[7]).to.deep.equal({ from: 0.7, predictions: 4, said: 0.75, came: 0.75 })
    expect(breach?.reliability[9]).to.deep.equal({ from: 0.9, predictions: 1, said: 1, came: 1 })
    expect(breach?.reliability[4]).to.deep.equal({ from: 0.4, predictions: 0, said: null, came: null })
  })

  it('has nothing to say of nothing', () => {
    expect(new Calibration().report()).to.include({ prefixes: 0, mae_days: null, within: null, breach: null })
  })
})
