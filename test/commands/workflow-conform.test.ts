import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type AudioMetrics, toRecord, type WorkflowEvent } from '../../src/events/index.ts'
import { at } from '../mining/events.ts'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const RULES = `
rules:
  - {name: eyes, rule: four_eyes, severity: critical, activities: [submit, approve]}
  - {name: paid, rule: response, activity: submit, followed_by: pay}
`
const CSV = `case,activity,time,resource
a,submit,2026-03-02T09:00:00Z,p1
a,approve,2026-03-02T10:00:00Z,p1
b,submit,2026-03-02T09:30:00Z,p1
b,approve,2026-03-02T10:30:00Z,p2
a,pay,2026-03-02T11:00:00Z,p3
`

describe('shitops workflow conform', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  let log: string
  let rules: string
  beforeEach(async () => {
    log = join(dir(), 'log.csv')
    rules = join(dir(), 'rules.yaml')
    await writeFile(log, CSV)
    await writeFile(rules, RULES)
  })

  it('tells what is broken, where, and exits 3', async () => {
    const { stdout, code } = await runCli(['workflow', 'conform', '--rules', rules, log])
    expect(code).to.equal(3)
    expect(stdout).to.match(/critical +eyes +a +p1 did both "submit" and "approve".*log\.csv:2 .*log\.csv:3$/m)
    expect(stdout).to.match(/^eyes +four_eyes +critical +1 +1$/m)
    const { violations, by_rule } = JSON.parse((await runCli(['workflow', 'conform', '-r', rules, log, '--json'])).stdout)
    expect(violations.map(({ rule, case_id }: { rule: string; case_id: string }) => [rule, case_id])).to.deep.equal([
      ['eyes', 'a'],
      ['paid', 'b'],
    ])
    expect(by_rule).to.have.lengthOf(2)
    const open = await runCli(['workflow', 'conform', '-r', rules, log, '--no-ended', '--json'])
    expect(JSON.parse(open.stdout)).to.deep.include({ open_cases: 2 })
    expect(JSON.parse(open.stdout).violations).to.have.lengthOf(1)
  })

  it('exits 0 when nothing is', async () => {
    await writeFile(rules, 'rules: [{name: never, rule: absence, activity: "override*"}]')
    const { stdout, stderr, code } = await runCli(['workflow', 'conform', '-r', rules, log])
    expect([code, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.contain('0 violations in 2 cases, 5 events')
  })

  it('learns what is usual and checks against it', async () => {
    const profile = join(dir(), 'usual.json')
    expect((await runCli(['workflow', 'conform', '--learn', profile, '--least', '2', log])).code).to.equal(0)
    expect(JSON.parse(await readFile(profile, 'utf8')).pairs).to.have.lengthOf(1)
    await writeFile(log, `${CSV}c,submit,2026-03-03T09:00:00Z,p1\nc,approve,2026-03-05T09:00:00Z,p2\n`)
    const { stdout, code } = await runCli(['workflow', 'conform', '--profile', profile, log])
    expect(code).to.equal(3)
    expect(stdout).to.match(/temporal_profile +c +"approve" came 2d after "submit", usually about (1h|59m)/)
  })

  it('follows the topic with --publish, until Ctrl-C: violations are insights', async () => {
    const env = { SHITOPS_BUS: `embedded:${join(dir(), 'bus')}` }
    await runCli(['topic', 'create', '--all'], { env })
    const live = new LiveCli(['workflow', 'conform', '-r', rules, '--publish'], dir(), env)
    try {
      await live.until(({ stderr }) => stderr.includes('Following workflow_events'))
      const now = Date.now()
      // Violations have the time of their events: retention takes what is of long ago.
      const ago = (ms: number) => ({ person: 'p1', event_time: new Date(now - ms).toISOString() })
      const events = [at(0, 'a', 'submit', ago(120_000)), at(1, 'a', 'approve', ago(60_000))]
      const input = events.map((value) => `${JSON.stringify({ topic: 'workflow_events', timestamp: now, key: 'a', value })}\n`).join('')
      expect((await runCli(['produce', 'workflow_events'], { env, input })).code).to.equal(0)
      await live.until(({ stdout }) => stdout.includes('critical eyes a: p1 did both'))
      live.child.kill('SIGINT')
      expect(await live.exited).to.equal(130)
    } finally {
      live.child.kill('SIGKILL')
    }
    const { stdout } = await runCli(['tail', 'insights', '--no-follow', '--grep', 'workflow_rule_broken', '--output', 'ndjson'], { env })
    const { key, value } = JSON.parse(stdout)
    expect(value).to.deep.include({ subject: 'a/eyes', severity: 'critical', details: { case_id: 'a', kind: 'four_eyes' } })
    expect(value.evidence.map(({ excerpt }: { excerpt: string }) => excerpt)).to.deep.equal(['submit by p1', 'approve by p1'])
    expect(key).to.contain('workflow_rule_broken')
  })

  it('says which line of the rules is wrong, and what it needs', async () => {
    await writeFile(rules, 'rules:\n  - {name: r, rule: six_eyes}\n')
    const wrong = await runCli(['workflow', 'conform', '-r', rules, log])
    expect([wrong.code, /SHITOPS_E_RULES/.test(wrong.stderr), /line 2/.test(wrong.stderr)]).to.deep.equal([2, true, true])
    expect((await runCli(['workflow', 'conform', log])).stderr).to.contain('nothing to check events against')
    expect((await runCli(['workflow', 'conform', '-r', rules, '--publish', log])).code).to.equal(2)
  })
})

describe('shitops workflow relate', function () {
  this.timeout(120_000)
  const dir = useTempDir()

  it('relates the calls of a team to its cases, and warns', async () => {
    const bus = `embedded:${join(dir(), 'bus')}`
    const env = { SHITOPS_BUS: bus }
    const record = (topic: 'audio_metrics' | 'workflow_events', value: AudioMetrics | WorkflowEvent) => {
      const { key, timestamp } = toRecord(topic as 'audio_metrics', value as AudioMetrics, { source: '/test' })
      return `${JSON.stringify({ topic, key, timestamp, value })}\n`
    }
    let [audio, steps] = ['', '']
    // Audio metrics are kept for a week.
    const begin = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 140 * 3_600_000
    const ago = (minute: number) => new Date(begin + minute * 60_000).toISOString()
    for (let h = 0; h < 120; h++) {
      const event_time = ago(h * 60)
      const share = ((h * 7919) % 101) / 101
      for (let p = 0; p < 5; p++) {
        const sample = { kind: 'sample', audio_state: 'call', basis: 'connection_state', confidence: 1, team: 'payables' } as const
        audio += record('audio_metrics', {
          ...sample,
          event_time,
          device: `hs_000000000000000${p}`,
          person: `p${p}`,
          interval_s: 60,
          observed_s: 60,
          intensity: share,
          call_s: 60 * share,
        })
      }
      for (let c = 0; c < 10 * (1 - share); c++)
        steps += record('workflow_events', at(0, `c${h}-${c}`, 'pay', { team: 'payables', event_time: ago(h * 60 - 30) }))
    }
    await runCli(['topic', 'create', '--all'], { env })
    for (const [topic, input] of [
      ['audio_metrics', audio],
      ['workflow_events', steps],
    ] as const) {
      const { code, stderr } = await runCli(['produce', topic], { env, input })
      expect(code, stderr).to.equal(0)
    }
    const { stdout, stderr, code } = await runCli(['workflow', 'relate', '--max-lag', '1'], { env })
    expect(code, stderr).to.equal(0)
    expect(stdout, stdout).to.match(/^payables +calls +0 +-(?:0\.[89]\d|1\.00) +-[01]\.\d+ +-0\.\d+ +\d+ +\d+ +yes$/m)
    expect(stderr).to.contain('associations, not causes')
    const withheld = JSON.parse((await runCli(['workflow', 'relate', '--k', '6', '--json'], { env })).stdout)
    expect(withheld).to.deep.include({ relations: [], withheld_teams: 1, k: 6 })
  })
})
