import { expect } from 'chai'
import { play, type StreamRecord } from '../../src/alerts/testing/stream.ts'
import { burnRateInsight, type Objective } from '../../src/insights/burn-rate.ts'
import { parseInsight } from '../../src/insights/header.ts'
import { planInsight } from '../../src/insights/plan.ts'
import { thrownBy } from '../support/thrown-by.ts'

const START = Date.parse('2026-03-31T09:00:00Z')
const MINUTE = 60_000
const loss: Objective = {
  ...{ name: 'loss_budget', topic: 'device_metrics', where: "metric = 'packet_loss'", bad: '`value` >= 0.03', by: ['target'] },
  ...{ objective: 0.99, pace: 'page', channel: 'operations' },
}

describe('an error budget that burns', () => {
  /** A sample every ten seconds; bad from and to, minutes. */
  async function firing(from: number, to: number, minutes: number): Promise<Array<[string, number]>> {
    const planned = await planInsight(parseInsight(burnRateInsight(loss), loss.name))
    const records = Array.from({ length: minutes * 6 }, (_, i): StreamRecord => {
      const minute = i / 6
      const value = minute >= from && minute < to ? 0.1 : 0
      const fields = { target: 'access-1', metric: 'packet_loss', instance: '', unit: 'ratio', collector: 'gnmi', value }
      return {
        topic: 'device_metrics',
        time: START + minute * MINUTE,
        value: { event_time: new Date(START + minute * MINUTE).toISOString(), ...fields },
      }
    })
    const { transitions, bad } = play([planned], records, START + minutes * MINUTE)
    expect(bad).to.deep.equal([])
    return transitions.flatMap(
      ({ to: state, time }): Array<[string, number]> =>
        state === 'firing' || state === 'resolved' ? [[state, Math.round((time - START) / MINUTE)]] : [],
    )
  }

  it('says in words how long its windows are', () => {
    expect(burnRateInsight(loss)).to.contain('were bad in the last hour, and still are in the last 5 minutes: the budget')
    expect(burnRateInsight({ ...loss, pace: 'slow' })).to.contain(
      'were bad in the last 3 days, and still are in the last 6 hours: the budget',
    )
  })

  it('is told once an hour has lost what 14.4 times the pace makes of it, and is over as soon as it stops', async () => {
    // 14.4 % of an hour are 8.64 minutes.
    const [[fired, at] = ['', 0], [resolved, over] = ['', 0]] = await firing(70, 85, 120)
    expect([fired, resolved]).to.deep.equal(['firing', 'resolved'])
    expect(at).to.be.within(79, 80)
    // The short window forgets within minutes, though the long one remembers for an hour.
    expect(over).to.be.within(89, 93)
  })

  it('is not told of for eight bad minutes in an hour', async () => {
    expect(await firing(70, 78, 120)).to.deep.equal([])
  })

  it('is refused where it promises nothing, everything, or what is not there', async () => {
    const refused = (more: Partial<Objective>) => thrownBy(async () => burnRateInsight({ ...loss, ...more }))
    for (const more of [
      { objective: 1 },
      { objective: 0 },
      { objective: Number.NaN },
      { objective: 0.9 },
      { topic: 'no' },
      { by: [] },
      { by: ['a b'] },
    ])
      expect((await refused(more)).code, JSON.stringify(more)).to.equal('SHITOPS_E_INSIGHT')
    expect((await thrownBy(() => planInsight(parseInsight(burnRateInsight({ ...loss, bad: 'valu > 1' }), 'x')))).code).to.equal(
      'SHITOPS_E_SQL_PLAN',
    )
  })
})
