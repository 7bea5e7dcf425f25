import { expect } from 'chai'
import { validateRecord } from '../../../src/events/index.ts'
import { Checker } from '../../../src/mining/conform/checker.ts'
import { ProfileLearner, profileOf } from '../../../src/mining/conform/temporal-profile.ts'
import { violationRecord } from '../../../src/mining/conform/violation-record.ts'
import { at } from '../events.ts'

function learned() {
  const learner = new ProfileLearner()
  for (let i = 0; i < 100; i++) {
    learner.observe(at(i * 100, `c${i}`, 'submit'))
    learner.observe(at(i * 100 + 40 + (i % 20), `c${i}`, 'check'))
    learner.observe(at(i * 100 + 60 + (i % 20), `c${i}`, 'pay'))
  }
  learner.observe(at(0, 'rare', 'fax'))
  learner.observe(at(1, 'rare', 'pay'))
  return learner.profile(30)
}

describe('the temporal profile', () => {
  it('learns pairs that are seen often enough, robustly', () => {
    const profile = learned()
    expect(profile.pairs.map(({ from, to, n }) => [from, to, n])).to.have.deep.members([
      ['submit', 'check', 100],
      ['submit', 'pay', 100],
      ['check', 'pay', 100],
    ])
    const pair = profile.pairs.find(({ to }) => to === 'check')
    expect(pair?.p50_s).to.be.closeTo(49 * 60, 60)
    expect(profileOf(JSON.stringify(profile))).to.deep.equal(profile)
    expect(profileOf('{"pairs":[{"from":"a"}]}')).to.equal(undefined)
    expect(profileOf('nonsense')).to.equal(undefined)
  })

  it('tells what is far too late, once and by the nearest pair, as a valid insight', async () => {
    const checker = new Checker({ ends: [], rules: [] }, {}, { profile: learned(), options: { z: 5 } })
    const place = (offset: number) => ({ topic: 'workflow_events', partition: 3, offset })
    const good = [at(0, 'a', 'submit'), at(50, 'a', 'check'), at(70, 'a', 'pay')]
    expect(good.flatMap((event, i) => checker.observe({ event, place: place(i) }))).to.deep.equal([])
    const bad = [at(0, 'b', 'submit', { team: 'payables' }), at(50, 'b', 'check'), at(50 + 3_000, 'b', 'pay')]
    const found = bad.flatMap((event, i) => checker.observe({ event, place: place(10 + i) }))
    expect(found).to.have.lengthOf(1)
    const [violation] = found
    if (!violation) return
    expect(violation).to.include({ rule: 'temporal_profile', case_id: 'b', observed: 180_000, unit: 's' })
    expect(violation.summary).to.match(/after "check", usually about (19|20)m/)
    expect(violation.expected_high).to.be.within(1_200, 180_000)
    const record = violationRecord(violation)
    expect(await validateRecord('insights', Buffer.from(record.value ?? ''))).to.equal(null)
    expect(JSON.parse(record.value ?? '').evidence.map(({ record_offset }: { record_offset: number }) => record_offset)).to.deep.equal([
      11, 12,
    ])
    expect(violationRecord(violation)).to.deep.equal(record)
  })
})
