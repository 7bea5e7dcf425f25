import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { edited } from '../../../src/cli/hidden-input.ts'
import { waitFor } from '../../support/kafka/wait-for.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { TerminalCli, terminalMissing } from '../../support/terminal.ts'

/** capod's public test key. */
const IRK = '7904651ee2ccd926f26e20ee3eccde79'
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const WHY = ['--purpose', 'call load', '--basis', 'works agreement 12', '--expires', '90d']

describe('shitops scan enrol at a terminal', () => {
  const dir = useTempDir()
  let cli: TerminalCli | undefined

  before(function () {
    const missing = terminalMissing()
    if (!missing) return
    console.log(`      skipped: ${missing}`)
    this.skip()
  })

  afterEach(() => cli?.kill())

  const asked = async (): Promise<TerminalCli> => {
    cli = new TerminalCli(['scan', 'enrol', 'add', 'h-17', ...WHY, '--enrolment', join(dir(), 'enrolment.yaml')], dir())
    const running = cli
    await waitFor('the question', () => /not shown/.test(running.written))
    return running
  }

  it('takes a key that is typed, with a slip put right, and shows nothing of it', async () => {
    const running = await asked()
    running.type(`irk: ${IRK}f\u007f\r`)
    running.type(CTRL_D)
    expect(await running.exited, running.written).to.equal(0)
    expect(running.written).to.contain('h-17 is enrolled')
    for (const part of ['irk', IRK.slice(0, 6), IRK.slice(-6)]) expect(running.written).not.to.contain(part)
    expect(await readFile(join(dir(), 'enrolment.yaml'), 'utf8')).to.contain(IRK)
  })

  it('says nothing of a key that it cannot read', async () => {
    const running = await asked()
    running.type(`${IRK}99\r${CTRL_D}`)
    expect(await running.exited).to.equal(2)
    expect(running.written).to.contain('SHITOPS_E_KEY').and.not.to.contain(IRK)
  })

  it('enrols nobody on Ctrl-C', async () => {
    const running = await asked()
    running.type(`irk: ${IRK}${CTRL_C}`)
    expect(await running.exited, running.written).to.equal(130)
    expect(running.written).not.to.contain(IRK).and.not.to.contain('SHITOPS_E')
    const missing = await readFile(join(dir(), 'enrolment.yaml')).catch((error: NodeJS.ErrnoException) => error.code)
    expect(missing).to.equal('ENOENT')
  })
})

describe('cli/hidden-input', () => {
  it('takes back a letter or a line, and never a line that was ended', () => {
    const typed = (keys: string) => [...keys].reduce(edited, '')
    expect(typed('abc\u007f\bd\r')).to.equal('ad\n')
    expect(typed('a\r\u007fb')).to.equal('a\nb')
    expect(typed('a\rbcd\u0015e')).to.equal('a\ne')
    expect(typed('\u007f\u0015')).to.equal('')
  })
})
