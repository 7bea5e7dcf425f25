import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { WorkflowEvent } from '../../src/events/event-types.ts'
import { toRecord } from '../../src/events/index.ts'
import { TestBus } from '../bus/ops/support.ts'
import { claims } from '../mining/predict/claims.ts'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const csv = (events: readonly WorkflowEvent[]) =>
  `case_id,activity,timestamp\n${events.map(({ case_id, activity, event_time }) => `${case_id},${activity},${event_time}\n`).join('')}`

const parsed = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('shitops workflow predict', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const predict = (args: string[], env = {}) => runCli(['workflow', 'predict', ...args], { env })

  describe('of logs', () => {
    it('learns one and predicts another: a line a prefix, the error in days on the last line of stderr', async () => {
      const [train, test] = [join(dir(), 'train.csv'), join(dir(), 'test.csv')]
      const tested = claims(20, 2)
      await writeFile(train, csv(claims(150)))
      await writeFile(test, csv(tested))
      const { stdout, stderr, code } = await predict(['--train', train, '--test', test, '--split-prefix-min', '2'])
      expect(code).to.equal(0)
      const lines = parsed(stdout)
      expect(lines).to.have.length(tested.length - 2 * 20)
      expect(Object.keys(lines[0])).to.deep.equal(['case', 'prefix', 'remaining_s', 'p50_s', 'p90_s', 'truth_s'])
      const mae = lines.reduce((sum, { p50_s, truth_s }) => sum + Math.abs(p50_s - truth_s), 0) / lines.length / 86_400
      const last = stderr.trimEnd().split('\n').at(-1) ?? ''
      expect(last).to.match(/^MAE \d+\.\d+ days/)
      expect(Number(last.split(' ')[1])).to.be.closeTo(mae, 1e-3)
      expect(mae).to.be.below(1)
    })

    it('holds out the later cases of one log, explained, in one document', async () => {
      const file = join(dir(), 'log.csv')
      await writeFile(file, csv(claims(100)))
      const { stdout } = await predict(['--train', file, '--holdout', '0.3', '--deadline', '5d', '--explain', '--json', '--quiet'])
      const { rows, report, train_cases, test_cases } = JSON.parse(stdout)
      expect([train_cases, test_cases]).to.deep.equal([70, 30])
      expect(report.prefixes).to.equal(rows.length)
      expect(report.breach.reliability).to.have.length(10)
      expect(rows[0]).to.include.keys('p10_s', 'breach', 'next', 'basis')
    })

    it('says what is wrong: nothing to learn, no such file, a share that is none', async () => {
      const file = join(dir(), 'empty.csv')
      await writeFile(file, 'case_id,activity,timestamp\na,b,2026-01-01T00:00:00Z\n')
      const empty = await predict(['--train', file, '--test', file])
      expect([empty.code, empty.stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes('no case of two steps'))
      expect((await predict(['--train', join(dir(), 'none.xes')])).stderr).to.contain('SHITOPS_E_FILE')
      expect((await predict(['--train', file, '--holdout', '2'])).code).to.equal(2)
    })
  })

  describe('of the topic', () => {
    const test = new TestBus()
    const env = { SHITOPS_BUS: test.url }
    const events = claims(120)
    const append = (some: readonly WorkflowEvent[]) =>
      test.bus.append(
        'workflow_events',
        some.map((event) => toRecord('workflow_events', event, { source: '/test' })),
      )

    before(async () => {
      await test.open()
      await test.topic('workflow_events')
      await test.topic('insights')
    })
    after(() => test.close())

    it('shows the cases that go on; with --state a second run goes on from there and says what one run says', async () => {
      const state = join(dir(), 'claims.state')
      const half = events.length / 2
      await append(events.slice(0, half))
      const first = await predict(['--state', state, '--idle', '9d', '--utc'], env)
      expect(first.code).to.equal(0)
      expect(first.stdout)
        .to.match(/^CASE +ACTIVITY +P50 END/)
        .and.to.match(/\d+ cases learnt, \d+ cases running at/)
      await append(events.slice(half))
      const args = ['--idle', '9d', '--deadline', '6d', '--json']
      const [again, whole] = [await predict([...args, '--state', state], env), await predict(args, env)]
      const [resumed, one] = [JSON.parse(again.stdout), JSON.parse(whole.stdout)]
      expect(resumed.running).to.deep.equal(one.running)
      expect(resumed.learnt_cases).to.equal(one.learnt_cases).and.to.be.above(50)
      expect(resumed.counts.events).to.equal(events.length)
      const risks = one.running.map(({ breach }: { breach: number }) => breach)
      expect(risks).to.deep.equal([...risks].sort((a, b) => b - a))
    })

    it('publishes which cases are likely to miss their deadline, as an insight of its own name', async () => {
      const to = `@${events[events.length / 2]?.event_time}`
      const { stdout } = await predict(['--to', to, '--idle', '9d', '--deadline', '6d', '--publish', '--json', '--threshold', '0.3'], env)
      const { running, published, now } = JSON.parse(stdout)
      const open = running.filter(({ deadline }: { deadline: string }) => deadline > now)
      expect(published).to.equal(open.length).and.to.be.above(0)
      const insights = (await test.values('insights')).map((value) => JSON.parse(value as string))
      expect(insights.map(({ subject }) => subject)).to.deep.equal(open.map((row: { case: string }) => row.case))
      for (const { insight, active, score, summary } of insights) {
        expect([insight, active]).to.deep.equal(['case_predicted_late', score >= 0.3])
        expect(summary === undefined).to.equal(!active)
      }
    })

    it('does not read a state that is none', async () => {
      const state = join(dir(), 'broken.state')
      await writeFile(state, 'nonsense')
      const { stderr, code } = await predict(['--state', state], env)
      expect([code, stderr]).to.satisfy(([exit, text]: [number, string]) => exit === 1 && text.includes('SHITOPS_E_FILE'))
    })
  })
})
