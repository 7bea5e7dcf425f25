import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { toRecord } from '../../src/events/index.ts'
import { runCli } from '../support/cli.ts'

const MINUTE = 60_000

describe('shitops analyze', function () {
  this.timeout(120_000)
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-analyze-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  const run = (args: string[], input?: string) =>
    runCli(args, { env: { SHITOPS_BUS: `embedded:${join(dir, 'bus')}` }, ...(input !== undefined && { input }) })

  /** States of an interface a minute apart, the first an hour ago, as `produce` takes them. */
  function states(values: readonly number[]): string {
    const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE
    return values
      .map((value, i) => {
        const event_time = new Date(begin + i * MINUTE).toISOString()
        const series = { target: 'access-1', metric: 'if_oper_status', instance: 'e1', unit: 'state', collector: 'gnmi' as const }
        const { headers, ...record } = toRecord('device_metrics', { event_time, ...series, value }, { source: '/test' })
        return JSON.stringify({ ...record, headers: Object.fromEntries(headers), value: JSON.parse(record.value ?? '') })
      })
      .join('\n')
  }

  it('prints alerts that fire and are resolved, and has them on the bus; run again it has nothing new to say', async () => {
    await run(['topic', 'create', '--all'])
    expect((await run(['produce', 'device_metrics'], states([1, 0, 1, 0, 1, ...Array.from({ length: 30 }, () => 1)]))).code).to.equal(0)
    const only = ['--insight', 'device_flapping']
    const { stdout, stderr, code } = await run(['analyze', '--until-end', ...only, '--utc', '--no-color'])
    expect(code, stderr).to.equal(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/^\S+ \S+ +/, '')),
    ).to.deep.equal([
      'FIRING    device_flapping access-1/e1: e1 of access-1 changed its state 4 times within ten minutes',
      'RESOLVED  device_flapping access-1/e1',
    ])
    const again = await run(['analyze', '--until-end', ...only, '--json'])
    expect(JSON.parse(again.stdout)).to.include({ job: 'insights.device_flapping', events: 0, fired: 0 })
    const { jobs } = JSON.parse((await run(['analyze', 'jobs', '--json'])).stdout) as { jobs: Array<Record<string, unknown>> }
    expect(jobs.map(({ job }) => job)).to.deep.equal([0, 1, 2].map((i) => `insights.device_flapping/device_flapping@${i}of3`))
    const sum = (name: string) => jobs.reduce((all, job) => all + Number(job[name]), 0)
    expect([sum('records'), sum('lag'), sum('late'), sum('bad'), sum('jumps')]).to.deep.equal([35, 0, 0, 0, 0])
    expect((await run(['analyze', 'jobs', 'x', '--stop', '--yes'])).stderr).to.include('--gateway')
    const log = await run(['tail', 'alert_log', '--to', 'end', '--output', 'ndjson'])
    expect(
      log.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).value.transition),
    ).to.deep.equal(['pending', 'firing', 'resolved'])
    const refused = await run(['analyze', '--until-end', ...only, '--reset'])
    expect(refused.code).to.equal(2)
    expect(refused.stderr).to.include('SHITOPS_E_CONFIRM')
    const afresh = await run(['analyze', '--until-end', ...only, '--reset', '--yes', '--output', 'ndjson'])
    expect(
      afresh.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).transition),
    ).to.deep.equal(['pending', 'firing', 'resolved'])
  })

  it('refuses an insight that there is not, a time and a duration that are none', async () => {
    for (const [args, message] of [
      [['--insight', 'nothing'], 'SHITOPS_E_INSIGHT_UNKNOWN'],
      [['--from', '12'], 'SHITOPS_E_POSITION'],
      [['--disorder', 'long'], '--disorder "long" is no duration'],
    ] as const) {
      const { code, stderr } = await run(['analyze', ...args])
      expect(code).to.equal(2)
      expect(stderr).to.include(message)
    }
  })
})
