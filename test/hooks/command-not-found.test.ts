import { expect } from 'chai'
import { runCli } from '../support/cli.ts'

describe('a command that is not there', () => {
  it('cli point 6: is named on stderr with the nearest one, exits 127 and runs nothing', async () => {
    const { stdout, stderr, code } = await runCli(['doctr'])
    expect(code).to.equal(127)
    expect(stdout).to.equal('')
    expect(stderr).to.contain('"doctr" is not a shitops command').and.to.contain('Try: shitops doctor')
  })

  it('is told to come first where a flag stands in its place', async () => {
    for (const [args, shown] of [
      [['--bus', 'embedded:x', 'tail', 'a'], '--bus embedded:x'],
      [['--bus=embedded:x', 'tail', 'a'], '--bus=embedded:x'],
    ] as const) {
      const { stderr, code } = await runCli([...args])
      expect(code).to.equal(127)
      expect(stderr).to.contain('the command comes before its flags').and.to.contain(`Try: shitops COMMAND ${shown}\n`)
    }
  })

  it('is found in a topic too', async () => {
    const { stderr, code } = await runCli(['topic', 'lst'])
    expect(code).to.equal(127)
    expect(stderr).to.contain('Try: shitops topic list')
  })

  it('is the same when help is asked for it', async () => {
    const { stderr, code } = await runCli(['help', 'doctr'])
    expect(code).to.equal(127)
    expect(stderr).to.contain('Try: shitops doctor')
  })

  it('is one JSON document with --json', async () => {
    const { stdout, code } = await runCli(['config', 'shwo', '--json'])
    expect(code).to.equal(127)
    expect(JSON.parse(stdout)).to.deep.include({
      error: {
        code: 'SHITOPS_E_COMMAND_UNKNOWN',
        message: '"config shwo" is not a shitops command',
        suggestions: ['shitops config show', 'shitops --help'],
        exit: 127,
      },
    })
  })
})
