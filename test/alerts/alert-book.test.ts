import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ackRecords, unackRecords } from '../../src/alerts/acks.ts'
import { AlertBook, BOOK_TOPICS, loadAlertBook } from '../../src/alerts/alert-book.ts'
import { endedSilence, newSilence, silenceOf, silenceRecord, silenceState } from '../../src/alerts/silences.ts'
import { openBus } from '../../src/bus/open.ts'
import { createMissing } from '../../src/bus/ops/create-missing.ts'
import { type Alert, examplesOf, toRecord, validateRecord } from '../../src/events/index.ts'
import { thrownBy } from '../support/thrown-by.ts'

const NOW = Date.parse('2026-03-31T14:10:00Z')
const HOUR = 3_600_000

describe('how alerts stand', () => {
  let alert: Alert
  before(async () => {
    alert = (await examplesOf('alerts')).full
  })

  const silence = (matchers: string[], startsAt = NOW, endsAt = NOW + HOUR) =>
    newSilence({ matchers, startsAt, endsAt, author: 'netops-1', comment: 'cabling' }, NOW)

  it('with who is on them and what mutes them, as long as it does', () => {
    const book = new AlertBook()
    book.apply('alerts', alert.fingerprint, JSON.stringify(alert))
    const mute = silence(['team=payables'])
    book.apply('alert_silences', mute.silence_id, JSON.stringify(mute))
    const other = silence(['team=ledger'])
    book.apply('alert_silences', other.silence_id, JSON.stringify(other))
    const ack = ackRecords(alert, { by: 'netops-1', now: NOW }).alert_acks
    book.apply('alert_acks', ack.key, ack.value)
    const [shown] = book.presentAll(NOW)
    expect(shown?.silenced_by).to.deep.equal([mute.silence_id])
    expect(shown?.acked_by).to.equal('netops-1')
    expect(book.presentAll(NOW + HOUR)[0]?.silenced_by).to.deep.equal([])
    const ended = endedSilence(mute, NOW + 1, 'netops-2')
    book.apply('alert_silences', ended.silence_id, JSON.stringify(ended))
    expect(book.presentAll(NOW + 1)[0]?.silenced_by).to.deep.equal([])
    // The same alert, again: somebody was on the one before.
    const again = { ...alert, active_at: '2026-03-31T15:00:00.000Z' }
    book.apply('alerts', again.fingerprint, JSON.stringify(again))
    expect(book.presentAll(NOW)[0]?.acked_by).to.equal(null)
    book.apply('alerts', alert.fingerprint, null)
    expect(book.presentAll(NOW)).to.deep.equal([])
  })

  it('with what hides them, as long as it fires and of this incident alone', () => {
    const book = new AlertBook()
    const source = { ...alert, fingerprint: '91aa07c4de5b8f10', subject: 'hq' }
    const hide = (active_at: string) =>
      book.apply('alert_inhibitions', alert.fingerprint, JSON.stringify({ active_at, inhibited_by: [source.fingerprint, 'ffff'] }))
    book.apply('alerts', alert.fingerprint, JSON.stringify(alert))
    book.apply('alerts', source.fingerprint, JSON.stringify(source))
    expect(book.present(alert, NOW).inhibited_by).to.deep.equal([])
    hide(alert.active_at)
    expect(book.present(alert, NOW).inhibited_by).to.deep.equal([source.fingerprint])
    book.apply('alerts', source.fingerprint, JSON.stringify({ ...source, status: 'resolved' }))
    expect(book.present(alert, NOW).inhibited_by).to.deep.equal([])
    book.apply('alerts', source.fingerprint, JSON.stringify(source))
    expect(book.present({ ...alert, status: 'resolved' }, NOW).inhibited_by).to.deep.equal([])
    hide('2026-03-31T13:00:00.000Z')
    expect(book.present(alert, NOW).inhibited_by).to.deep.equal([])
    hide(alert.active_at)
    book.apply('alert_inhibitions', alert.fingerprint, null)
    expect(book.present(alert, NOW).inhibited_by).to.deep.equal([])
    expect(book.apply('alert_inhibitions', 'x', '{}')).to.equal(undefined)
    expect(book.bad.alert_inhibitions).to.equal(1)
  })

  it('take an acknowledgement back, and leave out what cannot be read', () => {
    const book = new AlertBook()
    book.apply('alerts', alert.fingerprint, JSON.stringify(alert))
    const act = { by: 'netops-1', now: NOW }
    book.apply('alert_acks', alert.fingerprint, ackRecords(alert, act).alert_acks.value)
    book.apply('alert_acks', alert.fingerprint, unackRecords(alert, act).alert_acks.value)
    expect(book.present(alert, NOW).acked_by).to.equal(null)
    expect(book.apply('alerts', 'x', '{')).to.equal(undefined)
    expect(book.apply('alert_silences', 'x', JSON.stringify({ ...silence(['a=b']), matchers: ['('] }))).to.equal(undefined)
    expect(book.bad).to.deep.equal({ alerts: 1, alert_silences: 1, alert_acks: 0, alert_inhibitions: 0 })
  })

  it('show the worst first', () => {
    const book = new AlertBook()
    const make = (fingerprint: string, more: Partial<Alert>) =>
      book.apply('alerts', fingerprint, JSON.stringify({ ...alert, fingerprint, ...more }))
    make('a', { status: 'resolved', severity: 'critical' })
    make('b', { status: 'firing', severity: 'info' })
    make('c', { status: 'firing', severity: 'critical' })
    make('d', { status: 'pending', severity: 'critical' })
    make('e', { status: 'firing', severity: 'critical', active_at: '2026-03-31T14:05:00.000Z' })
    expect(book.presentAll(NOW).map(({ fingerprint }) => fingerprint)).to.deep.equal(['e', 'c', 'b', 'd', 'a'])
  })

  it('are loaded from the bus as they stand, with the place to go on from', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shitops-book-'))
    const bus = await openBus(`embedded:${dir}`)
    try {
      expect((await loadAlertBook(bus)).positions).to.deep.equal({
        alerts: [],
        alert_silences: [],
        alert_acks: [],
        alert_inhibitions: [],
      })
      await createMissing(bus, BOOK_TOPICS)
      await bus.append('alerts', [
        toRecord('alerts', { ...alert, status: 'pending' }, { source: '/t' }),
        toRecord('alerts', alert, { source: '/t' }),
      ])
      await bus.append('alert_silences', [silenceRecord(silence(['team=payables']))])
      const { book, positions } = await loadAlertBook(bus)
      expect(book.presentAll(NOW).map(({ status, silenced_by }) => [status, silenced_by?.length])).to.deep.equal([['firing', 1]])
      expect(positions.alerts.reduce((sum, { from }) => sum + from, 0)).to.equal(2)
    } finally {
      await bus.close()
      await rm(dir, { recursive: true })
    }
  })
})

