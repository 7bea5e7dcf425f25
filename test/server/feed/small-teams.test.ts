import { expect } from 'chai'
import fc from 'fast-check'
import { silentLogger } from '../../../src/base/log.ts'
import type { Alert, AudioMetrics, DevicePresence } from '../../../src/events/event-types.ts'
import { builtInInsights } from '../../../src/insights/library.ts'
import { Feed } from '../../../src/server/feed/feed.ts'
import { project } from '../../../src/server/feed/project.ts'
import { headsetInsights, isOfSmallTeam } from '../../../src/server/feed/small-teams.ts'
import { Teams } from '../../../src/server/feed/teams.ts'
import { batchOf } from '../support/batch.ts'

const heard = (teams: Teams, team: string, people: number, at = 0) => {
  for (let n = 1; n <= people; n++) {
    const headset = { event_time: '', device: `hs_${team}_${n}`, kind: 'arrived', person: `${team}-${n}`, team }
    teams.presence(headset as DevicePresence, at)
  }
}

describe('evidence out of headset topics', () => {
  const evidence = [
    { topic: 'device_presence', partition_id: 0, record_offset: 3, excerpt: 'battery 10 %' },
    { topic: 'device_metrics', partition_id: 0, record_offset: 4, excerpt: 'cpu' },
  ]
  const seen = (channel: 'finance' | 'operations', isOfHeadsets: boolean) =>
    project(
      channel,
      'alerts',
      { channel, evidence },
      { insights: new Map(), alerts: () => channel, isOfHeadsets: () => isOfHeadsets, isOfSmallTeam: () => false },
    )?.evidence

  it('is told to finance of a built-in insight, and nowhere else', () => {
    expect(seen('finance', true)).to.deep.equal([evidence[0]])
    expect(seen('finance', false)).to.equal(undefined)
    expect(seen('operations', true)).to.deep.equal([evidence[1]])
  })
})

