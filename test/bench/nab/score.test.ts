import { expect } from 'chai'
import {
  bestThreshold,
  detectionsOf,
  normalised,
  PROFILES,
  type Profile,
  probationOf,
  rawScore,
  type Scored,
  scoreAt,
  sigmoid,
} from '../../../bench/nab/score.ts'

const [standard, lowFp, lowFn] = PROFILES as [Profile, Profile, Profile]
const σ = (x: number) => 2 / (1 + Math.exp(5 * x)) - 1

/** 100 rows (15 of probation), a window of ten rows from 50 to 59, and detections where they are wanted. */
function series(...detections: number[]): Scored {
  const scores = new Float64Array(100)
  for (const row of detections) scores[row] = 1
  return { name: 'a', group: 'g', scores, windows: [[50, 59]] }
}

describe('the NAB score', () => {
  it('leaves 15 % of the rows out, of 5,000 at most', () => {
    expect(probationOf(4032)).to.equal(604)
    expect(probationOf(22_695)).to.equal(750)
    expect(rawScore(series(3), 1, standard)).to.equal(-1)
  })

  it('has the sigmoid of the rule', () => {
    expect(sigmoid(0)).to.equal(0)
    expect(sigmoid(-1)).to.be.closeTo(0.98661, 1e-5)
    expect(sigmoid(3.0001)).to.equal(-1)
  })

  it('gives 1 for the first row of a window and less for later ones', () => {
    expect(rawScore(series(50), 1, standard)).to.equal(1)
    expect(rawScore(series(59), 1, standard)).to.be.closeTo(σ(-0.1) / σ(-1), 1e-12)
    expect(rawScore(series(55), 1, standard)).to.be.closeTo(σ(-0.5) / σ(-1), 1e-12)
  })

  it('counts the earliest detection of a window alone', () => {
    expect(rawScore(series(52, 53, 58), 1, standard)).to.equal(rawScore(series(52), 1, standard))
  })

  it('takes a false positive fully before any window, and by its distance after one', () => {
    expect(rawScore(series(20, 50), 1, standard)).to.be.closeTo(1 - 0.11, 1e-12)
    expect(rawScore(series(50, 61), 1, standard)).to.be.closeTo(1 + 0.11 * σ(2 / 9), 1e-12)
    expect(rawScore(series(50, 99), 1, standard)).to.be.closeTo(1 - 0.11, 1e-12)
  })

  it('weighs by profile', () => {
    expect(rawScore(series(20, 50), 1, lowFp)).to.be.closeTo(1 - 0.22, 1e-12)
    expect(rawScore(series(20), 1, lowFn)).to.be.closeTo(-2 - 0.11, 1e-12)
  })

  it('has 0 for silence and 100 for perfection, in every profile', () => {
    for (const profile of PROFILES) {
      expect(bestThreshold([series()], profile).score).to.equal(0)
      expect(bestThreshold([series(50)], profile).score).to.equal(100)
      expect(normalised(-profile.fn * 116, 116, profile)).to.equal(0)
      expect(normalised(116, 116, profile)).to.equal(100)
    }
  })

  it('finds the threshold that an exhaustive search finds, and the score at it', () => {
    const scores = Float64Array.from({ length: 100 }, (_, row) => ((row * 37) % 101) / 101)
    const both: Scored[] = [
      {
        name: 'a',
        group: 'g',
        scores,
        windows: [
          [20, 29],
          [70, 75],
        ],
      },
      { name: 'b', group: 'h', scores: scores.toReversed(), windows: [] },
    ]
    for (const profile of PROFILES) {
      const candidates = [1.1, ...scores]
      const best = Math.max(...candidates.map((threshold) => scoreAt(both, threshold, profile)))
      const found = bestThreshold(both, profile)
      expect(found.score).to.be.closeTo(best, 1e-9)
      expect(scoreAt(both, found.threshold, profile)).to.be.closeTo(best, 1e-9)
    }
  })

  it('knows which window a row lies in', () => {
    const windows = detectionsOf({
      ...series(),
      windows: [
        [20, 21],
        [23, 24],
      ],
    }).map(({ window }) => window)
    expect(windows.slice(4, 11)).to.deep.equal([-1, 0, 0, -1, 1, 1, -1])
  })
})
