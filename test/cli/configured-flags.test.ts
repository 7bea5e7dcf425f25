import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Flags } from '@oclif/core'
import { expect } from 'chai'
import { BaseCommand } from '../../src/cli/base-command.ts'
import { colorLevel, setConfiguredColor } from '../../src/cli/color.ts'
import { behindFlags } from '../../src/config/behind-flags.ts'
import { useTempDir } from '../support/temp-dir.ts'

/** A command with some of the demo's flags, which gives back what it parsed. */
class Probe extends BaseCommand {
  static override section = 'demo' as const
  static override flags = {
    seed: Flags.integer({ default: 1 }),
    speed: Flags.string({ default: '60' }),
    duration: Flags.string({ env: 'PROBE_DURATION' }),
  }

  async run() {
    const { seed, speed, duration, utc } = (await this.parse(Probe)).flags
    return { seed, speed, duration, utc }
  }
}

describe('flags and the configuration behind them', () => {
  const dir = useTempDir()
  const probe = async (text: string, ...argv: string[]) => {
    const file = join(dir(), 'probe.yaml')
    await writeFile(file, text)
    return Probe.run(['--config', file, ...argv], process.cwd())
  }

  afterEach(() => {
    setConfiguredColor('auto')
    delete process.env.PROBE_DURATION
  })

  it('are the defaults, then the settings of the same names, then what was typed', async () => {
    const settings = 'demo: {seed: 5, speed: 2.5, duration: 9s}\noutput: {utc: true}\n'
    expect(await probe('')).to.deep.equal({ seed: 1, speed: '60', duration: undefined, utc: false })
    expect(await probe(settings)).to.deep.equal({ seed: 5, speed: '2.5', duration: '9s', utc: true })
    expect(await probe(settings, '--seed', '1', '--speed', 'max', '--duration', '1s')).to.deep.equal({
      seed: 1,
      speed: 'max',
      duration: '1s',
      utc: true,
    })
  })

  it("take a flag's own variable for typed", async () => {
    process.env.PROBE_DURATION = '3s'
    expect(await probe('demo: {duration: 9s}')).to.include({ duration: '3s' })
  })

  it('match names as flags spell them, and leave alone what no setting stands behind', () => {
    const flags = { 'dry-run': undefined, seed: 3, other: 'x' }
    expect(behindFlags(flags, { dryRun: true, seed: 7 }, (flag) => flag === 'seed')).to.deep.equal({ 'dry-run': true, seed: 3, other: 'x' })
  })

  it('set the colour, which the usual variables overrule', async () => {
    const pipe = { isTTY: false } as NodeJS.WriteStream
    const terminal = { isTTY: true } as NodeJS.WriteStream
    const { FORCE_COLOR, NO_COLOR, TERM } = process.env
    try {
      Object.assign(process.env, { FORCE_COLOR: '', NO_COLOR: '', TERM: 'xterm' })
      await probe('output: {color: always}')
      expect([colorLevel(pipe), colorLevel(terminal)]).to.deep.equal([1, 1])
      process.env.NO_COLOR = '1'
      expect(colorLevel(pipe)).to.equal(0)
      process.env.NO_COLOR = ''
      await probe('output: {color: never}')
      expect([colorLevel(pipe), colorLevel(terminal)]).to.deep.equal([0, 0])
      await probe('')
      expect([colorLevel(pipe), colorLevel(terminal)]).to.deep.equal([0, 1])
    } finally {
      for (const [name, value] of Object.entries({ FORCE_COLOR, NO_COLOR, TERM })) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
  })
})
