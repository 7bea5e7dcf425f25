import { expect } from 'chai'
import { useTempDir } from '../../support/temp-dir.ts'
import { TestServer, TOKENS, until } from '../support/server.ts'
import { TestSocket } from '../support/socket.ts'

describe('alerts about small teams, on the channel finance', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let test: TestServer
  const sockets: TestSocket[] = []
  const fingerprint = 'abcdefabcdefabcd'

  const open = async (data: Record<string, unknown> = {}, token: string = TOKENS.finance) => {
    const socket = await TestSocket.open(test, { token })
    sockets.push(socket)
    return socket.subscribe(data)
  }
  const get = async (path: string, token: string = TOKENS.finance) => (await test.fetch(path, token)).text()
  const heard = async (person: string, team: string) => {
    const headset = { device: `hs_${Buffer.from(person).toString('hex').padStart(16, '0').slice(-16)}`, person, team }
    await test.append('device_presence', await test.example('device_presence', { ...headset, kind: 'arrived' }))
  }
  const about = {
    ...{ subject: 'board-1', severity: 'warning' as const, observed: 10, unit: '%' },
    details: { person: 'board-1', battery: 10 },
    evidence: [],
  }
  const alert = async (status: 'firing' | 'resolved') => {
    const labels = { alertname: 'headset_battery_low_in_call', subject: 'board-1', team: 'board' }
    const policy = { channel: 'finance' as const, annotations: { summary: 'board-1 is in a call and the headset is at 10 %' } }
    const evidence = [{ topic: 'device_presence', partition_id: 0, record_offset: 3, excerpt: 'battery 10 %' }]
    return test.example('alerts', { ...about, ...policy, evidence, labels, fingerprint, alert_name: labels.alertname, status })
  }
  /** An alert, its log, an acknowledgement and a row, and behind them something that finance does see. */
  const raise = async () => {
    const labels = { team: 'board' }
    await test.append('alerts', await alert('firing'))
    await until('the alert', () => test.server.feed.book.alert(fingerprint) !== undefined)
    const { active_at } = await alert('firing')
    const named = { fingerprint, alert_name: 'headset_battery_low_in_call', subject: 'board-1', summary: 'board-1 is in a call' }
    await test.append('alert_log', await test.example('alert_log', { ...named, labels, evidence: [], transition: 'firing' }))
    await test.append(
      'alert_acks',
      await test.example('alert_acks', { fingerprint, active_at, acked_by: 'desk', comment: 'board-1 knows' }),
    )
    const row = { ...about, insight: named.alert_name, summary: named.summary, labels, active: true }
    await test.append('insights', await test.example('insights', row))
    await test.append('alerts', await test.example('alerts', { alert_name: 'workflow_bottleneck_growing', channel: 'finance' }))
    await until('what comes last', () => test.server.feed.channels.finance.of('alerts').some(({ wire }) => wire.key !== fingerprint))
    for (const topic of ['alert_log', 'alert_acks', 'insights'])
      await until(topic, () => (test.server.feed.position.get(topic) ?? []).some((next) => next > 0))
    await test.server.watch.look()
    test.server.hub.flush()
  }

  beforeEach(async () => {
    const channels = ['headset_battery_low_in_call', 'workflow_bottleneck_growing'].map((name) => [name, 'finance'] as const)
    test = await TestServer.start(dir(), { insights: new Map(channels) })
    for (const n of [1, 2, 3, 4]) await heard(`board-${n}`, 'board')
    await until('the board', () => test.server.feed.teams.isKnown('board') && test.server.feed.newest.has('device_presence'))
    await until('all four', () => (test.server.feed.position.get('device_presence') ?? []).reduce((sum, next) => sum + next, 0) >= 4)
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close()
    await test.close()
  })

  it('reveal nobody: not in a frame, an answer or a key, to whatever is asked for; how many there are is told', async () => {
    const live = await open()
    const asking = [await open({ filter: 'value.subject == "board-1"' }), await open({ topics: ['alerts', 'alert_acks', 'alert_log'] })]
    await raise()
    await until('what is told', () => live.changes.some(({ topic, value }) => topic === 'withheld' && value?.firing === 1))
    const later = await open()
    for (const socket of [live, later, ...asking]) {
      expect(socket.wrong).to.deep.equal([])
      expect(JSON.stringify(socket.frames)).not.to.match(/board-1|abcdefabcdefabcd/)
    }
    expect(later.changes.map(({ topic }) => topic)).to.include('alerts')
    for (const path of ['alerts', 'insights', 'teams', 'alerts?status=firing', 'insights?subject=board-1'])
      expect(await get(`/api/v1/${path}`), path).not.to.match(/board-1|abcdefabcdefabcd/)
    expect(JSON.parse(await get('/api/v1/alerts')).withheld).to.deep.equal({ alerts: 1, firing: 1, min_count: 5 })
    expect(JSON.parse(await get(`/api/v1/alerts/${fingerprint}`)).error.code).to.equal('SHITOPS_E_ALERT_UNKNOWN')
    expect(await get(`/api/v1/alerts`, TOKENS.both)).not.to.contain('board-1')
    const operations = await open({ channel: 'operations' }, TOKENS.both)
    expect(JSON.stringify(operations.frames)).not.to.match(/board-1|abcdefabcdefabcd/)
    await test.append('alerts', await alert('resolved'))
    await test.bus.append('alerts', [{ key: fingerprint, value: null, timestamp: Date.now(), headers: [] }])
    await until('its end', () => test.server.feed.book.alert(fingerprint) === undefined)
    test.server.hub.flush()
    await test.server.watch.look()
    await until('that it is over', () => live.changes.some(({ topic, value }) => topic === 'withheld' && value?.alerts === 0))
    for (const socket of [live, operations]) expect(JSON.stringify(socket.frames)).not.to.contain(fingerprint)
  })

  it('are told once the team is large, with who is on them, and are gone when it is small again', async () => {
    const live = await open()
    await raise()
    const { since } = live
    await heard('board-5', 'board')
    await until('the alert', () => live.changes.some(({ topic, key }) => topic === 'alerts' && key === fingerprint))
    const told = live.changes.findLast(({ key, topic }) => topic === 'alerts' && key === fingerprint)
    expect(told).to.include({ offset: -1 })
    expect(told?.value).to.include({ subject: 'board-1', status: 'firing', acked_by: 'desk' })
    expect(told?.value?.evidence).to.deep.equal([{ topic: 'device_presence', partition_id: 0, record_offset: 3, excerpt: 'battery 10 %' }])
    expect(live.wrong).to.deep.equal([])
    expect(await get('/api/v1/alerts')).to.contain('board-1')
    // Whoever was away meanwhile knows it too.
    const back = await open({ since })
    expect(back.of('snapshot')).to.deep.equal([])
    expect(back.changes.map(({ key }) => key)).to.include(fingerprint)

    await heard('board-5', 'payables')
    await until('its end', () => live.changes.findLast(({ key, topic }) => topic === 'alerts' && key === fingerprint)?.value === null)
    expect(await get('/api/v1/alerts')).not.to.contain('board-1')
    const again = await open({ since: back.since })
    expect(again.changes.findLast(({ key, topic }) => topic === 'alerts' && key === fingerprint)?.value).to.equal(null)
  })

  it('stay unknown over a restart: teams are counted before alerts are read', async () => {
    const live = await open()
    await raise()
    const { since } = live
    await test.close()
    const channels = ['headset_battery_low_in_call', 'workflow_bottleneck_growing'].map((name) => [name, 'finance'] as const)
    test = await TestServer.start(dir(), { insights: new Map(channels) })
    const back = await open({ since })
    const fresh = await open({ since: '' })
    for (const socket of [back, fresh]) expect(JSON.stringify(socket.frames)).not.to.match(/board-1|abcdefabcdefabcd/)
    expect(await get('/api/v1/alerts')).not.to.contain('board-1')
    expect(test.server.feed.withheld.firing).to.equal(1)
    await heard('board-5', 'board')
    await until('the alert', () => fresh.changes.some(({ key, topic }) => topic === 'alerts' && key === fingerprint))
  })
})
