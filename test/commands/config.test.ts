import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CliOptions, runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops config', () => {
  const dir = useTempDir()
  const config = (args: string[], options: CliOptions = {}) => runCli(['config', ...args], { cwd: dir(), ...options })
  const file = (text: string, name = 'shitops.yaml') => writeFile(join(dir(), name), text)

  describe('init', () => {
    it('writes a file that validates, and leaves one that is there alone without --yes (cli point 24)', async () => {
      const first = await config(['init'])
      expect(first).to.include({ code: 0, stderr: '' })
      expect(first.stdout).to.include('shitops.yaml written')
      expect((await config(['validate'])).code).to.equal(0)

      await file('demo: {seed: 5}\n')
      const second = await config(['init'])
      expect(second.code).to.equal(2)
      expect(second.stderr).to.include('SHITOPS_E_CONFIRM').and.include('--yes')
      expect(await readFile(join(dir(), 'shitops.yaml'), 'utf8')).to.equal('demo: {seed: 5}\n')

      expect((await config(['init', '--yes'])).code).to.equal(0)
      expect(await readFile(join(dir(), 'shitops.yaml'), 'utf8')).to.include('# Where the events are.')
    })

    it('prints with --dry-run what it would write, and writes nothing', async () => {
      const { stdout, code } = await config(['init', '--dry-run'])
      expect(code).to.equal(0)
      expect(await readFile(join(dir(), 'shitops.yaml'), 'utf8').catch(() => 'none')).to.equal('none')
      await config(['init'])
      expect(stdout).to.equal(await readFile(join(dir(), 'shitops.yaml'), 'utf8'))
    })

    it("writes the user's file with --user, folders and all", async () => {
      const env = { XDG_CONFIG_HOME: join(dir(), 'xdg') }
      expect((await config(['init', '--user'], { env })).code).to.equal(0)
      expect(await readFile(join(dir(), 'xdg/shitops/config.yaml'), 'utf8')).to.include('bus:')
    })
  })

  describe('show', () => {
    it('tells with --origin where each value comes from (cli point 28)', async () => {
      await file('output:\n  color: never\ndemo:\n  seed: 3\n')
      const { stdout, code } = await config(['show', '--origin', '--bus', 'embedded:x'], { env: { SHITOPS_DEMO_SPEED: '9' } })
      expect(code).to.equal(0)
      const lines = stdout.trimEnd().split('\n')
      expect(lines.map((line) => line.split(/ {2,}/))).to.deep.equal([
        ['SETTING', 'VALUE', 'ORIGIN'],
        ['bus.url', 'embedded:x', '--bus'],
        ['output.utc', 'false', 'default'],
        ['output.color', 'never', 'shitops.yaml:2:10'],
        ['demo.seed', '3', 'shitops.yaml:4:9'],
        ['demo.speed', '9', 'SHITOPS_DEMO_SPEED'],
      ])
    })

    it('is one document with --json', async () => {
      const { stdout } = await config(['show', '--json'], { env: { SHITOPS_BUS: 'embedded:y' } })
      const { settings, origins } = JSON.parse(stdout)
      expect(settings).to.deep.equal({ 'bus.url': 'embedded:y', 'output.utc': false, 'output.color': 'auto' })
      expect(origins['bus.url']).to.deep.equal({ kind: 'env', name: 'SHITOPS_BUS' })
    })

    it('hides what a URL should not hold (cli point 30)', async () => {
      for (const args of [['show'], ['show', '--json']]) {
        const { stdout, stderr } = await config([...args, '--bus', 'kafka://me:hunter2@k:9092?saslPassword=hunter2'])
        expect(stdout).to.include('***@k:9092')
        expect(stdout + stderr).to.not.include('hunter2')
      }
    })

    it('shows no settings of a configuration that is wrong: exit 78, the same with --json (cli point 11)', async () => {
      await file('bus:\n  password: hunter2\n')
      const human = await config(['show'])
      const json = await config(['show', '--json'])
      expect([human.code, json.code]).to.deep.equal([78, 78])
      expect(JSON.parse(json.stdout).error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
      expect(human.stdout + human.stderr + json.stdout + json.stderr).to.not.include('hunter2')
    })
  })

  describe('validate', () => {
    it('names every problem with file, line, column and the nearest key (cli point 29)', async () => {
      await file('bus:\n  ulr: embedded:x\ndemo:\n  seed: one\n')
      const { stdout, code } = await config(['validate'])
      expect(code).to.equal(78)
      expect(stdout.split('\n')).to.deep.equal([
        'shitops.yaml:2:3: bus.ulr is not a setting; did you mean bus.url?',
        'shitops.yaml:4:9: demo.seed must be number, not string',
        'shitops.yaml: 2 problems',
        '',
      ])
    })

    it('reads the files that gnmi names: its targets file and its mappings', async () => {
      const gnmi = (text: string) => file(`gnmi:\n  targetsFile: targets.yaml\n  mappings: [good.yaml, bad.yaml]\n${text}`)
      await gnmi('')
      const missing = await config(['validate'])
      expect(missing.code).to.equal(78)
      expect(missing.stdout).to.match(/^shitops\.yaml:2:16: gnmi\.targetsFile names \S+targets\.yaml, which cannot be read/m)
      expect(missing.stdout).to.match(/^shitops\.yaml:3:14: gnmi\.mappings names \S+good\.yaml, which cannot be read/m)

      const rule = (kind: string) => `family: own\nabout: ours\nrules:\n  - {metric: cpu_load, path: /a/b, kind: ${kind}}\n`
      await file('targets:\n  - adress: leaf1\n', 'targets.yaml')
      await file(rule('gauge'), 'good.yaml')
      await file(rule('guage'), 'bad.yaml')
      const wrong = await config(['validate'])
      expect(wrong.code).to.equal(78)
      expect(wrong.stdout).to.match(/targets\.yaml:2:5: \S*adress is not a setting; did you mean \S*address/)
      expect(wrong.stdout).to.match(/^shitops\.yaml:3:25: gnmi\.mappings names \S+bad\.yaml, which is no mapping: .*bad\.yaml:4:/m)
      expect(wrong.stdout).not.to.include('good.yaml')

      await file('targets:\n  - address: leaf1\n', 'targets.yaml')
      await file(rule('gauge'), 'bad.yaml')
      expect(await config(['validate'])).to.include({ code: 0 })
    })

    it('is one document with --json, and exits 78 just the same', async () => {
      await file('demo: {sede: 1}\n')
      const { stdout, code } = await config(['validate', '--json'])
      expect(code).to.equal(78)
      expect(JSON.parse(stdout)).to.deep.equal({
        valid: false,
        files: [join(dir(), 'shitops.yaml')],
        problems: [
          {
            setting: 'demo.sede',
            message: 'is not a setting',
            suggestion: 'did you mean demo.seed?',
            origin: { kind: 'file', file: join(dir(), 'shitops.yaml'), line: 1, column: 8 },
          },
        ],
      })
    })

    it('checks one file alone when it is named, whatever else is wrong', async () => {
      await file('}}}')
      await file('bus: {url: "kafka://k:9092", sasl: plain, saslUsername: a, saslPasswordEnv: NOT_HERE}', 'other.yaml')
      const good = await config(['validate', 'other.yaml'], { env: { SHITOPS_DEMO_SEED: 'wrong' } })
      expect(good).to.include({ code: 0, stdout: 'other.yaml: valid\n' })
      expect((await config(['validate', 'gone.yaml'])).code).to.equal(78)
    })

    it('sees what is wrong only when the parts come together', async () => {
      await file('bus: {url: "kafka://k:9092", tlsCert: c.pem}')
      const half = await config(['validate'])
      expect(half.code).to.equal(78)
      expect(half.stdout).to.include('tlsCert and tlsKey belong together')
      await file('bus: {url: "kafka://k:9092", sasl: plain, saslUsername: a, saslPasswordEnv: NOT_HERE}')
      const unset = await config(['validate'])
      expect(unset.code).to.equal(78)
      expect(unset.stdout).to.include('bus.saslPasswordEnv names a variable that is not set')
    })

    it('reads the URL of SHITOPS_BUS, and repeats none that may hold a password', async () => {
      for (const url of ['http://broker', 'kafka://me:hunter2@k:9092', 'kafka://k:9092?rakc=a', 'embedded:']) {
        const { code, stdout, stderr } = await config(['validate'], { env: { SHITOPS_BUS: url } })
        expect(code, url).to.equal(78)
        expect(stdout).to.match(/^SHITOPS_BUS: bus: /)
        expect(stdout + stderr).to.not.include('hunter2')
      }
    })

    it('needs no file at all', async () => {
      expect(await config(['validate'])).to.include({ code: 0, stdout: 'no configuration file: valid\n' })
    })
  })

  it('path lists the files that are looked for, the strongest first', async () => {
    await mkdir(join(dir(), 'xdg/shitops'), { recursive: true })
    await file('', 'xdg/shitops/config.yaml')
    const { stdout } = await config(['path', '--json'], { env: { XDG_CONFIG_HOME: join(dir(), 'xdg') } })
    const { files } = JSON.parse(stdout)
    expect(files.slice(0, 2)).to.deep.equal([
      { file: join(dir(), 'shitops.yaml'), exists: false },
      { file: join(dir(), 'xdg/shitops/config.yaml'), exists: true },
    ])
    const named = await config(['path', '--config', 'my.yaml'])
    expect(named.stdout).to.match(/^1 {2}not there {2}my\.yaml$/m)
  })

  it('is what commands take their bus from', async () => {
    await file('bus:\n  url: embedded:./here\n')
    const { stdout } = await runCli(['doctor', '--json'], { cwd: dir() })
    expect(stdout).to.include(`embedded:${join(dir(), 'here')}`)
  })

  it('init where this user may not write exits 77', async function () {
    if (process.platform !== 'linux') this.skip()
    const { code, stdout } = await runCli(['config', 'init', '/sys/shitops/shitops.yaml', '--json'])
    expect([code, JSON.parse(stdout).error.code]).to.deep.equal([77, 'SHITOPS_E_NOT_ALLOWED'])
  })
})
