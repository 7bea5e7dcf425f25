import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { readText, xes } from './support.ts'

const step = (name: string, time: string, more = '') =>
  `<event>\n<string key="concept:name" value="${name}"/>\n<date key="time:timestamp" value="${time}"/>${more}</event>\n`
const trace = (name: string, events: string, more = '') => `<trace><string key="concept:name" value="${name}"/>${more}\n${events}</trace>`

describe('collectors/workflow/formats: XES', () => {
  const plain = xes(trace('INV-1', step('register', '2026-01-30T09:00:00.000+01:00') + step('pay', '2026-01-31T09:00:00+01:00')))

  it('reads events with their case, time in UTC, and the line where each begins', async () => {
    const { events, lines, problems } = await readText('claims.xes', plain)
    expect(problems).to.deep.equal([])
    expect(events).to.deep.equal([
      { event_time: '2026-01-30T08:00:00.000Z', case_id: 'INV-1', activity: 'register', lifecycle: 'completed', process: 'claims' },
      { event_time: '2026-01-31T08:00:00.000Z', case_id: 'INV-1', activity: 'pay', lifecycle: 'completed', process: 'claims' },
    ])
    expect(lines).to.deep.equal([4, 7])
  })

  it('reads the same from gzip, by its content', async () => {
    const packed = await readText('claims.xes', gzipSync(plain))
    expect(packed.events).to.deep.equal((await readText('claims.xes', plain)).events)
  })

  it('tells an event without a name or a time with its line, and goes on', async () => {
    const bad =
      '<event><date key="time:timestamp" value="2026-01-30T09:00:00Z"/></event>\n<event><string key="concept:name" value="x"/></event>\n'
    const { events, problems } = await readText('claims.xes', xes(trace('INV-1', bad + step('pay', '2026-01-31T09:00:00Z'))))
    expect(events.map(({ activity }) => activity)).to.deep.equal(['pay'])
    expect(problems.map(({ place, message }) => [place.line, message.split(':').slice(0, 2).join(':')])).to.deep.equal([
      [4, 'concept:name is missing'],
      [5, 'time:timestamp is missing'],
    ])
  })

  it('keeps what came before a place that is not well-formed, and says where that is', async () => {
    const { events, problems } = await readText('claims.xes', plain.slice(0, plain.indexOf('</event>\n</trace>')))
    expect(events).to.have.length(1)
    expect(problems).to.have.length(1)
    expect(problems[0]).to.include({ fatal: true })
  })

  it('refuses a document type, and with it entities that grow', async () => {
    const bomb = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    const { events, problems } = await readText('claims.xes', plain.replace('<log', `${bomb}<log`))
    expect(events).to.deep.equal([])
    expect(problems.map(({ message, fatal }) => [message, fatal])).to.deep.equal([
      ['the rest cannot be read: a document type (<!DOCTYPE>) is refused: no log needs one', true],
    ])
  })
})