describe('a silence', () => {
  const request = { matchers: ['site=hq'], endsAt: NOW + HOUR, author: 'netops-1', comment: 'cabling' }

  it('is pending, active, expired: from its beginning on, until before its end', () => {
    const made = silenceOf(newSilence({ ...request, startsAt: NOW + 10 }, NOW))
    expect([NOW, NOW + 10, NOW + HOUR - 1, NOW + HOUR].map((at) => silenceState(made, at))).to.deep.equal([
      'pending',
      'active',
      'active',
      'expired',
    ])
  })

  it('is what its topic takes, also once it was ended', async () => {
    const made = newSilence(request, NOW)
    for (const event of [
      made,
      endedSilence(made, NOW + 5, 'netops-2'),
      endedSilence(newSilence({ ...request, startsAt: NOW + 60 }, NOW), NOW),
    ])
      expect(await validateRecord('alert_silences', Buffer.from(JSON.stringify(event)))).to.equal(null)
    expect(endedSilence(made, NOW + 2 * HOUR)).to.equal(made)
  })

  it('is refused where it makes no sense, and says why', async () => {
    for (const [wrong, why] of [
      [{ matchers: [] }, 'silence everything'],
      [{ matchers: ['site=~".*"'] }, 'silence everything'],
      [{ matchers: ['site!=hq'] }, 'silence everything'],
      [{ endsAt: NOW - 1, startsAt: NOW - 2 }, 'ended already'],
      [{ endsAt: NOW, startsAt: NOW }, 'end after it begins'],
      [{ author: ' ' }, 'author'],
      [{ comment: '' }, 'comment'],
    ] as const) {
      const error = await thrownBy(async () => newSilence({ ...request, ...wrong }, NOW))
      expect(error.code, why).to.equal('SHITOPS_E_SILENCE')
      expect(error.message).to.include(why)
    }
  })
})
