import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

/** oclif takes standard input for an argument that was not typed. dist must be built: `node scripts/build.mjs`. */
describe('what is piped in is no argument', () => {
  const dir = useTempDir()
  const path = (name: string) => join(dir(), name)
  const piped = (input: string, ...args: string[]) => runCli(args, { input, cwd: dir(), env: { SHITOPS_BUS: `embedded:${path('bus')}` } })

  for (const command of ['sql', 'explain']) {
    it(`analyze ${command}: the script is the file's`, async () => {
      await writeFile(path('q.sql'), 'SELECT 1 AS answer;\n')
      const { code, stdout, stderr } = await piped('left over in a pipe\n', 'analyze', command, '--file', path('q.sql'))
      expect(code, stderr).to.equal(0)
      expect(stdout).to.include(command === 'sql' ? '"fields":[1]' : 'answer')
    })

    it(`analyze ${command} --file -: all of it is the script`, async () => {
      const { code, stdout, stderr } = await piped('SELECT\n  1 AS answer;\n', 'analyze', command, '--file', '-')
      expect(code, stderr).to.equal(0)
      expect(stdout).to.include(command === 'sql' ? '"fields":[1]' : 'answer')
    })
  }

  it('config validate: checks the configuration that counts', async () => {
    const { code, stdout } = await piped('elsewhere.yaml\n', 'config', 'validate')
    expect(stdout).to.not.include('elsewhere')
    expect(code, stdout).to.equal(0)
  })

  it('topic delete: deletes nothing that nobody named', async () => {
    const bus = await openBus(`embedded:${path('bus')}`)
    await bus.createTopic({ name: 'orders', partitions: 1 })
    await bus.close()
    const { code, stderr } = await piped('orders\n', 'topic', 'delete', '--yes')
    expect(stderr).to.include('TOPIC is missing')
    expect(code).to.equal(2)
    const { stdout } = await piped('', 'topic', 'list', '--json')
    expect(stdout).to.include('"orders"')
  })

  it('scan enrol: keys are no alias, and are not shown', async () => {
    const key = 'a0'.repeat(16)
    const { code, stdout, stderr } = await piped(
      `${key}\n`,
      'scan',
      'enrol',
      'add',
      '--purpose',
      'p',
      '--basis',
      'b',
      '--expires',
      '2099-01-01',
    )
    expect(code, stderr).to.equal(2)
    expect(stdout + stderr)
      .to.include('SHITOPS_E_USAGE')
      .and.not.include(key)
  })
})
