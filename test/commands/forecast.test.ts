import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const START = Date.UTC(2026, 0, 5)
const HOUR = 3_600_000
const noise = (i: number) => (Math.sin(i * 12.9898) * 43_758.5453) % 2
const csv = (rows: number, valueAt: (i: number) => number) =>
  `timestamp,value\n${Array.from({ length: rows }, (_, i) => `${new Date(START + i * HOUR).toISOString()},${valueAt(i)}`).join('\n')}\n`
const busy = (i: number) => (i % 24 >= 9 && i % 24 < 17 ? 80 : 20) + noise(i)

describe('shitops forecast', () => {
  const dir = useTempDir()

  it('says what comes, and when a threshold is crossed', async () => {
    const { stdout, stderr, code } = await runCli(['forecast', '-', '--horizon', '12h', '--above', '60'], { input: csv(840, busy) })
    expect(code).to.equal(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).to.equal('timestamp,forecast,low,high,probability')
    expect(lines.length).to.equal(13)
    expect(lines[1]).to.match(/^2026-02-09T00:00:00\.000Z,/)
    expect(stderr).to.contain('above 60 from 2026-02-09T09:00:00.000Z on')
  })

  it('gives one document with --json, and the code of what is wrong', async () => {
    const { stdout } = await runCli(['forecast', '-', '--horizon', '2h', '--below', '60', '--json'], { input: csv(840, busy) })
    const { rows, crossing } = JSON.parse(stdout)
    expect(rows.length).to.equal(2)
    expect(crossing).to.include({ side: 'below', threshold: 60 })
    const short = await runCli(['forecast', '-', '--json'], { input: csv(3, busy) })
    expect(short.code).to.equal(1)
    expect(JSON.parse(short.stdout).error.code).to.equal('SHITOPS_E_SERIES')
    expect((await runCli(['forecast', '-', '--horizon', 'soon'], { input: csv(99, busy) })).code).to.equal(2)
  })

  it('holds series against seasonal naive, and exits 3 with --check where too few are better', async () => {
    const [good, exact] = [join(dir(), 'good.csv'), join(dir(), 'exact.csv')]
    await writeFile(good, csv(1000, busy))
    await writeFile(
      exact,
      csv(1000, (i) => i % 24),
    )
    const { stdout, stderr, code } = await runCli(['forecast', 'backtest', good, exact, '--check'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^SERIES +ROWS +SEASON +FORECASTS +PINBALL +NAIVE PINBALL +RATIO +COVERAGE +NAIVE COVERAGE\n/)
    expect(stderr).to.contain('2 series, 2 with a season: better than seasonal naive on 1 of 1')
    const none = await runCli(['forecast', 'backtest', exact, '--check', '--json'])
    expect(none.code).to.equal(3)
    expect(JSON.parse(none.stdout).summary).to.include({ seasonal: 1, judged: 0, better: 0 })
    expect((await runCli(['forecast', 'backtest', good, '--least', '2', '--check'])).code).to.equal(2)
    const alone = await runCli(['forecast', 'backtest', good])
    expect(alone.stderr).to.match(/^1 series, 1 with a season/)
    expect(alone.code).to.equal(0)
    expect((await runCli(['forecast', 'backtest', good, '--least', '0.9'])).stderr).to.contain('--least needs --check')
  })
})
