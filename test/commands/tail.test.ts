import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { numbered, TestBus } from '../bus/ops/support.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'

const T0 = Date.parse('2026-03-01T12:00:00Z')
const lines = (text: string) => text.trimEnd().split('\n')

describe('shitops tail', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const tail = (...args: string[]) => runCli(['tail', ...args], { env })
  const live: LiveCli[] = []

  before(async () => {
    await test.open()
    await test.topic('metrics', 2)
    const event = (i: number) => JSON.stringify({ i, metric: i % 2 ? 'cpu' : 'mem' })
    await test.bus.append(
      'metrics',
      numbered(10, '', { start: T0 }).map((record, i) => ({ ...record, key: `k${i}`, value: event(i), partition: i % 2 })),
    )
  })
  after(async () => {
    for (const cli of live) await cli.signal('SIGKILL')
    await test.close()
  })

  it('reads a range as one JSON line a record, merged by time', async () => {
    const { stdout, code } = await tail('metrics', '--from', 'start', '--to', 'end')
    expect(code).to.equal(0)
    expect(lines(stdout).map((line) => JSON.parse(line).value.i)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(JSON.parse(lines(stdout)[3] ?? '')).to.deep.equal({
      topic: 'metrics',
      partition: 1,
      offset: 1,
      timestamp: T0 + 3_000,
      key: 'k3',
      headers: {},
      value: { i: 3, metric: 'cpu' },
    })
  })

  it('takes a negative position, a filter and a maximum together', async () => {
    const { stdout } = await tail(
      'metrics',
      '--from',
      '-4',
      '--no-follow',
      '--filter',
      'value.metric == "cpu"',
      '--max',
      '2',
      '--output',
      'raw',
    )
    expect(lines(stdout)).to.deep.equal(['{"i":3,"metric":"cpu"}', '{"i":5,"metric":"cpu"}'])
  })

  it('cli point 12: --json is one document, and --output json too', async () => {
    for (const flag of [['--json'], ['--output', 'json']]) {
      const { stdout, code } = await tail('metrics', ...flag, '--partition', '0', '--max', '2')
      expect(code).to.equal(0)
      expect(JSON.parse(stdout).records.map(({ offset }: { offset: number }) => offset)).to.deep.equal([0, 1])
    }
    expect(JSON.parse((await tail('metrics', '--json', '--from', 'end')).stdout)).to.deep.equal({ records: [] })
  })

  it('cli point 12: a document that would never end is refused', async () => {
    const { stdout, code } = await tail('metrics', '--json', '--follow')
    expect(code).to.equal(2)
    expect(JSON.parse(stdout).error.code).to.equal('SHITOPS_E_USAGE')
  })

  it('cli point 36: times are ISO 8601 in CSV, and local with their zone for a person, or UTC', async () => {
    const csv = await tail('metrics', '--to', '1', '--partition', '1', '--output', 'csv')
    expect(csv.stdout).to.equal(
      'topic,partition,offset,timestamp,key,headers,value\r\nmetrics,1,0,2026-03-01T12:00:01.000Z,k1,{},"{""i"":1,""metric"":""cpu""}"\r\n',
    )
    const table = async (zone: string, ...more: string[]) =>
      (await runCli(['tail', 'metrics', '--max', '1', '--no-follow', '--output', 'table', ...more], { env: { ...env, TZ: zone } })).stdout
    expect(lines(await table('Asia/Kolkata'))[1]).to.match(/^2026-03-01 17:30:00\.000\+05:30 {2}0@0 +k0 +\{"i":0,"metric":"mem"\}$/)
    expect(lines(await table('Asia/Kolkata', '--utc'))[1]).to.match(/^2026-03-01 12:00:00\.000Z {2}0@0/)
    expect(lines(await table('America/St_Johns', '--no-header'))[0]).to.match(/^2026-03-01 08:30:00\.000-03:30/)
  })

  it('cli point 14: follows from the end, hands each record out as it comes, and Ctrl-C ends it with 130', async () => {
    const cli = new LiveCli(['tail', 'metrics', '--grep', 'live'], test.directory, env)
    live.push(cli)
    let n = 0
    await cli.until(
      ({ stdout }) => stdout.includes('\n'),
      () => test.bus.append('metrics', [{ key: 'live', value: `"live${n++}"` }]),
    )
    await test.bus.append('metrics', [{ key: 'live', value: '"live-last"' }])
    await cli.until(({ stdout }) => stdout.includes('live-last'))
    expect(await cli.signal('SIGINT')).to.equal(130)
    for (const line of lines(cli.stdout)) expect(JSON.parse(line).key).to.equal('live')
  })

  it('cli point 11: SIGTERM ends it with 143', async () => {
    const cli = new LiveCli(['tail', 'metrics', '--from', 'start'], test.directory, env)
    live.push(cli)
    await cli.until(({ stdout }) => stdout.includes('\n'))
    expect(await cli.signal('SIGTERM')).to.equal(143)
  })

  it('cli point 15: | head -1 ends fast, exit 0, without a word', async () => {
    await test.topic('wide')
    const value = JSON.stringify({ pad: 'x'.repeat(900) })
    for (let i = 0; i < 40; i++)
      await test.bus.append(
        'wide',
        Array.from({ length: 500 }, () => ({ key: null, value })),
      )
    const script = `"$0" "$1" tail wide --from start --to end | head -1; echo "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, CLI], {
      env: cliEnv(test.directory, env),
    })
    const [first = '', code] = lines(stdout)
    expect(JSON.parse(first).offset).to.equal(0)
    expect([code, stderr]).to.deep.equal(['0', ''])
  })

  it('cli point 15: | head -1 ends it while following, though no further record comes', async function () {
    if (process.platform !== 'linux') this.skip()
    await test.topic('quiet')
    await test.bus.append('quiet', [{ key: null, value: '"only"' }])
    const script = `"$0" "$1" tail quiet --from start | head -1; echo "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, CLI], {
      env: cliEnv(test.directory, env),
      timeout: 30_000,
    })
    expect([lines(stdout)[1], stderr]).to.deep.equal(['0', ''])
  })

  const wrong: Array<[what: string, args: string[], code: string, exit: number, suggestion: RegExp]> = [
    ['an unknown topic', ['metrix'], 'SHITOPS_E_TOPIC_UNKNOWN', 2, /did you mean metrics/],
    ['a position', ['metrics', '--from', '15m'], 'SHITOPS_E_POSITION', 2, /--from @15m/],
    ['an offset beyond the end', ['metrics', '--from', '999999'], 'SHITOPS_E_OFFSET_RANGE', 2, /--from end/],
    ['a filter', ['metrics', '--filter', 'vlaue.i == 1'], 'SHITOPS_E_FILTER', 2, /--filter 'value\.i == 1'/],
    ['a pattern', ['metrics', '--grep', '('], 'SHITOPS_E_USAGE', 2, /--grep '\\\('/],
    ['a header', ['metrics', '--header', 'a'], 'SHITOPS_E_USAGE', 2, /--header a=VALUE/],
    ['a partition', ['metrics', '--partition', '7'], 'SHITOPS_E_USAGE', 2, /topic describe metrics/],
    ['cli point 7: a flag', ['metrics', '--form', 'start'], 'SHITOPS_E_USAGE', 2, /--from/],
    ['cli point 8: no topic', [], 'SHITOPS_E_USAGE', 2, /tail --help/],
  ]
  for (const [what, args, code, exit, suggestion] of wrong) {
    it(`exits ${exit} for ${what}, and says what to type`, async () => {
      const result = await tail(...args, '--json')
      const { error } = JSON.parse(result.stdout)
      expect([result.code, error.exit, error.code]).to.deep.equal([exit, exit, code])
      expect(error.suggestions.join('\n')).to.match(suggestion)
    })
  }

  it('cli point 34: shows where a filter is wrong, on stderr, without a stack', async () => {
    const { stdout, stderr, code } = await tail('metrics', '--filter', 'value.i >')
    expect([stdout, code]).to.deep.equal(['', 2])
    expect(stderr).to.equal(
      [
        'Error: the filter is wrong at column 10: expected a field, a value or "(", got the end (SHITOPS_E_FILTER)',
        '  value.i >',
        '           ^',
        `  Try: --filter 'value.metric == "cpu_load" and value.value > 0.9'`,
        '',
      ].join('\n'),
    )
  })

  it('exits 69 where there is no bus, and does not make one', async () => {
    const { code, stderr } = await runCli(['tail', 'x'], { env: { SHITOPS_BUS: `embedded:${test.directory}/nowhere` } })
    expect(code).to.equal(69)
    expect(stderr).to.contain('SHITOPS_E_BUS_UNAVAILABLE')
  })

  it('never sends control characters of a value to a terminal', async () => {
    await test.topic('hostile')
    await test.bus.append('hostile', [{ key: '\u001b[2J', value: '"\u009b31m\\u001b"\u0007' }])
    const { stdout } = await tail('hostile', '--to', 'end', '--output', 'table')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout.replaceAll('\n', '')).to.not.match(/[\u0000-\u001f\u007f-\u009f]/)
    expect(stdout).to.contain('\\u001b[2J')
  })
})
