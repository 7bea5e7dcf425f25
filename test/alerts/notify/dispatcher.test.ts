import { expect } from 'chai'
import fc from 'fast-check'
import { timeInterval } from '../../../src/alerts/notify/time-interval.ts'
import { validateRecord } from '../../../src/events/index.ts'
import { type Happening, HOUR, idOf, MINUTE, only, plan, Rig, route, SECOND, sometimesFailing, target } from './rig.ts'

const fire = (at: number, name: string, labels?: Record<string, string>): Happening => ({
  at,
  kind: 'fire',
  name,
  ...(labels && { labels }),
})
const resolve = (at: number, name: string, labels?: Record<string, string>): Happening => ({
  at,
  kind: 'resolve',
  name,
  ...(labels && { labels }),
})

describe('the dispatcher', () => {
  it('waits for a group to fill, tells changes by the interval, and what still fires again and again', () => {
    const rig = new Rig(plan())
    rig.run([fire(0, 'a'), fire(20, 'b'), fire(40, 'c'), resolve(700, 'a')], 5 * 3600)
    expect(rig.lines).to.deep.equal(['30 new +a +b', '330 changed +a +b +c', '930 changed +b +c -a', '15330 repeated +b +c'])
    rig.run([resolve(18_010, 'b'), resolve(18_010, 'c')], 6 * 3600)
    expect(rig.lines.slice(4)).to.deep.equal(['18030 resolved -b -c'])
    expect(rig.until(20 * 3600).lines.length).to.equal(5)
  })

  it('groups by the labels that it is told to; a group that was over waits anew', () => {
    const rig = new Rig(plan({ routes: [route({ groupBy: ['site'] })] }))
    rig.run([fire(0, 'a', { site: 'hq' }), fire(1, 'b', { site: 'lab' }), fire(2, 'c', { site: 'hq' })], 60)
    expect(rig.lines).to.deep.equal(['30 new +a +c', '31 new +b'])
    rig.run([resolve(60, 'b', { site: 'lab' }), fire(1000, 'b', { site: 'lab' })], 1100)
    expect(rig.lines.slice(2)).to.deep.equal(['331 resolved -b', '1030 new +b'])
    const alone = new Rig(plan({ routes: [route({ groupBy: ['...'] })] }))
    alone.run([fire(0, 'a'), fire(0, 'b')], 60)
    expect(alone.lines.sort()).to.deep.equal(['30 new +a', '30 new +b'])
  })

  it('tells of what was over before its group was told, and not of what ended before anybody watched', () => {
    const rig = new Rig(plan())
    rig.run([fire(0, 'a'), resolve(10, 'a'), fire(11, 'b')], 60)
    expect(rig.lines).to.deep.equal(['30 new +b -a'])
    rig.restart()
    expect(rig.until(3600).lines.length).to.equal(1)
  })

  it('routes by labels, to several receivers where a route says so', () => {
    const routes = [
      route({ id: 'critical', matchers: only('severity', 'critical'), receiver: 'pager', goOn: true }),
      route({ id: 'pay', matchers: only('team', 'pay'), receiver: 'pay' }),
      route(),
    ]
    const rig = new Rig(plan({ routes, targets: [target('ops'), target('pager'), target('pay')] }))
    rig.run([fire(0, 'a', { severity: 'critical', team: 'pay' }), fire(0, 'b', { severity: 'critical' }), fire(0, 'c')], 60)
    expect(rig.lines.sort()).to.deep.equal(['30 ops new +c', '30 pager new +a +b', '30 pay new +a'])
  })

  it('does not tell what is silenced, tells it when the silence is over, and says in the log what it did', () => {
    const rig = new Rig(plan())
    rig.run([{ at: 0, kind: 'silence', matcher: 'subject=a', for: 600 }, fire(1, 'a'), fire(2, 'b')], 1000)
    expect(rig.lines).to.deep.equal(['31 new +b', '631 changed +a +b'])
    expect(rig.log.filter(({ subject }) => subject === 'a').map(({ transition }) => transition)).to.deep.equal([
      'silenced',
      'unsilenced',
      'notified',
    ])
    rig.run([{ at: 1000, kind: 'silence', matcher: 'subject=a', for: 3600 }, resolve(1100, 'a')], 1300)
    // It was told that it fires, so it is told that it is over.
    expect(rig.lines.slice(2)).to.deep.equal(['1231 changed +b -a'])
    const quiet = new Rig(plan())
    quiet.run([{ at: 0, kind: 'silence', matcher: 'subject=a', for: 600 }, fire(1, 'a'), resolve(100, 'a')], 3600)
    expect(quiet.lines).to.deep.equal([])
  })

  it('does not repeat and does not escalate what somebody acknowledged', () => {
    const given = plan({
      routes: [route({ repeatInterval: HOUR, escalation: [{ after: 15 * MINUTE, receiver: 'boss' }] })],
      targets: [target('ops'), target('boss')],
    })
    const rig = new Rig(given)
    rig.run([fire(0, 'a'), { at: 600, kind: 'ack', name: 'a' }], 3 * 3600)
    expect(rig.lines).to.deep.equal(['30 ops new +a'])
    const nobody = new Rig(given)
    nobody.run([fire(0, 'a'), resolve(4000, 'a')], 3 * 3600)
    expect(nobody.lines).to.deep.equal([
      '30 ops new +a',
      '900 boss new +a',
      '3630 ops repeated +a',
      '4200 boss resolved -a',
      '4230 ops resolved -a',
    ])
    expect(nobody.log.filter(({ transition }) => transition === 'escalated').map(({ receiver }) => receiver)).to.deep.equal(['boss'])
    // The next incident is nobody's yet.
    rig.run([resolve(3 * 3600, 'a'), fire(3 * 3600 + 600, 'a')], 4 * 3600)
    expect(rig.lines.slice(1)).to.include('12300 boss new +a')
  })

  it('hides what another alert explains, by labels that are equal', () => {
    const inhibit = [{ source: only('alertname', 'down'), target: only('severity', 'info'), equal: ['site'], topology: false }]
    const rig = new Rig(plan({ inhibit, routes: [route({ groupBy: ['...'] })] }))
    rig.run(
      [
        fire(0, 'hq', { alertname: 'down', site: 'hq', severity: 'info' }),
        fire(1, 'a', { site: 'hq', severity: 'info' }),
        fire(1, 'b', { site: 'lab', severity: 'info' }),
        fire(1, 'c', { site: 'hq', severity: 'critical' }),
      ],
      60,
    )
    expect(rig.lines.map((line) => line.split(' ')[2]).sort()).to.deep.equal(['+b', '+c', '+hq'])
    rig.run([resolve(100, 'hq', { alertname: 'down' })], 400)
    expect(rig.lines.slice(3)).to.include('331 new +a')
  })

  it('says by what an alert is hidden: once, also to a successor, and no more when it may be told or is over', () => {
    const by = (name: string) => ({ source: only('alertname', name), target: only('severity', 'info'), equal: ['site'], topology: false })
    const rig = new Rig(plan({ inhibit: [by('down'), by('power')] }))
    const info = { site: 'hq', severity: 'info' }
    rig.run([fire(0, 'hq', { alertname: 'down', site: 'hq' }), fire(1, 'a', info), fire(1, 'b', { ...info, site: 'lab' })], 60)
    expect(rig.hidden).to.deep.equal(['a by hq'])
    expect(rig.log.find(({ transition }) => transition === 'inhibited')).to.deep.include({
      subject: 'a',
      inhibited_by: [idOf('hq', 'down')],
    })
    rig.restart()
    rig.run([{ at: 70, kind: 'silence', matcher: 'subject=a', for: 600 }], 100)
    expect([rig.hidden, rig.written.get('alert_inhibitions')]).to.deep.equal([['a by hq'], 1])
    rig.run([fire(110, 'ups', { alertname: 'power', site: 'hq' })], 120)
    expect([rig.hidden, rig.written.get('alert_inhibitions')]).to.deep.equal([['a by hq, ups'], 2])
    rig.run([resolve(130, 'hq', { alertname: 'down' })], 140)
    expect(rig.hidden).to.deep.equal(['a by ups'])
    rig.run([resolve(150, 'a')], 160)
    expect([rig.hidden, rig.written.get('alert_inhibitions')]).to.deep.equal([[], 4])
    // What ended while nobody looked is seen by who comes next.
    rig.run([fire(170, 'c', info)], 180)
    expect(rig.hidden).to.deep.equal(['c by ups'])
    rig.take('alerts', idOf('ups', 'power'), null)
    rig.restart()
    expect(rig.hidden).to.deep.equal([])
  })

  it('hides by topology what hangs on a device or a site, and the links into it', () => {
    const inhibit = [{ source: only('alertname', 'down'), target: only('alertname', 'x'), equal: [], topology: true }]
    const rig = new Rig(plan({ inhibit, routes: [route({ groupBy: ['...'] })] }))
    const device = (id: number, sys_name: string, more = {}) =>
      rig.topology.apply(
        'librenms_devices',
        String(id),
        JSON.stringify({ device_id: id, hostname: `${sys_name}.example`, sys_name, up: true, ...more }),
      )
    device(1, 'core-1', { site: 'hq' })
    device(2, 'access-1', { site: 'branch', parents: [1] })
    device(3, 'ap-1', { site: 'branch', parents: [2] })
    device(4, 'core-2', { site: 'hq' })
    device(5, 'twofold', { parents: [2, 4] })
    rig.topology.apply('librenms_ports', '40', JSON.stringify({ port_id: 40, device_id: 1, if_name: 'Eth1/49' }))
    rig.topology.apply('librenms_ports', '41', JSON.stringify({ port_id: 41, device_id: 2, if_name: 'up0' }))
    rig.topology.apply(
      'librenms_links',
      '1',
      JSON.stringify({ link_id: 1, device_id: 2, port_id: 41, remote_device_id: 1, remote_port_id: 40 }),
    )
    rig.run(
      [
        fire(0, 'access-1', { alertname: 'down' }),
        fire(1, 'ap-1'),
        fire(1, 'twofold'),
        fire(1, 'core-1/Eth1/49'),
        fire(1, 'core-1/Eth1/50'),
        fire(1, 'access-1/up0'),
        fire(1, 'unheard-of'),
      ],
      60,
    )
    expect(rig.lines.map((line) => line.split(' ')[2]).sort()).to.deep.equal(['+access-1', '+core-1/Eth1/50', '+twofold', '+unheard-of'])
    expect(rig.hidden).to.deep.equal(['access-1/up0 by access-1', 'ap-1 by access-1', 'core-1/Eth1/49 by access-1'])
    const site = new Rig(plan({ inhibit, routes: [route({ groupBy: ['...'] })] }))
    site.topology = rig.topology
    site.restart()
    site.run([fire(0, 'branch', { alertname: 'down', site: 'branch' }), fire(1, 'ap-1'), fire(1, 'core-1/Eth1/49'), fire(1, 'core-2')], 60)
    expect(site.lines.map((line) => line.split(' ')[2]).sort()).to.deep.equal(['+branch', '+core-2'])
  })

  it('says nothing in a maintenance window, and afterwards what still is', () => {
    const window = timeInterval('patching', [{ times: [{ start: 9 * 60, end: 10 * 60 }] }], 'UTC')
    const rig = new Rig(plan({ routes: [route({ mute: [window] })] }))
    rig.run([fire(10, 'a'), fire(20, 'b'), resolve(600, 'a'), fire(3500, 'c'), resolve(3590, 'c')], 2 * 3600)
    expect(rig.lines).to.deep.equal(['3640 new +b'])
    const hours = new Rig(plan({ routes: [route({ active: [window] })] }))
    hours.run([fire(10, 'a'), resolve(3700, 'a')], 24 * 3600 + 600)
    expect(hours.lines).to.deep.equal(['40 new +a', '86440 resolved -a'])
  })

  it('tries again what may pass, buries what is refused, and what cannot be given for an hour', () => {
    let fails = 3
    const rig = new Rig(plan(), () => (fails-- > 0 ? { kind: 'later', why: '503' } : { kind: 'taken' }))
    rig.run([fire(0, 'a')], 60)
    expect(rig.told.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4])
    expect(new Set(rig.told.map(({ key }) => key)).size).to.equal(1)
    const refused = new Rig(plan(), () => ({ kind: 'refused', why: '400' }))
    refused.run([fire(0, 'a')], 3 * 3600)
    expect(refused.lines).to.deep.equal(['30 new +a'])
    expect(refused.letters.map(({ topic }) => topic)).to.deep.equal(['alert_notifications.dlq'])
    expect(refused.log.map(({ transition, comment }) => [transition, comment])).to.deep.equal([['notify_failed', '400']])
    refused.until(4 * 3600 + 600)
    expect(refused.lines.slice(1)).to.deep.equal(['14430 repeated +a'])
    const dead = new Rig(plan({ giveUpAfter: 10 * MINUTE }), (_, now) =>
      now < Date.parse('2026-03-31T09:20:00Z') ? { kind: 'later', why: '503' } : { kind: 'taken' },
    )
    dead.run([fire(0, 'a')], 3600)
    expect(dead.letters).to.have.length(1)
    expect(dead.log.at(-1)?.transition).to.equal('notified')
  })

  it('leaves out of one notification what is too much, and counts it', () => {
    const rig = new Rig(plan({ targets: [target('ops', { maxAlerts: 2 })] }))
    rig.run(
      ['a', 'b', 'c', 'd'].map((name) => fire(0, name)),
      60,
    )
    expect(rig.told.map(({ alerts }) => alerts.length)).to.deep.equal([2])
    expect(rig.log.filter(({ transition }) => transition === 'notified')).to.have.length(4)
    expect(rig.until(3600).lines).to.have.length(1)
  })

  it('does not tell receivers that want no end of it', () => {
    const rig = new Rig(plan({ targets: [target('ops', { sendResolved: false })] }))
    rig.run([fire(0, 'a'), fire(0, 'b'), resolve(5, 'b'), resolve(100, 'a')], 3600)
    expect(rig.lines).to.deep.equal(['30 new +a'])
  })

  it('tells a new incident of an alert, and forgets a group whose alerts are forgotten', () => {
    const rig = new Rig(plan())
    rig.run([fire(0, 'a'), resolve(100, 'a'), fire(1000, 'a'), resolve(2000, 'a'), { at: 4000, kind: 'forget', name: 'a' }], 5000)
    expect(rig.lines).to.deep.equal(['30 new +a', '330 resolved -a', '1030 new +a', '2230 resolved -a'])
    expect(rig.saved.map(({ group_id }) => group_id)).to.deep.equal(['watching'])
  })

  it('told of another grouping, does not tell anew what is over', () => {
    const rig = new Rig(plan())
    rig.run([fire(0, 'a'), resolve(100, 'a'), fire(400, 'b')], 1000)
    const before = rig.lines.length
    rig.restart(plan({ routes: [route({ id: 'other', groupBy: ['subject'] })] }))
    rig.until(3600)
    expect(rig.lines.slice(before)).to.deep.equal(['1030 new +b'])
  })

  it('gives the same notification again under the same key when it was killed between telling and noting it', () => {
    const rig = new Rig(plan())
    rig.happen(fire(0, 'a'))
    rig.now += 30 * SECOND
    rig.killBeforeOutcome()
    expect(rig.told.map(({ key }) => key)).to.have.length(2)
    expect(new Set(rig.told.map(({ key }) => key)).size).to.equal(1)
    rig.until(1000)
    expect(rig.told).to.have.length(2)
  })

  const name = fc.constantFrom('a', 'b', 'c')
  const at = fc.integer({ min: 0, max: 7200 })
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ at, kind: fc.constant('fire' as const), name }) },
    { weight: 3, arbitrary: fc.record({ at, kind: fc.constant('resolve' as const), name }) },
    {
      weight: 1,
      arbitrary: fc.record({
        at,
        kind: fc.constant('silence' as const),
        matcher: fc.constantFrom('subject=a', 'subject=b'),
        for: fc.integer({ min: 1, max: 2000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('ack' as const), name }) },
  )
  const window = timeInterval('w', [{ times: [{ start: 9 * 60 + 40, end: 10 * 60 }] }], 'UTC')
  const rich = plan({
    routes: [route({ repeatInterval: 30 * MINUTE, mute: [window], escalation: [{ after: 10 * MINUTE, receiver: 'boss' }] })],
    targets: [target('ops'), target('boss')],
    inhibit: [{ source: only('subject', 'c'), target: only('subject', 'a'), equal: [], topology: false }],
    giveUpAfter: 5 * MINUTE,
  })

  it('tells the same whether or not it was killed and started again, at whatever moments', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 25 }),
        fc.array(at, { maxLength: 6 }),
        fc.constantFrom(2, 3, 1000),
        (happenings, kills, every) => {
          const plain = new Rig(rich, sometimesFailing(every)).run(happenings, 12_000)
          const other = new Rig(rich, sometimesFailing(every))
          const steps = [...happenings.map((what) => ({ at: what.at, what })), ...kills.map((kill) => ({ at: kill, what: undefined }))]
          for (const step of steps.sort((a, b) => a.at - b.at)) {
            other.until(step.at)
            if (step.what) other.happen(step.what)
            else other.restart()
          }
          other.until(12_000)
          expect(other.told).to.deep.equal(plain.told)
          expect(other.log).to.deep.equal(plain.log)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('never tells a receiver twice that the same incident fires or is over, but to repeat it; nor leaves one out that still fires', () => {
    const one = plan({ routes: [route({ repeatInterval: 100 * HOUR })] })
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
        const rig = new Rig(one).run(happenings, 20_000)
        const knows = new Map<string, string>()
        for (const { incidents } of rig.told) {
          const changes = incidents.filter(({ name: of, state }) => knows.get(of) !== state)
          expect(changes.length, rig.lines.join('; ')).to.be.above(0)
          for (const { name: of, state } of incidents) knows.set(of, state)
        }
      }),
      // One that was over and begins anew before anybody was told is another incident.
      { examples: [[[resolve(6330, 'b'), fire(6331, 'b'), fire(0, 'b')]]], numRuns: 200 },
    )
  })

  it('writes what its topic takes', async () => {
    const rig = new Rig(rich, sometimesFailing(2))
    rig.run([fire(0, 'a'), fire(10, 'b'), { at: 20, kind: 'silence', matcher: 'subject=b', for: 3000 }, resolve(500, 'a')], 1000)
    for (const event of rig.saved) expect(await validateRecord('alert_notifications', Buffer.from(JSON.stringify(event)))).to.equal(null)
    for (const entry of rig.log) expect(await validateRecord('alert_log', Buffer.from(JSON.stringify(entry)))).to.equal(null)
  })
})
