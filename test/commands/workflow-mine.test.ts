import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { at } from '../mining/events.ts'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

/** Twelve cases; approval is slow. */
const EVENTS = Array.from({ length: 12 }, (_, i) => [
  at(i, `c${i}`, 'submit', { team: 'sales' }),
  at(i + 5, `c${i}`, 'check', { team: 'payables' }),
  ...(i === 0 ? [at(7, 'c0', 'check', { team: 'payables' })] : []),
  at(i + 2_000, `c${i}`, 'approve', { team: 'payables', person: 'p1' }),
]).flat()

const csv = () => ['case,activity,time,team', ...EVENTS.map((e) => `${e.case_id},${e.activity},${e.event_time},${e.team}`), ''].join('\n')
const lines = () =>
  EVENTS.map(
    (value) => `${JSON.stringify({ topic: 'workflow_events', timestamp: Date.parse(value.event_time), key: value.case_id, value })}\n`,
  ).join('')

describe('shitops workflow mine', function () {
  this.timeout(120_000)
  const dir = useTempDir()

  it('tells a process from a file: tables, and pictures in files', async () => {
    const file = join(dir(), 'claims.csv')
    await writeFile(file, csv())
    const [svg, dot, mermaid] = ['svg', 'dot', 'mmd'].map((ending) => join(dir(), `map.${ending}`)) as [string, string, string]
    const { stdout, stderr, code } = await runCli(['workflow', 'mine', file, '--svg', svg, '--dot', dot, '--mermaid', mermaid])
    expect(code, stderr).to.equal(0)
    expect(stdout).to.match(/^12 cases, 37 steps, 37 events/)
    expect(stdout).to.match(/happy path: 92 % of the cases/)
    expect(stdout).to.match(/^ +1 +check +approve +100 % +12 +1d 8h/m)
    expect(stdout).to.match(/^sales +payables +12 +5m/m)
    expect(await readFile(svg, 'utf8'))
      .to.contain('Where the time goes')
      .and.to.contain('>claims<')
    expect(await readFile(dot, 'utf8')).to.contain('digraph')
    expect(await readFile(mermaid, 'utf8')).to.contain('flowchart TD')
  })

  it('gives one document, the same from the topic as from the file', async () => {
    const file = join(dir(), 'claims.csv')
    await writeFile(file, csv())
    const bus = `embedded:${join(dir(), 'bus')}`
    await runCli(['topic', 'create', 'workflow_events', '--bus', bus])
    expect((await runCli(['produce', 'workflow_events', '--bus', bus], { input: lines() })).code).to.equal(0)
    const fromTopic = JSON.parse((await runCli(['workflow', 'mine', '--bus', bus, '--json'])).stdout)
    const fromFile = JSON.parse((await runCli(['workflow', 'mine', file, '--json'])).stdout)
    expect(fromTopic.model.flows).to.deep.equal(fromFile.model.flows)
    expect(fromTopic.model.variants).to.deep.equal(fromFile.model.variants)
    expect(fromTopic.model).to.include({ cases: 12, steps: 37 })
    const part = JSON.parse((await runCli(['workflow', 'mine', '--bus', bus, '--to', '@2026-03-02T12:00:00Z', '--json'])).stdout)
    expect(part.model.activities.map(({ activity }: { activity: string }) => activity)).to.deep.equal(['check', 'submit'])
  })

  it('says what is wrong with flags, and with a folder that is not there', async () => {
    const file = join(dir(), 'claims.csv')
    await writeFile(file, csv())
    const wrong = await runCli(['workflow', 'mine', file, '--paths', '80'])
    expect([wrong.code, wrong.stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes('from 0 to 1'))
    expect((await runCli(['workflow', 'mine', file, '--half-life', 'soon'])).code).to.equal(2)
    expect((await runCli(['workflow', 'mine', file, '--from', 'start'])).stderr).to.contain('a file is read whole')
    const nowhere = await runCli(['workflow', 'mine', file, '--svg', join(dir(), 'none', 'map.svg')])
    expect([nowhere.code, nowhere.stderr.includes('SHITOPS_E_FILE')]).to.deep.equal([1, true])
  })
})
