import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const rows = Array.from({ length: 700 }, (_, i) => {
  return `${new Date(Date.UTC(2026, 0, 1) + i * 300_000).toISOString()},${i === 650 ? 400 : (i * 7919) % 13}`
})
const CSV = `timestamp,value\n${rows.join('\n')}\n`

describe('shitops anomaly score', () => {
  const dir = useTempDir()

  it('gives each row back with a score, and says on stderr what it found', async () => {
    const file = join(dir(), 'series.csv')
    await writeFile(file, CSV)
    const { stdout, stderr, code } = await runCli(['anomaly', 'score', file])
    expect(code).to.equal(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).to.equal('timestamp,value,anomaly_score')
    expect(lines.slice(1).map((line) => line.slice(0, line.lastIndexOf(',')))).to.deep.equal(rows)
    const scores = lines.slice(1).map((line) => Number(line.slice(line.lastIndexOf(',') + 1)))
    expect(scores.indexOf(Math.max(...scores))).to.equal(650)
    expect(stderr).to.match(/700 rows, \d+ alarms?/)
  })

  it('reads stdin, and explains as JSON lines', async () => {
    const { stdout } = await runCli(['anomaly', 'score', '-', '--explain', '-o', 'ndjson', '--quiet'], { input: CSV })
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[650]).to.deep.include({ value: 400, timestamp: '2026-01-03T06:10:00.000Z' })
    expect(lines[650].alarm).to.include({ since: '2026-01-03T06:10:00.000Z' })
    expect(lines[649].alarm).to.equal(null)
  })

  it('gives one document with --json', async () => {
    const { stdout } = await runCli(['anomaly', 'score', '-', '--json'], { input: 'timestamp,value\n2026-01-01,1\nx,2\n' })
    const { rows, summary } = JSON.parse(stdout)
    expect(rows).to.deep.equal([
      { timestamp: '2026-01-01', value: 1, anomaly_score: 0 },
      { timestamp: 'x', value: 2, anomaly_score: 0 },
    ])
    expect(summary).to.include({ rows: 2, bad: 1 })
  })

  it('scores several values together, and refuses a column that is not there', async () => {
    const text = 'timestamp,cpu,load\n2026-01-01T00:00:00Z,1,2\n2026-01-01T00:05:00Z,,3\n'
    const { stdout, code } = await runCli(['anomaly', 'score', '-', '--quiet'], { input: text })
    expect(code).to.equal(0)
    expect(stdout).to.equal('timestamp,cpu,load,anomaly_score\n2026-01-01T00:00:00Z,1,2,0\n2026-01-01T00:05:00Z,,3,0\n')
    const one = await runCli(['anomaly', 'score', '-', '--columns', 'load', '--quiet'], { input: text })
    expect(one.stdout).to.match(/^timestamp,value,anomaly_score\n2026-01-01T00:00:00Z,2,0\n/)
    expect((await runCli(['anomaly', 'score', '-', '--columns', 'disk'], { input: text })).code).to.equal(2)
  })

  it('says which file is not there', async () => {
    const { stderr, code } = await runCli(['anomaly', 'score', join(dir(), 'none.csv')])
    expect(code).to.equal(1)
    expect(stderr).to.contain('SHITOPS_E_FILE').and.to.contain('none.csv')
  })
})
