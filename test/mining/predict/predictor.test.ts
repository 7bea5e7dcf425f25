import { expect } from 'chai'
import { basisOf } from '../../../src/mining/predict/basis.ts'
import { CaseState } from '../../../src/mining/predict/case-state.ts'
import { type LogCase, logCases } from '../../../src/mining/predict/log-cases.ts'
import { outlookOf } from '../../../src/mining/predict/outlook.ts'
import { Predictor } from '../../../src/mining/predict/predictor.ts'
import { claims, streamed } from './claims.ts'

const DAY = 86_400
const SMALL = { forest: { trees: 12 } }

const learnt = (cases: readonly LogCase[]): Predictor => {
  const predictor = new Predictor(SMALL)
  for (const { id, steps } of cases) predictor.learn(steps, id)
  predictor.renew()
  return predictor
}

const stateOf = ({ steps }: LogCase, prefix: number): CaseState => {
  const state = new CaseState()
  for (const step of steps.slice(0, prefix)) state.take(step)
  return state
}

describe('mining/predict predictor', () => {
  let train: LogCase[]
  let test: LogCase[]
  let predictor: Predictor

  before(async () => {
    train = await logCases(streamed(claims(400)))
    test = await logCases(streamed(claims(60, 2)))
    predictor = learnt(train)
  })

  it('knows that payment is on Thursday: once approved, the error is hours and not the days of the weekly wait', () => {
    const errors = test.map((found) => {
      const state = stateOf(found, found.steps.length - 1)
      const truth = ((found.steps.at(-1)?.time as number) - state.last) / 1_000
      return Math.abs(outlookOf(predictor, state).p50 - truth) / DAY
    })
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).to.be.below(0.4)
  })

  it('tells the next activity by what the case is: large claims are asked about', () => {
    for (const found of test) {
      const [likeliest] = outlookOf(predictor, stateOf(found, 1)).next
      expect(likeliest?.activity).to.equal(found.steps[1]?.activity)
      expect(likeliest?.probability).to.be.above(0.8)
    }
  })

  it('says a breach with the probability that the rest of the distribution has', () => {
    const state = stateOf(test[0] as LogCase, 1)
    const { p50, p90 } = outlookOf(predictor, state)
    expect(outlookOf(predictor, state).breach).to.equal(undefined)
    expect(outlookOf(predictor, state, state.last + p50 * 1_000).breach).to.be.within(0.35, 0.65)
    expect(outlookOf(predictor, state, state.last + p90 * 1_000 * 2).breach).to.be.below(0.1)
    expect(outlookOf(predictor, state, state.last - 1).breach).to.equal(1)
  })

  it('goes by what is left when a case has waited, and says when nothing like it waited so long', () => {
    const state = stateOf(test[0] as LogCase, 1)
    const fresh = outlookOf(predictor, state)
    const deadline = state.last + fresh.p90 * 900
    const waited = outlookOf(predictor, state, deadline, state.last + fresh.p50 * 1_000)
    // Half of those like it have ended by now and cannot miss it any more.
    expect(waited.breach).to.be.above(1.3 * (outlookOf(predictor, state, deadline).breach as number))
    expect(waited.p50).to.be.below(fresh.p90 - fresh.p50 + DAY)
    expect(waited.beyond).to.equal(false)
    expect([fresh.survived, waited.survived]).to.satisfy(([all, half]: [number, number]) => all === 1 && half > 0.3 && half < 0.7)
    const long = outlookOf(predictor, state, state.last + 1, state.last + 1_000 * DAY * 1_000)
    expect([long.beyond, long.breach]).to.deep.equal([true, 1])
  })

  it('explains itself: who said it, from how many past states, and cases like it', () => {
    const found = test.find(({ steps }) => steps[1]?.activity === 'ask') as LogCase
    const basis = basisOf(predictor, stateOf(found, 2))
    expect(basis.by.reduce((sum, { weight }) => sum + weight, 0)).to.be.closeTo(1, 1e-9)
    for (const { past } of basis.by) expect(past).to.be.above(5)
    expect(basis.similar).to.have.length(3)
    for (const { case: id } of basis.similar) {
      const like = train.find((each) => each.id === id) as LogCase
      expect(like.steps.map(({ activity }) => activity)).to.include('ask')
    }
  })

  it('gives the same for the same cases, and the same after save and load, then and after more was learnt', async () => {
    const more = await logCases(streamed(claims(90, 3)))
    const [first, again] = [learnt(train.slice(0, 120)), learnt(train.slice(0, 120))]
    const loaded = new Predictor(SMALL)
    loaded.load(JSON.parse(JSON.stringify(again.save())))
    const all = () => [first, again, loaded].map((each) => test.map((found) => outlookOf(each, stateOf(found, 2))))
    const same = (outlooks: ReturnType<typeof all>) => {
      expect(outlooks[1]).to.deep.equal(outlooks[0])
      expect(outlooks[2]).to.deep.equal(outlooks[0])
    }
    same(all())
    for (const each of [first, again, loaded]) for (const { id, steps } of more) each.learn(steps, id)
    same(all())
    expect(JSON.stringify(loaded.save())).to.equal(JSON.stringify(first.save()))
  })

  it('keeps the newest states alone when there are more than it has room for', () => {
    const bounded = new Predictor({ ...SMALL, rows: 300 })
    for (const { id, steps } of train) bounded.learn(steps, id)
    const { rows } = bounded.save() as { rows: [number, number] }
    expect(rows[0]).to.be.above(300)
    expect(rows[1]).to.equal(300)
    expect(outlookOf(bounded, stateOf(test[0] as LogCase, 1)).p50).to.be.above(0)
  })

  it('with few cases asks everybody, the forest too, where an activity has few rows, and counts by activity alone where it has enough', () => {
    const by = (cases: number, prefix: number) => basisOf(learnt(train.slice(0, cases)), stateOf(test[0] as LogCase, prefix)).by
    const few = by(4, 1)
    expect(few).to.have.length(12)
    expect(few[0]).to.include({ name: 'forest', weight: 0.4 })
    for (const { weight } of few.slice(1)) expect(weight).to.be.closeTo(0.6 / 11, 1e-9)
    expect(by(20, 1).map(({ name, weight }) => [name, weight])).to.deep.equal([['activity', 1]])
  })

  it('says something from a single case that it learnt, of any state', () => {
    const [one] = train as [LogCase]
    const predictor = learnt([{ ...one, steps: one.steps.slice(0, 2) }])
    const left = ((one.steps[1]?.time as number) - (one.steps[0]?.time as number)) / 1_000
    // The second step was the last of the only case: what it was told of the first is all there is.
    expect(outlookOf(predictor, stateOf(test[0] as LogCase, 2)).p50).to.be.closeTo(left, 0.01 * left)
  })

  it('says nothing before it has learnt', () => {
    const { beyond, next } = outlookOf(new Predictor(), stateOf(test[0] as LogCase, 1))
    expect([beyond, next]).to.deep.equal([true, []])
  })
})
