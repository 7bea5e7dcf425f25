import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { examplesOf } from '../../src/events/index.ts'
import { TestBus, until } from '../bus/ops/support.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'

describe('shitops produce', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const produce = (args: string[], input?: string) => runCli(['produce', ...args], { env, ...(input !== undefined && { input }) })
  const live: LiveCli[] = []

  before(async () => {
    await test.open()
    await test.topic('plain')
    await test.topic('device_metrics', 3)
  })
  after(async () => {
    for (const cli of live) await cli.signal('SIGKILL')
    await test.close()
  })

  it('cli point 10: writes what stdin gives, says so on stderr, and nothing on stdout', async () => {
    const { stdout, stderr, code } = await produce(['plain'], '{"key":"a","value":{"n":1}}\n{"key":"b","value":2}')
    expect([code, stdout, stderr]).to.deep.equal([0, '', '2 records written to plain.\n'])
    expect(await test.values('plain')).to.deep.equal(['{"n":1}', '2'])
  })

  it('cli point 16: takes back what tail prints, byte for byte', async () => {
    const [from, to] = [await test.topic('odd'), await test.topic('copy')]
    await test.bus.append(from, [
      { key: Buffer.from([0xff]), value: Buffer.from([0xfe, 0x0a]), timestamp: 1, headers: [['h', Buffer.from([0x80])]] },
      { key: null, value: null, timestamp: 2 },
      {
        key: '',
        value: '',
        timestamp: 3,
        headers: [
          ['a', '1'],
          ['b', '2'],
          ['a', '3'],
        ],
      },
      {
        key: 'k',
        value: '{\n "big": 12345678901234567890, "f": 1.50 }',
        timestamp: 4,
        headers: [
          ['7', 'x'],
          ['0', 'y'],
        ],
      },
      { key: 'k', value: 'null', timestamp: 5, headers: [['content-type', 'application/json']] },
      { key: 'k', value: '{"ok":true}', timestamp: 6, headers: [['content-type', 'application/json']] },
    ])
    const script = `"$0" "$1" tail odd --to end | "$0" "$1" produce copy; echo "\${PIPESTATUS[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, CLI], { env: cliEnv(test.directory, env) })
    expect(stdout).to.equal('0 0\n')
    const plain = async (topic: string) => (await test.all(topic)).map(({ topic: _, ...record }) => record)
    expect(await plain(to)).to.deep.equal(await plain(from))
  })

  it('refuses an invalid event, naming line and field, with the lines before it written', async () => {
    const { full } = await examplesOf('device_metrics')
    const good = JSON.stringify({ key: full.target, value: full })
    const bad = JSON.stringify({ key: full.target, value: { ...full, value: 'high' } })
    const { code, stderr } = await produce(['device_metrics'], `${good}\n${good}\n${bad}\n${good}\n`)
    expect(code).to.equal(1)
    expect(stderr).to.match(/^Error: line 3: value\.value: .* \(2 records before it were written\) \(SHITOPS_E_RECORD_INVALID\)\n/)
    expect(await test.values('device_metrics')).to.have.length(2)
    expect((await produce(['device_metrics', '--no-validate'], bad)).code).to.equal(0)
    const kept = await produce(['device_metrics', '--on-error', 'dlq', '--json'], `${bad}\n${good}\n`)
    expect(JSON.parse(kept.stdout)).to.deep.equal({ topic: 'device_metrics', written: 1, invalid: 1, dryRun: false })
    expect(await test.values('device_metrics.dlq')).to.have.length(1)
    const left = await produce(['device_metrics', '--on-error', 'skip'], `${bad}\n`)
    expect([left.code, left.stderr]).to.deep.equal([0, left.stderr])
    expect(left.stderr).to.match(/Warning: line 1: value\.value: .*\n0 records written to device_metrics; 1 bad line left out\.\n$/)
  })

  it('makes an event of a known topic from its value alone: key, time and CloudEvents headers', async () => {
    const { full } = await examplesOf('workflow_events')
    const file = join(test.directory, 'events.ndjson')
    await writeFile(file, `${JSON.stringify(full)}\n`)
    expect((await produce(['workflow_events', '--create', '--value-only', '--file', file])).code).to.equal(0)
    const [record] = await test.all('workflow_events')
    expect([String(record?.key), record?.timestamp]).to.deep.equal([full.case_id, Date.parse(full.event_time)])
    const headers = Object.fromEntries((record?.headers ?? []).map(([name, value]) => [name, String(value)]))
    expect(headers).to.include({ ce_specversion: '1.0', ce_source: '/produce', 'content-type': 'application/json' })
    expect((await test.bus.describeTopic('workflow_events')).partitions).to.have.length(3)
  })

  it('cli point 24: --dry-run reads and checks everything and writes nothing', async () => {
    const before = await test.values('plain')
    const { code, stderr } = await produce(['plain', '--dry-run'], '{"value":1}\n{"value":2}\n')
    expect([code, stderr]).to.deep.equal([0, '2 records would be written to plain.\n'])
    expect(await test.values('plain')).to.deep.equal(before)
  })

  const wrong: Array<[what: string, args: string[], input: string, exit: number, code: string]> = [
    ['an unknown topic', ['plane'], '{"value":1}', 2, 'SHITOPS_E_TOPIC_UNKNOWN'],
    ['a rate', ['plain', '--rate', 'fast'], '', 2, 'SHITOPS_E_USAGE'],
    ['a file that is not there', ['plain', '--file', 'nowhere'], '', 1, 'SHITOPS_E_FILE'],
    ['--key without --value-only', ['plain', '--key', 'k'], '', 2, 'SHITOPS_E_USAGE'],
    ['something that is not JSON', ['plain'], 'metric,value\n', 1, 'SHITOPS_E_RECORD_INVALID'],
  ]
  it('a file that is not there: where it is looked for', async () => {
    const { stderr } = await produce(['plain', '--file', 'nowhere'], '')
    expect(stderr).to.match(/there is no file nowhere \(SHITOPS_E_FILE\)\n {2}Try: --file FILE, its path as seen from \S+\n/)
  })

  for (const [what, args, input, exit, code] of wrong) {
    it(`exits ${exit} for ${what}, the same with --json`, async () => {
      const plain = await produce(args, input)
      expect(plain.code).to.equal(exit)
      expect(plain.stderr).to.contain(code)
      const json = await produce([...args, '--json'], input)
      expect([json.code, JSON.parse(json.stdout).error.code, JSON.parse(json.stdout).error.exit]).to.deep.equal([exit, code, exit])
    })
  }

  it('cli point 23: the first Ctrl-C writes what was taken, says how much, and exits 130', async () => {
    await test.topic('stopped')
    const cli = new LiveCli(['produce', 'stopped'], test.directory, env)
    live.push(cli)
    cli.child.stdin?.write('{"value":1}\n{"value":2}\n{"val')
    await until('two records', async () => (await test.values('stopped')).length === 2)
    expect(await cli.signal('SIGINT')).to.equal(130)
    expect(cli.stderr).to.contain('2 records written to stopped.')
    expect(await test.values('stopped')).to.deep.equal(['1', '2'])
  })

  it('cli point 16: a terminal on stdin gets help instead of a wait', async function () {
    // script(1) of util-linux gives the command a terminal; other systems have another script, or none.
    const usable = await promisify(execFile)('script', ['--version']).then(
      ({ stdout }) => stdout.includes('util-linux'),
      () => false,
    )
    if (!usable) this.skip()
    const command = `${process.execPath} ${CLI} produce plain`
    const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
      env: cliEnv(test.directory, env),
      timeout: 30_000,
    }).catch((error: { code: number; stdout: string }) => {
      expect(error.code).to.equal(2)
      return error
    })
    expect(stdout).to.contain('that is a terminal').and.contain('shitops produce plain < records.ndjson')
  })
})
