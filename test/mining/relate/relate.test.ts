import { expect } from 'chai'
import { partialCorrelation, ranks } from '../../../src/mining/relate/partial-correlation.ts'
import { normalQuantile, relate } from '../../../src/mining/relate/relate.ts'
import { TeamHours } from '../../../src/mining/relate/team-hours.ts'

/** Random numbers of a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const HOUR = 3_600_000
const START = Date.UTC(2026, 2, 2)
const OPTIONS = { k: 5, maxLag: 3, zone: 'UTC' }

interface Office {
  seed: number
  people?: number
  /** Cases advanced, of the noise and of the share of time in calls this hour and the ones before. */
  cases(noise: number, calls: readonly number[], hourOfDay: number): number
}

/** Six weeks of a team, eight hours a day; calls peak at ten, whatever else. */
function office({ seed, people = 6, cases }: Office): TeamHours {
  const random = randomOf(seed)
  const hours = new TeamHours()
  const calls: number[] = []
  for (let h = 0; h < 24 * 42; h++) {
    const time = START + h * HOUR
    const hourOfDay = h % 24
    if (hourOfDay < 9 || hourOfDay > 16) continue
    const share = Math.min(1, 0.2 + (hourOfDay === 10 ? 0.4 : 0) + 0.4 * random())
    calls.push(share)
    for (let p = 0; p < people; p++) hours.audio('payables', `p${p}`, time + HOUR, HOUR / 1000, (share * HOUR) / 1000, share)
    const advanced = Math.round(cases(random(), [...calls].reverse(), hourOfDay))
    for (let c = 0; c < advanced; c++) hours.step('payables', `case-${h}-${c}`, time + 60_000)
  }
  return hours
}

describe('the relation of calls and cases', () => {
  it('finds none where only the hour of day moves both', () => {
    const both = office({ seed: 7, cases: (noise, _, hour) => 5 + 8 * noise + (hour === 10 ? 20 : 0) })
    const rows = both.result(5).teams[0]?.hours ?? []
    const plain = partialCorrelation(
      rows.map(({ calls, advanced }) => ({ x: calls, y: advanced, groups: [0, 0], covariate: 0 })),
      2,
    )
    expect(plain?.low).to.be.above(0.2)
    const { relations, warning } = relate(both, OPTIONS)
    const now = relations.find(({ measure, lag_h }) => measure === 'calls' && lag_h === 0)
    expect(now?.clear).to.equal(false)
    expect(Math.abs(now?.r ?? 1)).to.be.below(0.2)
    expect(warning).to.contain('not causes')
  })

  it('finds one that is there, at its lag, with its sign', () => {
    const slower = office({ seed: 3, cases: (noise, calls) => 20 + 6 * noise - 25 * (calls[2] ?? 0.3) })
    const { relations } = relate(slower, OPTIONS)
    const calls = relations.filter(({ measure }) => measure === 'calls')
    expect(calls.map(({ lag_h }) => lag_h)).to.deep.equal([0, 1, 2, 3])
    const strongest = [...calls].sort((a, b) => a.r - b.r)[0]
    expect(strongest).to.include({ lag_h: 2, clear: true, team: 'payables' })
    expect(strongest?.high).to.be.below(-0.3)
    expect(relations.some(({ measure }) => measure === 'intensity')).to.equal(true)
  })

  it('says nothing about a team of fewer than k', () => {
    const small = office({ seed: 3, people: 4, cases: (noise) => 10 * noise })
    expect(relate(small, OPTIONS)).to.deep.include({ relations: [], withheld_teams: 1, short_teams: [], k: 5 })
    expect(relate(small, { ...OPTIONS, k: 4 }).relations).not.to.deep.equal([])
  })

  it('says which team has too few hours, or always does the same', () => {
    const constant = office({ seed: 1, cases: () => 4 })
    expect(relate(constant, OPTIONS)).to.deep.include({ relations: [], short_teams: ['payables'] })
  })

  it('has the interval it claims: of 200 pairs that have nothing to do with each other about one in twenty is called clear', () => {
    const random = randomOf(11)
    let clear = 0
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 150 }, (_, i) => {
        return { x: random(), y: random(), groups: [i % 8, Math.floor(i / 8) % 5] as const, covariate: random() }
      })
      const found = partialCorrelation(rows, normalQuantile(0.975))
      if (found && (found.low > 0 || found.high < 0)) clear++
    }
    expect(clear).to.be.within(3, 20)
  })

  it('ranks ties alike, and knows the normal distribution', () => {
    expect(ranks([10, 30, 10, 20])).to.deep.equal([1.5, 4, 1.5, 3])
    expect(normalQuantile(0.975)).to.be.closeTo(1.96, 0.001)
    expect(normalQuantile(0.5)).to.be.closeTo(0, 1e-6)
  })
})
