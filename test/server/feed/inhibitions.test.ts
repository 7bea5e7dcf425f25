import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Alert } from '../../../src/events/event-types.ts'
import { examplesOf } from '../../../src/events/index.ts'
import type { ChannelName, WireChange } from '../../../src/live/protocol.ts'
import { Feed } from '../../../src/server/feed/feed.ts'
import { hidersSeen } from '../../../src/server/feed/project.ts'
import { batchOf } from '../support/batch.ts'

describe('what hides an alert, on the channels', () => {
  const ACTIVE = '2026-03-31T14:04:00.000Z'
  let alert: Alert
  let offsets: Record<string, number>
  let feed: Feed
  let told: Record<ChannelName, WireChange[]>
  before(async () => {
    alert = (await examplesOf('alerts')).full
  })
  beforeEach(() => {
    offsets = {}
    told = { finance: [], operations: [] }
    feed = new Feed({ logger: silentLogger, insights: new Map(), headsets: new Map([['late', false]]) })
    feed.onChange = (channel, { wire }) => void told[channel].push(wire)
  })
  const take = (topic: string, key: string, value: object | null) => {
    offsets[topic] = (offsets[topic] ?? -1) + 1
    feed.take(batchOf(topic, offsets[topic], Date.parse(ACTIVE), key, value))
  }
  const put = (fingerprint: string, channel: ChannelName) =>
    take('alerts', fingerprint, { ...alert, fingerprint, channel, alert_name: 'late', labels: { alertname: 'late', subject: fingerprint } })
  const hide = (fingerprint: string, ...by: string[]) =>
    take('alert_inhibitions', fingerprint, { event_time: ACTIVE, fingerprint, active_at: alert.active_at, inhibited_by: by })
  const hidden = (channel: ChannelName) =>
    told[channel].filter(({ topic }) => topic === 'alert_inhibitions').map(({ key, value }) => [key, value?.inhibited_by ?? null])

  it('is told where the alert is, and of one that is not seen there only where it is', () => {
    put('late-case', 'finance')
    put('late-other', 'finance')
    put('site', 'operations')
    hide('late-case', 'late-other', 'site', 'site-too')
    expect(hidden('finance')).to.deep.equal([['late-case', ['late-other', 'operations']]])
    expect(hidden('operations')).to.deep.equal([])
    const seen = feed.present('finance', { ...alert, fingerprint: 'late-case', channel: 'finance' }, Date.parse(ACTIVE))
    expect(seen.inhibited_by).to.deep.equal(['late-other', 'operations'])
    take('alert_inhibitions', 'late-case', null)
    expect(hidden('finance').at(-1)).to.deep.equal(['late-case', null])
  })

  it('waits for the alert where it is read before it', () => {
    hide('late-case', 'site')
    expect([hidden('finance'), hidden('operations')]).to.deep.equal([[], []])
    put('site', 'operations')
    put('late-case', 'finance')
    expect([hidden('finance'), hidden('operations')]).to.deep.equal([[['late-case', ['operations']]], []])
    expect(told.finance.at(-1)?.offset).to.equal(-1)
    put('late-case', 'finance')
    expect(hidden('finance')).to.have.length(1)
  })

  it('names no alert that its channel is kept from', () => {
    const owners = new Map<string, ChannelName | null>([
      ['small', null],
      ['mine', 'finance'],
      ['theirs', 'operations'],
    ])
    const of = (channel: ChannelName) => hidersSeen(channel, ['small', 'mine', 'theirs', 'unknown'], (id) => owners.get(id))
    expect(of('finance')).to.deep.equal(['withheld', 'mine', 'operations'])
    expect(of('operations')).to.deep.equal(['finance', 'theirs', 'unknown'])
  })
})
