import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'

describe('shitops insight', function () {
  this.timeout(120_000)
  let dir: string
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-insight-'))
  })
  after(() => rm(dir, { recursive: true }))

  it('lists what there is, with severity, channel and title', async () => {
    const { stdout, code } = await runCli(['insight', 'list'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^call_quality_at_risk +critical +operations +45s +People are in a call/m)
    const { insights } = JSON.parse((await runCli(['insight', 'list', '--json'])).stdout)
    expect(insights.length).to.be.at.least(12)
    expect(insights[0]).to.have.all.keys('name', 'title', 'severity', 'channel', 'for_s')
  })

  it('shows one: words, policy, SQL, plan', async () => {
    const { stdout, code } = await runCli(['insight', 'show', 'device_flapping'])
    expect(code).to.equal(0)
    for (const part of [
      'An interface goes up and down',
      'warning, told to operations: fires at once',
      'LAG(`value`) OVER',
      '└─ scan device_metrics',
    ]) {
      expect(stdout).to.include(part)
    }
    const document = JSON.parse((await runCli(['insight', 'show', 'device_flapping', '--json'])).stdout)
    expect(document).to.deep.include({ name: 'device_flapping', policy: { ...document.policy, for_s: 0, keep_firing_for_s: 300 } })
    const unknown = await runCli(['insight', 'show', 'device_flaping'])
    expect(unknown.code).to.equal(2)
    expect(unknown.stderr).to.include('did you mean device_flapping?')
  })

  it('runs the tests of the built-in insights', async () => {
    const { stdout, code } = await runCli(['insight', 'test'])
    expect(stdout).to.match(/^\d+ passed, 0 failed$/m)
    expect(code).to.equal(0)
  })

  it('exits 3 when a test fails, and says what differs', async () => {
    const file = join(dir, 'flapping.yaml')
    await writeFile(
      file,
      `insight: device_flapping
tests:
  - name: four changes
    interval: 30s
    input:
      - topic: device_metrics
        record: { target: sw-1, metric: if_oper_status, instance: e1, unit: state }
        series: { value: 1 0 1 0 1 }
    expect: { summaries: [e1 of sw-2 changed its state 4 times within ten minutes] }
`,
    )
    const { stdout, code } = await runCli(['insight', 'test', file])
    expect(code).to.equal(3)
    expect(stdout).to.include('FAIL four changes').and.include('- e1 of sw-2').and.include('+ e1 of sw-1').and.include('0 passed, 1 failed')
    const json = await runCli(['insight', 'test', file, '--json'])
    expect(json.code).to.equal(3)
    expect(JSON.parse(json.stdout)).to.include({ passed: 0, failed: 1 })
  })

  it('exits 2 for a test file that is none, with its line', async () => {
    const file = join(dir, 'bad.yaml')
    await writeFile(file, 'insight: device_flapping\ntests:\n  - name: x\n    inputs: []\n    expect: {}\n')
    const { stderr, code } = await runCli(['insight', 'test', file])
    expect(code).to.equal(2)
    expect(stderr).to.match(/bad\.yaml, line 3: tests\[0\]/)
    expect((await runCli(['insight', 'test', join(dir, 'none.yaml')])).code).to.equal(1)
  })
})
