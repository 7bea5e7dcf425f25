import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../../support/cli.ts'

const MUSIC = '4c000719010e202b668f01000500000000000000000000000000000000'

const linesOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('shitops scan decode', () => {
  it('prints one object a frame, by the line it stands on, and goes on after errors', async () => {
    const input = `${MUSIC}\n\nnonsense\n{"hex":"0x53","format":"statusByte"}\n06000109200255aa`
    const { stdout, stderr, code } = await runCli(['scan', 'decode'], { input })
    const lines = linesOf(stdout)
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(lines.map(({ line }) => line)).to.deep.equal([1, 3, 4, 5])
    expect(lines[0].frames[0]).to.include({
      type: '0x07',
      kind: 'proximity_pairing',
      model: 'airpods_pro',
      leftBattery: 60,
      connStateName: 'music',
    })
    expect(lines[1].error.code).to.equal('SHITOPS_E_BLE_INPUT')
    expect(lines[2].frames[0]).to.include({ leftInEar: true, rightInEar: false })
    expect(lines[3].error.code).to.equal('SHITOPS_E_BLE_NOT_APPLE')
  })

  it('gives one document with --json', async () => {
    const { stdout } = await runCli(['scan', 'decode', '--json'], { input: `${MUSIC}\nnonsense\n` })
    expect(JSON.parse(stdout).lines.map(({ line }: { line: number }) => line)).to.deep.equal([1, 2])
  })

  it('says nothing to no input', async () => {
    expect(await runCli(['scan', 'decode'], { input: '' })).to.include({ stdout: '', code: 0 })
  })

  it('passes over a line that is too long', async () => {
    const { stdout } = await runCli(['scan', 'decode'], { input: `${'00'.repeat(100_000)}\n${MUSIC}\n` })
    const lines = linesOf(stdout)
    expect(lines[0]).to.deep.include({ line: 1 }).and.have.nested.property('error.code', 'SHITOPS_E_BLE_INPUT')
    expect(lines[1].frames).to.have.length(1)
  })

  it('refuses an enrolment file that others may open', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'scan-decode-'))
    try {
      const file = join(dir, 'enrolment.yaml')
      await writeFile(file, 'headsets: []\n', { mode: 0o644 })
      const { stderr, code } = await runCli(['scan', 'decode', '--enrolment', file], { input: MUSIC })
      expect(code).to.equal(77)
      expect(stderr).to.contain('SHITOPS_E_SECRET_MODE').and.contain(`chmod 600 ${file}`)
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})
