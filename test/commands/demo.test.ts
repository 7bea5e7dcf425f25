import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CLI, cliEnv, runCli } from '../support/cli.ts'

describe('shitops demo', function () {
  this.timeout(120_000)
  let dir: string

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-demo-test-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  /** Temporary buses that are still there (Node's own compile cache may be beside them). */
  const leftovers = async () => (await readdir(dir)).filter((name) => name.startsWith('shitops-'))

  it('runs an office day headless, finds all four incidents, and leaves nothing behind', async () => {
    const args = ['demo', '--headless', '--duration', '30s', '--speed', 'max', '--seed', '1', '--utc', '--check']
    const { stdout, stderr, code } = await runCli(args, { env: { TMPDIR: dir } })
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    for (const name of ['call_quality_at_risk', 'endpoint_overload', 'headset_battery_low_in_call', 'workflow_bottleneck_growing']) {
      expect(stdout).to.match(new RegExp(`\\d\\d:\\d\\d:\\d\\d  FIRING    ${name} `))
      expect(stdout).to.match(new RegExp(`\\d\\d:\\d\\d:\\d\\d  RESOLVED  ${name} `))
    }
    expect(stdout).to.match(/device_metrics\/\d@\d+ {2}access-\d loss [\d.]+ % at worst/)
    expect(stdout).to.include('4 of 4 incidents detected, 4 alerts, 0 of them false: precision 1.00, recall 1.00')
    expect(await leftovers()).to.deep.equal([])
  })

  it('says what to do where there is no temporary folder', async () => {
    // Not a folder that is missing: Node's own compile cache would make it.
    await writeFile(join(dir, 'file'), '')
    const { stderr, code } = await runCli(['demo', '--headless', '--duration', '5s'], { env: { TMPDIR: join(dir, 'file', 'gone') } })
    await rm(join(dir, 'file'))
    expect(code).to.equal(1)
    expect(stderr).to.match(/^Error: the demo cannot make its folder in .*gone: .*\(SHITOPS_E_FILE\)\n {2}Try: TMPDIR=DIR shitops demo/)
  })

  it('prints one JSON document with --json, and keeps the events on a bus that is named', async () => {
    const bus = `embedded:${join(dir, 'bus')}`
    const args = ['demo', '--json', '--speed', 'max', '--duration', '25s', '--incident', 'laptop-overload', '--bus', bus]
    const { stdout, code } = await runCli(args)
    expect(code).to.equal(0)
    const summary = JSON.parse(stdout) as { incidents: Array<Record<string, unknown>>; records: Record<string, { count: number }> }
    expect(summary).to.include({ seed: 1, speed: 'max', bus, office_s: 1_500, recall: 1, precision: 1 })
    expect(summary.incidents[0]).to.include({ kind: 'laptop-overload', detected: true, alert: 'endpoint_overload' })
    const { openBus } = await import('../../src/bus/open.ts')
    const kept = await openBus(bus, { readOnly: true })
    try {
      for (const [topic, { count }] of Object.entries(summary.records)) {
        const partitions = await kept.offsets(topic)
        expect(
          partitions.reduce((sum, { latest }) => sum + latest, 0),
          topic,
        ).to.equal(count)
      }
    } finally {
      await kept.close()
    }
  })

  it('ends with its summary and 130 at Ctrl-C', async () => {
    const child = spawn(process.execPath, [CLI, 'demo', '--duration', '60s'], { env: cliEnv(dir, { TMPDIR: dir }) })
    let stdout = ''
    let interrupted = false
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      // Once: a second Ctrl-C would end it at once, without its summary.
      if (stdout.includes('gNMI on') && !interrupted) interrupted = child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).to.equal(130)
    expect(stdout).to.match(/of office time in/)
    expect(await leftovers()).to.deep.equal([])
  })

  it('has the page into a pipe too, where a port is asked for: its token is in a file, and in no line', async () => {
    const child = spawn(process.execPath, [CLI, 'demo', '--port', '0'], { env: cliEnv(dir, { TMPDIR: dir }) })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    const found = new Promise<RegExpExecArray>((resolve) => {
      child.stderr.on('data', (chunk) => {
        stderr += chunk
        const match = /The page is at (\S+); its token is in (\S+)\n/.exec(stderr)
        if (match) resolve(match)
      })
    })
    const [, url = '', file = ''] = await found
    const token = (await readFile(file, 'utf8')).trim()
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).to.equal(0o600)
    const status = async (authorization?: string) =>
      (await fetch(`${url}/api/v1/alerts`, authorization === undefined ? {} : { headers: { authorization } })).status
    expect([await status(), await status(`Bearer ${token}`)]).to.deep.equal([401, 200])
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.on('close', resolve))).to.equal(130)
    expect(stdout + stderr).to.not.include(token)
    expect(await leftovers()).to.deep.equal([])
  })

  it('fits the incidents into a short demo when no speed is asked for', async () => {
    const { stdout, code } = await runCli(['demo', '--duration', '5s', '--json'])
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.nested.include({ speed: 360 })
  })

  for (const [args, text] of [
    [['--duration', 'soon'], /--duration "soon"/],
    [['--speed', '0'], /--speed "0"/],
    [['--speed', 'warp'], /--speed "warp"/],
    [['--duration', '5s', '--speed', '60'], /too short/],
    [['--incident', 'fire'], /--incident/],
    [['--port', '70000'], /70000/],
  ] as const) {
    it(`refuses ${args.join(' ')} with exit 2`, async () => {
      const { stderr, code } = await runCli(['demo', ...args])
      expect(code).to.equal(2)
      expect(stderr).to.match(text)
    })
  }
})
