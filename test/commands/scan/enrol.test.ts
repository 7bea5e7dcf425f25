import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CliResult, runCli } from '../../support/cli.ts'

/** capod's public test keys, and an address made with them. */
const IRK = '7904651ee2ccd926f26e20ee3eccde79'
const ENC = '3b9c8057e6457ff21b8e07636c99e029'
const ADDRESS = '5A:16:2B:91:D1:CD'
const LINK = `librepods://add-magic-keys?irk=${IRK}&enc_key=${ENC}`
const FRAME = '4c000719010e202b9a980100050c14e0eb433f4b22c0a9edcb33e70971'
const WHY = ['--purpose', 'call load', '--basis', 'works agreement 12', '--expires', '90d']

const noKeyIn = ({ stdout, stderr }: CliResult) =>
  expect((stdout + stderr).toLowerCase())
    .not.to.contain(IRK)
    .and.not.to.contain(ENC)

describe('shitops scan enrol', () => {
  let dir: string
  let file: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'scan-enrol-'))
    file = join(dir, 'enrolment.yaml')
  })
  afterEach(() => rm(dir, { recursive: true }))

  const enrol = (args: string[], input = '') => runCli(['scan', 'enrol', ...args], { input, env: { SHITOPS_ENROLMENT: file } })

  it('adds from stdin, lists without keys, recognises, removes', async () => {
    const added = await enrol(['add', 'h-17', ...WHY, '--team', 'payables'], LINK)
    expect(added).to.include({ code: 0, stdout: `h-17 is enrolled in ${file}\n` })
    noKeyIn(added)

    const listed = await enrol(['list', '--json'])
    expect(JSON.parse(listed.stdout).headsets[0]).to.include({ alias: 'h-17', team: 'payables', purpose: 'call load', state: 'active' })
    noKeyIn(listed)
    noKeyIn(await enrol(['list']))

    const input = JSON.stringify({ hex: FRAME, address: ADDRESS })
    const decoded = await runCli(['scan', 'decode', '--enrolment', file], { input })
    expect(JSON.parse(decoded.stdout).frames[0]).to.include({ headset: 'h-17', exact: true, rightBattery: 98 })
    expect(decoded.stdout).not.to.contain(ADDRESS)

    expect((await enrol(['remove', 'h-17'])).code).to.equal(0)
    expect(await readFile(file, 'utf8')).not.to.contain(IRK)
    expect((await enrol(['list'])).stdout).to.contain('Nobody is enrolled')
  })

  it('lists nobody where there is no file', async () => {
    const listed = await enrol(['list'])
    expect(listed.code, listed.stderr).to.equal(0)
    expect(listed.stdout).to.contain(`Nobody is enrolled: there is no ${file}`).and.contain('shitops scan enrol add')
    expect(JSON.parse((await enrol(['list', '--json'])).stdout)).to.deep.equal({ file, missing: true, headsets: [] })
    expect((await enrol(['remove', 'h-1'])).code).to.equal(1)
  })

  it('reads keys from a file of the owner alone', async () => {
    const keys = join(dir, 'keys.txt')
    await writeFile(keys, `irk: ${IRK}\n`, { mode: 0o644 })
    const refused = await enrol(['add', 'h-1', ...WHY, '--from', keys])
    expect(refused.code).to.equal(77)
    await rm(keys)
    await writeFile(keys, `irk: ${IRK}\n`, { mode: 0o600 })
    expect((await enrol(['add', 'h-1', ...WHY, '--from', keys])).code).to.equal(0)
  })

  it('refuses keys on the command line, and does not repeat them', async () => {
    for (const args of [
      ['add', 'h-1', IRK],
      ['add', IRK],
      ['add', 'h-1', '--irk', IRK],
      ['add', LINK],
      ['list', IRK],
    ]) {
      const refused = await enrol([...args, ...WHY], LINK)
      expect(refused.code, args.join(' ')).to.equal(2)
      noKeyIn(refused)
    }
  })

  it('wants to know what for, on what basis and until when', async () => {
    const wrong = [WHY.slice(2), WHY.slice(0, 4), WHY.with(5, '2020-01-01'), WHY.with(5, 'soon'), WHY.with(1, ' ')]
    for (const flags of wrong) expect((await enrol(['add', 'h-1', ...flags], LINK)).code, flags.join(' ')).to.equal(2)
    expect((await enrol(['add', ...WHY], LINK)).code).to.equal(2)
    expect((await enrol(['add', 'über', ...WHY], LINK)).code).to.equal(2)
    expect((await enrol(['steal', 'h-1', ...WHY], LINK)).code).to.equal(2)
  })

  it('says what is wrong with keys without repeating them', async () => {
    const refused = await enrol(['add', 'h-1', ...WHY], `irk: ${IRK}00\n`)
    expect(refused).to.include({ code: 2 })
    expect(refused.stderr).to.contain('SHITOPS_E_KEY')
    noKeyIn(refused)
  })
})
