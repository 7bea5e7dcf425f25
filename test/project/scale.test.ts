import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ASSUMED, costOf, eventsOf, planFor, TYPICAL } from '../../scripts/scale/model.ts'
import { withTable } from '../../scripts/scale.ts'

describe('the sizing model', () => {
  it('has in docs/scale.md the table that it makes', () => {
    const page = readFileSync('docs/scale.md', 'utf8')
    expect(withTable(page)).to.equal(page)
    expect(page).to.contain('| brokers |')
  })

  it('says in docs/scale.md what its lines are', () => {
    const page = readFileSync('docs/scale.md', 'utf8')
    const line = (of: (bytes: number) => number) => `${Number(of(0).toFixed(2))} + ${Number((of(1) - of(0)).toFixed(5))} b`
    for (const name of ['client', 'brokers', 'disk'] as const) expect(page).to.contain(line((bytes) => costOf(bytes)[name]))
  })

  it('counts records of a site by hand', () => {
    expect(eventsOf(TYPICAL, ASSUMED)).to.be.closeTo(30 / 5 + 12 * 4 * 1.5 + 600 / 300 + 2_000 / 86_400, 1e-9)
  })

  it('grows with the sites, and never goes below three brokers and six partitions', () => {
    const [one, ten, hundred] = [planFor(1), planFor(10), planFor(100)]
    expect(one).to.include({ brokers: 3, partitions: 6 })
    expect(ten.disk / one.disk).to.be.closeTo(10, 1e-9)
    expect(hundred.brokers).to.be.greaterThan(3)
    expect(hundred.partitions % 6).to.equal(0)
    expect(hundred.spool).to.equal(one.spool)
  })

  it('needs more of everything for larger records and longer retention', () => {
    const large = planFor(50, TYPICAL, { ...ASSUMED, recordBytes: 1_400, retentionDays: 14 })
    const plain = planFor(50)
    for (const name of ['disk', 'brokerCores', 'networkIn', 'networkOut', 'spool', 'costPerMonth'] as const)
      expect(large[name], name).to.be.greaterThan(plain[name])
  })
})
