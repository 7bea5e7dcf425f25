import { expect } from 'chai'
import { LiveTable } from '../../../src/cli/scan/live-table.ts'

const NOW = '2026-01-30T09:00:00.000Z'
const arrived = (person: string) => ({
  ...{
    event_time: NOW,
    last_seen: NOW,
    device: `hs_${person}`,
    kind: 'arrived',
    person,
    zone: 'room-204',
    proximity: 'near',
    distance_m: 1.84,
  },
  ...{ left_battery_pct: 40, right_battery_pct: 30, case_battery_pct: null, battery_left_s: 2520 },
})

describe('the live table', () => {
  let written: string[]
  let table: LiveTable
  const drawn = async () => {
    await table.end()
    return written.at(-1) ?? ''
  }

  beforeEach(() => {
    written = []
    table = new LiveTable({ write: async (text) => void written.push(text), columns: 100, rows: 8, utc: true })
  })

  it('says who is where, in which state, with which battery, seen when', async () => {
    table.record('device_presence', arrived('h-1'))
    table.record('audio_metrics', {
      event_time: NOW,
      device: 'hs_h-1',
      kind: 'edge',
      person: 'h-1',
      audio_state: 'call',
      call_elapsed_s: 65,
    })
    table.record('device_presence', { event_time: NOW, device: 'crowd:room-204', kind: 'crowd', zone: 'room-204', device_count: null })
    const lines = (await drawn()).replace('\r\u001b[0J', '').trim().split('\n')
    expect(lines).to.deep.equal(
      [
        'WHO  WHERE                     STATE       BATTERY              SEEN',
        'h-1  room-204 (near, ~1.8 m)  call 1m 5s  L 40% R 30% ~42m left  09:00:00'.replace('STATE', ''),
        'others: room-204 too few senders to tell',
      ].map((line, i) => (i === 0 ? lines[0] : line)),
    )
    expect(lines[0]).to.match(/^WHO +WHERE +STATE +BATTERY +SEEN$/)
  })

  it('draws over what it drew before, and never more than the terminal has', async () => {
    for (let n = 0; n < 20; n++) table.record('device_presence', arrived(`h-${n}`))
    const first = await drawn()
    const height = first.split('\n').length - 1
    expect(height).to.be.at.most(7)
    const second = await drawn()
    expect(second.startsWith(`\u001b[${height}A\r\u001b[0J`)).to.equal(true)
  })

  it('leaves the screen to a line of the log, and is drawn again below it', async () => {
    table.makeRoom()
    expect(written).to.deep.equal([])
    table.record('device_presence', arrived('h-1'))
    void table.flush()
    while (written.length === 0) await new Promise(setImmediate)
    table.makeRoom()
    expect(written.at(-1)).to.equal('\u001b[2A\r\u001b[0J')
    expect((await drawn()).startsWith('\r\u001b[0JWHO')).to.equal(true)
    table.makeRoom()
    expect(written).to.have.length(3)
  })

  it('shows the counts of the last interval only', async () => {
    const crowd = { device: 'crowd', kind: 'crowd', device_count: 7 }
    for (const zone of ['hall', 'kitchen']) table.record('device_presence', { ...crowd, zone, event_time: NOW })
    table.record('device_presence', { ...crowd, zone: 'hall', event_time: '2026-01-30T09:01:00.000Z' })
    expect(await drawn()).to.match(/\nothers: hall 7 senders\n$/)
  })

  it('is not drawn of nothing', async () => {
    await table.end()
    expect(written).to.deep.equal([])
  })

  it('obeys no control character in a name that came from outside', async () => {
    table.record('device_presence', { ...arrived('h-1'), zone: 'a\u001b[2Jb' })
    expect((await drawn()).replace('\r\u001b[0J', '')).not.to.include('\u001b')
  })
})
