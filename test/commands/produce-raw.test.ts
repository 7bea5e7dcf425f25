import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { TestBus, until } from '../bus/ops/support.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import type { LiveCli } from '../support/live-cli.ts'
import { rawCases } from './support/raw-cases.ts'

describe('shitops produce --raw', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const live: LiveCli[] = []
  before(() => test.open())
  after(async () => {
    for (const cli of live) await cli.signal('SIGKILL')
    await test.close()
  })

  rawCases(() => ({ bus: test.bus, directory: test.directory, env, live }))

  it('--dry-run counts lines and writes nothing', async () => {
    await test.topic('dry')
    const { code, stderr } = await runCli(['produce', 'dry', '--raw', '--dry-run'], { env, input: 'a\n\nb' })
    expect([code, stderr]).to.deep.equal([0, '3 records would be written to dry.\n'])
    expect(await test.values('dry')).to.have.length(0)
  })

  it('a line without end is refused by name, with what came before it written', async () => {
    await test.topic('endless')
    const file = join(test.directory, 'endless')
    await writeFile(file, Buffer.concat([Buffer.from('one\n'), Buffer.alloc(66 << 20, 'x')]))
    const { code, stderr } = await runCli(['produce', 'endless', '--raw', '--file', file], { env })
    expect(code).to.equal(1)
    expect(stderr).to.contain('a line is longer than 64 MiB').and.contain('SHITOPS_E_RECORD_INVALID')
    expect(await test.values('endless')).to.deep.equal(['one'])
  })

  it('a reader of its messages that has left does not end it', async () => {
    await test.topic('unread')
    const script = `printf 'a\\nb\\n' | { sleep 0.2; cat; } | "$0" "$1" produce unread --raw --json | true; echo "\${PIPESTATUS[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, CLI], { env: cliEnv(test.directory, env) })
    expect(stdout).to.equal('0 0 0 0\n')
    await until('two records', async () => (await test.values('unread')).length === 2)
  })

  it('without a file that is there it says which', async () => {
    await test.topic('nofile')
    const { code, stderr } = await runCli(['produce', 'nofile', '--raw', '--file', 'nowhere'], { env })
    expect(code).to.equal(1)
    expect(stderr).to.contain('there is no file nowhere').and.contain('SHITOPS_E_FILE')
  })
})