describe('what is about a small team', () => {
  const insights = new Map([
    ['of_headsets', true],
    ['of_work', false],
  ])
  const teams = new Teams(3)
  heard(teams, 'payables', 3)
  heard(teams, 'board', 2)
  const small = (value: Record<string, unknown>) => isOfSmallTeam(value, insights, teams)

  it('is told by whatever names a team or a person: labels, details, the subject or a part of it', () => {
    expect(small({ insight: 'of_headsets', subject: 'payables' })).to.equal(false)
    expect(small({ insight: 'of_headsets', subject: 'board' })).to.equal(true)
    expect(small({ insight: 'of_headsets', subject: 'payables-2' })).to.equal(false)
    expect(small({ insight: 'of_headsets', subject: 'board-2/inv-17', labels: { team: 'payables' } })).to.equal(true)
    expect(small({ alert_name: 'of_headsets', subject: 'inv-17', labels: { team: 'board' } })).to.equal(true)
    expect(small({ alert_name: 'of_headsets', subject: 'inv-17', labels: { team: 'payables' } })).to.equal(false)
    expect(small({ alert_name: 'of_headsets', subject: 'inv-17', details: { caller: 'board-1', people: 7 } })).to.equal(true)
  })

  it('is whatever draws on headsets and names nobody who is known: nobody can say how many they are', () => {
    expect(small({ insight: 'of_headsets', subject: 'somebody' })).to.equal(true)
    expect(small({ insight: 'of_headsets', subject: 'x', labels: { team: 'unheard-of' } })).to.equal(true)
  })

  it('is nothing that draws on work alone, and of insights that are not known what names a small team', () => {
    expect(small({ insight: 'of_work', subject: 'board' })).to.equal(false)
    expect(small({ insight: 'own', subject: 'board' })).to.equal(true)
    expect(small({ insight: 'own', subject: 'payables' })).to.equal(false)
    expect(small({ insight: 'own', subject: 'unheard-of' })).to.equal(false)
  })

  it('counts people, not headsets, and forgets who was not heard for half a day', () => {
    const few = new Teams(3)
    for (const device of ['a', 'b', 'c'])
      few.presence({ event_time: '', device, kind: 'arrived', person: 'one', team: 'board' } as DevicePresence, 0)
    few.audio({ event_time: '', device: 'd', kind: 'sample', audio_state: 'call', person: 'two', team: 'board' } as AudioMetrics, 0)
    expect([few.isKnown('board'), few.isLarge('board'), few.rows()[0]?.enrolled]).to.deep.equal([true, false, null])
    heard(few, 'board', 1, 1)
    expect([few.isLarge('board'), few.rows()[0]?.enrolled, few.rows()[0]?.present]).to.deep.equal([true, 3, 3])
    heard(few, 'payables', 1, 12 * 3_600_000 + 1)
    expect([few.isLarge('board'), [...few.ofPerson('one')], few.rows()[0]?.enrolled]).to.deep.equal([false, [], null])
  })

  it('knows of every built-in insight whether it draws on headsets', async () => {
    const known = await headsetInsights()
    expect([...known.keys()]).to.deep.equal((await builtInInsights()).map(({ name }) => name))
    const of = (draws: boolean) => [...known].filter(([, headsets]) => headsets === draws).map(([name]) => name)
    expect(of(true)).to.include.members([
      'approvals_slowing_while_calls_rise',
      'call_quality_at_risk',
      'headset_battery_low_in_call',
      'meeting_overload',
      'person_unreachable_before_due',
    ])
    expect(of(false)).to.include.members(['case_will_breach_deadline', 'workflow_bottleneck_growing', 'device_flapping'])
  })

  it('is on the channel finance exactly while its team is large, whatever comes in which order', () => {
    type Step = { do: 'hear' | 'move' | 'alert' | 'gone' | 'review'; team: number; n: number; status: number; later: number }
    const steps = fc.array(
      fc.record({
        do: fc.constantFrom<Step['do']>('hear', 'hear', 'move', 'alert', 'alert', 'gone', 'review'),
        team: fc.nat({ max: 1 }),
        n: fc.nat({ max: 3 }),
        status: fc.nat({ max: 2 }),
        later: fc.constantFrom(0, 0, 0, 1_000, 5 * 3_600_000, 13 * 3_600_000),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(steps, (run) => {
        const feed = new Feed({
          logger: silentLogger,
          insights: new Map([['calls', 'finance']]),
          headsets: new Map([['calls', true]]),
          minCount: 2,
        })
        /** What somebody knows who has been there all the time. */
        const known = new Map<string, string>()
        const ever = new Set<string>()
        feed.onChange = (channel, { wire }) => {
          if (channel === 'operations') {
            // The end of what nobody here knows: see below.
            expect(wire.value).to.equal(null)
            return
          }
          expect(wire.topic).to.equal('alerts')
          if (wire.value === null) known.delete(wire.key)
          else known.set(wire.key, String(wire.value.status))
          ever.add(wire.key)
        }
        const offsets: Record<string, number> = {}
        let now = 0
        const take = (topic: string, key: string, value: unknown) => {
          offsets[topic] = (offsets[topic] ?? -1) + 1
          feed.take(batchOf(topic, offsets[topic], now, key, value))
        }
        const mayBeTold = new Set<string>()
        for (const step of run) {
          now += step.later
          const [team, key] = [`team-${step.team}`, `${step.team}`.repeat(16)]
          if (step.do === 'hear' || step.do === 'move')
            take('device_presence', 'x', {
              ...{ device: `hs_${step.team}_${step.n}`, kind: 'arrived', person: `p-${step.team}-${step.n}` },
              team: step.do === 'move' ? 'elsewhere' : team,
            })
          else if (step.do === 'alert') {
            const status = (['pending', 'firing', 'resolved'] as const)[step.status] ?? 'firing'
            const alert: Partial<Alert> = {
              fingerprint: key,
              alert_name: 'calls',
              channel: 'finance',
              status,
              subject: team,
              event_time: new Date(now).toISOString(),
            }
            take('alerts', key, { ...alert, labels: { alertname: 'calls', subject: team }, active_at: new Date(0).toISOString() })
          } else if (step.do === 'gone') {
            // Of one that nobody knows nobody can say what it was about.
            if (!feed.book.alert(key)) mayBeTold.add(key)
            take('alerts', key, null)
          } else feed.review(now)
          for (const name of ['team-0', 'team-1']) if (feed.teams.isLarge(name)) mayBeTold.add(name.at(-1)?.repeat(16) ?? '')
        }
        feed.review(now)
        const wanted = [...feed.book.alerts()].filter(({ subject }) => feed.teams.isLarge(subject))
        expect([...known].sort()).to.deep.equal(wanted.map(({ fingerprint, status }) => [fingerprint, status]).sort())
        expect(
          feed.channels.finance
            .of('alerts')
            .map(({ wire }) => wire.key)
            .sort(),
        ).to.deep.equal([...known.keys()].sort())
        // Of one whose team was never large not even the fingerprint was told: it can be computed from names.
        for (const key of ever) expect(mayBeTold.has(key), key).to.equal(true)
        expect(feed.withheld.alerts).to.equal([...feed.book.alerts()].length - wanted.length)
      }),
    )
  })
})
