import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { damageStored, numbered, TestBus } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'

describe('damaged records, as commands tell of them', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const run = (...args: string[]) => runCli(args, { env })
  const lines = (text: string) => text.trimEnd().split('\n')

  before(async () => {
    await test.open()
    await test.topic('t')
    await test.bus.append('t', numbered(2, 'before'))
    await test.bus.append('t', numbered(3, 'broken-record'))
    await test.bus.append('t', numbered(4, 'after'))
    await test.bus.close()
    damageStored(test.directory, 'broken-record1')
    test.bus = await openBus(test.url)
  })
  after(() => test.close())

  it('tail prints what can be read, and exits 1 with how many offsets cannot', async () => {
    const { code, stdout, stderr } = await run('tail', 't', '--no-follow')
    expect(code).to.equal(1)
    expect(lines(stdout).map((line) => JSON.parse(line).offset)).to.deep.equal([0, 1, 5, 6, 7, 8])
    expect(stderr).to.match(/Error: 3 offsets could not be read, the first t\/0@2 .*\(SHITOPS_E_BUS_CORRUPT\)/)
    expect((await run('tail', 't', '--from', '5', '--no-follow')).code, 'a range without damage').to.equal(0)
    expect((await run('tail', 't', '--from', '4', '--no-follow')).stderr, 'of the range only').to.contain('Error: 1 offset could')
  })

  it('tail --json is a whole document with the error in it', async () => {
    const { code, stdout } = await run('tail', 't', '--json')
    const { records, error } = JSON.parse(stdout)
    expect([code, records.length, error.code]).to.deep.equal([1, 6, 'SHITOPS_E_BUS_CORRUPT'])
  })

  it('replay writes what can be read, is not complete, and exits 1', async () => {
    const { code, stderr } = await run('replay', 't', '--to-topic', 'copy', '--create', '--token', 'x')
    expect(code).to.equal(1)
    expect(stderr).to.match(/Replayed 6 records .*\n.*\nLeft out 3 offsets that cannot be read\.\nToken x is not complete/)
    expect(stderr).to.contain('SHITOPS_E_BUS_CORRUPT')
    expect(await test.values('copy')).to.deep.equal(['before0', 'before1', 'after0', 'after1', 'after2', 'after3'])
  })

  it('replay --json and --dry-run count the damage', async () => {
    for (const flags of [['--create'], ['--dry-run']]) {
      const { code, stdout } = await run('replay', 't', '--to-topic', 'second', ...flags, '--json')
      const { records, damaged, complete, error } = JSON.parse(stdout)
      expect([code, records, damaged, complete, error.code], flags.join()).to.deep.equal([1, 6, 3, false, 'SHITOPS_E_BUS_CORRUPT'])
    }
    expect((await run('replay', 't')).code, 'to standard output').to.equal(1)
  })
})
