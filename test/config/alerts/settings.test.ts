import { expect } from 'chai'
import { dispatchPlan } from '../../../src/alerts/notify/plan.ts'
import { alertSettings, inspectAlerts } from '../../../src/config/alerts/settings.ts'
import { problemText } from '../../../src/config/problem.ts'
import { parseConfig } from '../../../src/config/read-file.ts'

const FILE = `alerts:
  route: { receiver: ops, groupBy: [alertname, site], repeatInterval: 2h }
  routes:
    - matchers: [severity="critical", 'team=~"pay.*"']
      receiver: boss
      muteTimeIntervals: [night]
      continue: true
    - matchers: [severity="critical", 'team=~"pay.*"']
      escalation: [{ after: 15m, receiver: boss }]
  receivers:
    - name: ops
      webhook: [{ url: https://hooks.example/x, bearerTokenFile: token }, { urlEnv: HOOK }]
    - name: boss
      sendResolved: false
      email: [{ to: [boss@corp.example], from: me@corp.example, host: mail.example, passwordFile: /etc/pw }]
  timeIntervals:
    - { name: night, timeZone: Europe/Berlin, entries: [{ times: ['22:00-06:00'], weekdays: ['monday:friday'], daysOfMonth: ['-3:-1'] }] }
  inhibitRules: [{ sourceMatchers: [a=b], targetMatchers: [c=d], topology: true }]
`

describe('the section alerts', () => {
  const problems = (text: string) => {
    const { entries, problems: found } = parseConfig(text, '/etc/x.yaml', 1)
    return [...found, ...inspectAlerts(entries, {}).problems].map((problem) => problemText(problem))
  }

  it('becomes a plan: routes with the defaults, targets with their numbers', () => {
    const { entries, problems: none } = parseConfig(FILE, '/etc/shitops/x.yaml', 1)
    expect(none).to.deep.equal([])
    const settings = alertSettings(entries, {})
    expect(settings.receivers?.[0]?.webhook?.[0]?.bearerTokenFile).to.equal('/etc/shitops/token')
    const plan = dispatchPlan(settings)
    expect(plan.targets.map(({ id, sendResolved }) => [id, sendResolved])).to.deep.equal([
      ['ops/webhook/0', true],
      ['ops/webhook/1', true],
      ['boss/email/0', false],
    ])
    expect(
      plan.routes.map(({ id, receiver, goOn, repeatInterval, groupWait }) => [id, receiver, goOn, repeatInterval, groupWait]),
    ).to.deep.equal([
      ['{severity="critical",team=~"pay.*"}', 'boss', true, 7_200_000, 30_000],
      ['{severity="critical",team=~"pay.*"}~2', 'ops', false, 7_200_000, 30_000],
      ['{}', 'ops', false, 7_200_000, 30_000],
    ])
    expect(plan.routes[0]?.mute.map(({ name }) => name)).to.deep.equal(['night'])
    expect(plan.routes[1]?.escalation).to.deep.equal([{ after: 900_000, receiver: 'boss' }])
    expect(plan.giveUpAfter).to.equal(3_600_000)
  })

  it('needs no more than one receiver', () => {
    const { entries } = parseConfig('alerts: { receivers: [{ name: ops, slack: [{ urlFile: x }] }] }', '/x.yaml', 1)
    expect(dispatchPlan(alertSettings(entries, {})).routes.map(({ receiver, groupBy }) => [receiver, groupBy])).to.deep.equal([
      ['ops', ['alertname']],
    ])
  })

  it('says what is wrong, and where', () => {
    const hook = 'webhook: [{ url: https://h.example }]'
    for (const [text, ...expected] of [
      [
        'alerts:\n  routes:\n    - matchers: ["site"]',
        '/etc/x.yaml:3:18: alerts.routes[0].matchers[0] must be a matcher such as site="hq" or team=~"pay.*"',
      ],
      [
        'alerts:\n  route:\n    groupWait: soon',
        '/etc/x.yaml:3:16: alerts.route.groupWait must be a duration such as 500ms, 90s, 15m, 1h30m, 2d or 1w',
      ],
      [
        `alerts:\n  receivers:\n    - name: a\n      ${hook}\n  route: { receiver: b }`,
        '/etc/x.yaml:5:22: alerts.route.receiver names "b", and there is no receiver of that name; there is a',
      ],
      [
        `alerts:\n  receivers:\n    - { name: a, ${hook} }\n    - { name: a, ${hook} }`,
        '/etc/x.yaml:4:15: alerts.receivers[1].name "a" is there already',
      ],
      [
        'alerts:\n  receivers:\n    - name: a',
        '/etc/x.yaml:3:7: alerts.receivers[0] tells nobody; give it one of webhook, slack, teams, email, exec',
      ],
      [
        'alerts:\n  receivers:\n    - name: a\n      exec: [{ command: [rm] }]',
        '/etc/x.yaml:4:13: alerts.receivers[0].exec would run programs, and that is off; alerts.allowExec: true, in the same file',
      ],
      [
        'alerts:\n  receivers:\n    - name: a\n      slack: [{ url: https://a.example, urlEnv: A }]',
        '/etc/x.yaml:4:15: alerts.receivers[0].slack[0] must have one of url, urlFile and urlEnv',
      ],
      [
        'alerts:\n  receivers:\n    - name: a\n      webhook: [{ url: https://a.example, token: x }]',
        '/etc/x.yaml:4:43: alerts.receivers[0].webhook[0].token would be a secret in a file that others read; ',
      ],
      [
        `alerts:\n  receivers: [{ name: a, ${hook} }]\n  routes: [{ matchers: [a=b], muteTimeIntervals: [x] }]`,
        '/etc/x.yaml:3:51: alerts.routes[0].muteTimeIntervals[0] names "x", and there is no time interval of that name',
      ],
      [
        'alerts:\n  timeIntervals: [{ name: a, timeZone: Mars, entries: [{ times: ["25:00-26:00"], weekdays: [moonday] }] }]',
        '/etc/x.yaml:2:40: alerts.timeIntervals[0].timeZone must be a time zone such as Europe/Berlin',
        'times[0] must be times',
        'weekdays[0] must be a weekday',
      ],
      ['alerts: { recievers: [] }', '/etc/x.yaml:1:11: alerts.recievers is not a setting; did you mean alerts.receivers?'],
    ] as const) {
      const found = problems(text)
      expect(found, text).to.have.length(expected.length)
      for (const [i, start] of expected.entries()) expect(found[i], text).to.include(start)
    }
  })

  it('lets programs run only where the file that names them says so', async () => {
    const { alerts } = await import('../../../src/config/sections/alerts.ts')
    const entry = (path: string, rank: number) => ({ path, rank, value: [], origin: { kind: 'default' } as const })
    const kept = (exec: number, receivers: number) =>
      alerts.effective?.([entry('alerts.allowExec', exec), entry('alerts.receivers', receivers)]).length
    expect([kept(1, 2), kept(2, 1), kept(2, 2)]).to.deep.equal([1, 2, 2])
  })
})
