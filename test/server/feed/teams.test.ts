import { expect } from 'chai'
import type { AudioMetrics, DevicePresence } from '../../../src/events/event-types.ts'
import { Teams } from '../../../src/server/feed/teams.ts'

const presence = (n: number, kind: DevicePresence['kind'], team = 'payables') =>
  ({ event_time: '', device: `hs_${n}`, kind, team }) as DevicePresence
const audio = (n: number, state: AudioMetrics['audio_state'], more: Partial<AudioMetrics> = {}) =>
  ({
    event_time: '',
    device: `hs_${n}`,
    kind: 'sample',
    audio_state: state,
    basis: 'timeout',
    confidence: 1,
    team: 'payables',
    ...more,
  }) as AudioMetrics

describe('teams as the finance channel sees them', () => {
  it('tells no number of a team that is smaller than the threshold', () => {
    const teams = new Teams(3)
    for (const n of [1, 2]) teams.presence(presence(n, 'arrived'), 1)
    const [row] = teams.rows()
    expect(row).to.include({ team: 'payables', min_count: 3 })
    expect(
      Object.entries(row ?? {})
        .filter(([name]) => !['team', 'min_count'].includes(name))
        .every(([, value]) => value === null),
    ).to.equal(true)
    teams.presence(presence(3, 'arrived'), 2)
    expect(teams.rows()[0]).to.include({ enrolled: 3, present: 3, in_call: 0 })
  })

  it('never goes below two, whatever is asked for', () => {
    const teams = new Teams(1)
    teams.presence(presence(1, 'arrived'), 1)
    expect(teams.rows()[0]).to.include({ min_count: 2, enrolled: null })
  })

  it('counts who is there, who is in a call, and the calls of the last hour; who left is in none', () => {
    const teams = new Teams(2)
    for (const n of [1, 2, 3]) teams.presence(presence(n, 'arrived'), 0)
    teams.audio(audio(1, 'call', { call_s: 60, calls_begun: 1 }), 60_000)
    teams.audio(audio(2, 'call', { call_s: 30 }), 60_000)
    expect(teams.rows()[0]).to.include({ present: 3, in_call: 2, call_s_last_hour: 90, calls_begun_last_hour: 1, in_call_ratio: 0.667 })
    teams.presence(presence(2, 'left'), 120_000)
    expect(teams.rows()[0]).to.include({ enrolled: 3, present: 2, in_call: 1 })
    teams.audio(audio(3, 'idle', { call_s: 0 }), 3_700_000)
    expect(teams.rows()[0]).to.include({ call_s_last_hour: 0 })
  })

  it('counts batteries that are low, where enough say their charge to hide who it is', () => {
    const teams = new Teams(3)
    const charge = (n: number, battery_pct: number | null) => ({ ...presence(n, 'changed'), battery_pct })
    for (const [n, battery] of [30, 20, 5, null].entries()) teams.presence(charge(n, battery), 1)
    expect(teams.rows()[0]).to.include({ present: 4, battery_low: 2 })
    // An advertisement without the charge does not take it back; one who left is not counted.
    teams.presence(charge(2, null), 2)
    expect(teams.rows()[0]).to.include({ battery_low: 2 })
    teams.presence(presence(2, 'left'), 3)
    expect(teams.rows()[0]).to.include({ enrolled: 4, battery_low: null })
  })

  it('leaves out what belongs to no team, and headsets long not heard of', () => {
    const teams = new Teams(2)
    teams.presence({ event_time: '', device: 'room', kind: 'crowd', device_count: 9 }, 0)
    for (const n of [1, 2]) teams.presence(presence(n, 'arrived'), 0)
    expect(teams.rows().map(({ team }) => team)).to.deep.equal(['payables'])
    teams.presence(presence(9, 'arrived', 'ledger'), 24 * 3_600_000)
    expect(teams.rows().map(({ team }) => team)).to.deep.equal(['ledger'])
  })
})
