import { expect } from 'chai'
import { INCIDENTS, SHORTEST_DAY } from '../../src/office/incidents.ts'
import { Office, type Signals, STEP } from '../../src/office/office.ts'

const MINUTE = 60_000
const OPENED_AT = Date.UTC(2026, 0, 30, 8)

function dayOf(seed: number, day = 30 * MINUTE, openedAt = OPENED_AT): Signals[] {
  const office = new Office({ seed, day, openedAt })
  const steps: Signals[] = []
  for (let signals = office.step(); signals; signals = office.step()) steps.push(signals)
  return steps
}

/** Signals with all times relative to the opening. */
const relative = (steps: Signals[], openedAt: number) =>
  steps.map(({ time, frames, finance }) => ({
    time: time - openedAt,
    frames: frames.map((frame) => ({
      ...frame,
      timestamp: frame.timestamp - openedAt,
      manufacturerData: frame.manufacturerData.toString('hex'),
    })),
    finance: finance.map((event) => ({ ...event, time: Date.parse(event.time) - openedAt, due: Date.parse(event.due) - openedAt })),
  }))

describe('the office', () => {
  it('sends the same signals for the same seed', () => {
    expect(dayOf(1)).to.deep.equal(dayOf(1))
  })

  it('sends others for another seed', () => {
    const frames = (seed: number) => dayOf(seed).flatMap((step) => step.frames.map((frame) => frame.manufacturerData.toString('hex')))
    expect(frames(1)).not.to.deep.equal(frames(2))
  })

  it('is the same day whenever it opens', () => {
    const later = OPENED_AT + 12_345_000
    expect(relative(dayOf(3, 30 * MINUTE, later), later)).to.deep.equal(relative(dayOf(3), OPENED_AT))
  })

  it('steps through its day and then stops, with times inside their step', () => {
    const steps = dayOf(4)
    expect(steps).to.have.length((30 * MINUTE) / STEP)
    for (const [i, { time, frames, finance }] of steps.entries()) {
      const from = OPENED_AT + i * STEP
      expect(time).to.equal(from + STEP)
      const times = [...frames.map((frame) => frame.timestamp), ...finance.map((event) => Date.parse(event.time))]
      for (const at of times) expect(at).to.be.within(from, from + STEP)
      expect(frames.map((frame) => frame.timestamp)).to.deep.equal(frames.map((frame) => frame.timestamp).sort((a, b) => a - b))
    }
  })

  it('scripts every kind of incident once a round, inside the day, and never two of a kind at once', () => {
    for (let seed = 1; seed <= 50; seed++) {
      for (const day of [SHORTEST_DAY, 40 * MINUTE, 60 * MINUTE, 240 * MINUTE]) {
        const { incidents } = new Office({ seed, day, openedAt: OPENED_AT })
        expect(incidents.length % INCIDENTS.length).to.equal(0)
        for (const kind of INCIDENTS) {
          const own = incidents.filter((incident) => incident.kind === kind)
          expect(own).to.have.length(incidents.length / INCIDENTS.length)
          for (const [i, incident] of own.entries()) {
            expect(incident.from).to.be.at.least(0)
            expect(incident.to).to.be.above(incident.from).and.at.most(day)
            expect(incident.from).to.be.at.least(own[i - 1]?.to ?? 0)
          }
        }
      }
    }
  })

  it('scripts one kind alone when asked', () => {
    for (const only of INCIDENTS) {
      const { incidents } = new Office({ seed: 1, day: 60 * MINUTE, openedAt: OPENED_AT, only })
      expect(new Set(incidents.map(({ kind }) => kind))).to.deep.equal(new Set([only]))
      expect(incidents.length).to.be.above(1)
    }
  })

  it('refuses a day too short for an incident and its end', () => {
    expect(() => new Office({ seed: 1, day: SHORTEST_DAY - 1, openedAt: OPENED_AT }))
      .to.throw()
      .with.property('code', 'SHITOPS_E_USAGE')
  })
})
