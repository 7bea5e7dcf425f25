import { spawn } from 'node:child_process'
import { expect } from 'chai'
import { numbered, TestBus } from '../bus/ops/support.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'

/** What holds for every command, shown on those that work on a bus. */
describe('the command line', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const cli = (...args: string[]) => runCli(args, { env })

  before(async () => {
    await test.open()
    await test.topic('metrics')
    await test.bus.append('metrics', numbered(3))
  })
  after(() => test.close())

  it('cli point 5: --version is one line: name, version, platform, Node', async () => {
    for (const flag of ['--version', '-V']) {
      const { stdout, stderr, code } = await cli(flag)
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.match(/^shitops\/\d+\.\d+\.\d+ \w+-\w+ node-v\d+\.\d+\.\d+\n$/)
    }
  })

  const unknown: Array<[typed: string[], meant: string]> = [
    [['tpoic', 'list'], 'shitops topic list'],
    [['topic', 'lst'], 'shitops topic list'],
    [['groups'], 'shitops group'],
    [['tial', 'metrics'], 'shitops tail'],
    [['replay:x'], 'shitops replay'],
  ]
  for (const [typed, meant] of unknown) {
    it(`cli point 6: "${typed.join(' ')}" names ${meant} on stderr, exits 127 and runs nothing`, async () => {
      const { stdout, stderr, code } = await cli(...typed)
      expect([code, stdout]).to.deep.equal([127, ''])
      expect(stderr).to.contain('SHITOPS_E_COMMAND_UNKNOWN').and.contain(`Try: ${meant}\n`)
    })
  }

  it('cli point 9: a topic alone lists its commands', async () => {
    for (const topic of ['topic', 'group']) {
      const { stdout, code } = await cli(topic)
      expect(code).to.equal(0)
      expect(stdout).to.match(new RegExp(`^  ${topic} describe  \\S`, 'm'))
    }
  })

  it('cli point 17: a list comes as a table, JSON, JSON lines or CSV, with and without header', async () => {
    const list = async (...flags: string[]) => (await cli('topic', 'list', ...flags)).stdout
    expect(await list()).to.match(/^TOPIC +PARTITIONS/)
    expect(await list('--no-header')).to.match(/^metrics +1 +3/)
    expect(await list('--output', 'csv')).to.match(/^topic,partitions,/)
    expect(JSON.parse(await list('--output', 'ndjson')).topic).to.equal('metrics')
    expect(JSON.parse(await list('--output', 'json'))).to.deep.equal(JSON.parse(await list('--json')))
  })

  it('cli point 17: --quiet leaves results and errors, --verbose adds the stack', async () => {
    expect((await runCli(['produce', 'metrics', '--quiet'], { env, input: '{"value":3}' })).stderr).to.equal('')
    const plain = (await cli('topic', 'describe', 'metrix', '--quiet')).stderr
    expect(plain).to.match(/^Error: .*\n {2}Try: .*\n$/)
    expect((await cli('topic', 'describe', 'metrix', '--verbose')).stderr).to.match(/\n {4}at /)
  })

  it('cli point 18: colour only when asked for: not in a pipe, not with NO_COLOR or --no-color, but with FORCE_COLOR', async () => {
    const header = async (more: Record<string, string>, ...flags: string[]) =>
      (await runCli(['topic', 'list', ...flags], { env: { ...env, ...more } })).stdout.split('\n')[0]
    expect(await header({})).to.match(/^TOPIC/)
    expect(await header({ NO_COLOR: '1' })).to.match(/^TOPIC/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape codes are what is tested
    expect(await header({ FORCE_COLOR: '1' })).to.match(/^\u001b\[1mTOPIC/)
    expect(await header({ FORCE_COLOR: '1' }, '--no-color')).to.match(/^TOPIC/)
  })

  it('cli point 19: progress in a pipe is plain lines, without cursor codes', async () => {
    const { stderr } = await cli('replay', 'metrics', '--to-topic', 'progress', '--create')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stderr.replaceAll('\n', '')).to.not.match(/[\u0000-\u001f]/)
  })

  it('cli point 26: a broker that is not there is told in time, with its address', async () => {
    const { code, stderr } = await runCli(['tail', 'metrics', '--bus', 'kafka://127.0.0.1:1'], { timeoutMs: 30_000 })
    expect(code).to.equal(69)
    expect(stderr).to.contain('127.0.0.1:1').and.contain('SHITOPS_E_BUS_UNAVAILABLE')
  })

  it('cli point 37: a position means the same to tail, replay and group reset', async () => {
    await test.bus.commitOffsets('reader', [{ topic: 'metrics', partition: 0, offset: 0 }])
    for (const wrong of ['15m', '@noon', '-x']) {
      const said = await Promise.all([
        cli('tail', 'metrics', `--from=${wrong}`),
        cli('replay', 'metrics', `--from=${wrong}`),
        cli('group', 'reset', 'reader', `--to=${wrong}`),
      ])
      for (const { code, stderr } of said) {
        expect(code, wrong).to.equal(2)
        expect(stderr.replace('--to', '--from').replaceAll('--to ', '--from '), wrong).to.equal(said[0]?.stderr)
      }
    }
  })

  it('cli point 38: lists are in the order of code points, whatever the locale', async () => {
    for (const name of ['b', 'a', 'B', 'a-b', 'a.b']) await test.topic(name)
    const { stdout } = await runCli(['topic', 'list', '--output', 'csv', '--no-header'], {
      env: { ...env, LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
    })
    const names = stdout
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(',')[0])
    expect(names).to.deep.equal([...names].sort())
    expect(names).to.include.ordered.members(['B', 'a', 'a-b', 'a.b', 'b'])
  })

  it('cli point 39: says what to do next where there is nothing to show', async () => {
    expect((await cli('group', 'list', '--bus', `embedded:${test.directory}/none`)).stderr).to.match(/Try: shitops /)
  })

  it('cli point 34: a full disk behind stdout is an error without a stack', async function () {
    if (process.platform !== 'linux') this.skip()
    const child = spawn('bash', ['-c', `exec "$0" "$1" tail metrics --to end > /dev/full`, process.execPath, CLI], {
      env: cliEnv(test.directory, env),
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).to.equal(1)
    expect(stderr)
      .to.match(/^Error: standard output cannot be written: ENOSPC.*\(SHITOPS_E_FILE\)\n/)
      .and.not.match(/\n {4}at /)
  })
})
