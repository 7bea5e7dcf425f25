import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { type ConfigFlags, inspectConfig, loadConfig } from '../../src/config/load.ts'
import { originText } from '../../src/config/origin.ts'
import { problemText } from '../../src/config/problem.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { thrownBy } from '../support/thrown-by.ts'
import { TSX } from '../support/tsx.ts'

describe('the configuration', () => {
  const dir = useTempDir()

  /** Files by their place below the temporary folder: project/, home/ and etc/ stand for the real places. */
  async function place(files: Record<string, string>, env: Record<string, string> = {}, flags: ConfigFlags = {}) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir(), path)), { recursive: true })
      await writeFile(join(dir(), path), text)
    }
    return { cwd: join(dir(), 'project'), etc: join(dir(), 'etc'), env: { HOME: join(dir(), 'home'), ...env }, flags }
  }

  const PROJECT = 'project/shitops.yaml'
  const USER = 'home/.config/shitops/config.yaml'
  const MACHINE = 'etc/config.yaml'

  it('is the defaults where nobody says anything', async () => {
    const { config, entries, files } = await loadConfig(await place({}))
    expect(config).to.deep.equal({
      bus: { url: `embedded:${join(dir(), 'home/.local/share/shitops/bus')}` },
      output: { utc: false, color: 'auto' },
      gnmi: {},
      librenms: {},
      alerts: {},
      serve: {},
      demo: {},
    })
    expect(entries.every(({ origin }) => origin.kind === 'default')).to.equal(true)
    expect(files.map(({ file }) => file)).to.deep.equal([PROJECT, USER, MACHINE].map((path) => join(dir(), path)))
  })

  it('loads neither zod nor YAML where there is nothing to read', async () => {
    const script = `
      import { createRequire } from 'node:module'
      const { resolveBus } = await import('${join(process.cwd(), 'src/config/bus-url.ts')}')
      const { url } = await resolveBus({})
      const loaded = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('node_modules/yaml'))
      console.log(url.startsWith('embedded:'), loaded, '__zod_globalRegistry' in globalThis)`
    const env = { ...(await place({})).env, PATH: process.env.PATH }
    const args = ['--import', TSX, '--input-type=module', '-e', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dir(), env })
    expect(stdout).to.equal('true false false\n')
  })

  it('takes each setting from the first place that has it, and tells where', async () => {
    const all = await place(
      {
        [PROJECT]: 'demo:\n  seed: 1\noutput:\n  utc: true\n',
        [USER]: 'demo: {seed: 2, speed: 2}\noutput: {color: never}\n',
        [MACHINE]: 'demo:\n  seed: 3\n  speed: 3\n  port: 3\n',
      },
      { SHITOPS_DEMO_DURATION: '5m' },
      { bus: 'embedded:here' },
    )
    const { config, entries } = await loadConfig(all)
    expect(config.demo).to.deep.equal({ seed: 1, speed: 2, port: 3, duration: '5m' })
    expect(config.output).to.deep.equal({ utc: true, color: 'never' })
    expect(config.bus.url).to.equal('embedded:here')
    const origins = Object.fromEntries(entries.map(({ path, origin }) => [path, originText(origin)]))
    expect(origins).to.deep.equal({
      'bus.url': '--bus',
      'output.utc': `${join(dir(), PROJECT)}:4:8`,
      'output.color': `${join(dir(), USER)}:2:17`,
      'demo.seed': `${join(dir(), PROJECT)}:2:9`,
      'demo.speed': `${join(dir(), USER)}:1:24`,
      'demo.port': `${join(dir(), MACHINE)}:4:9`,
      'demo.duration': 'SHITOPS_DEMO_DURATION',
    })
  })

  it('flags > environment > ./ > user > machine > default, whichever of them are there', async () => {
    const places = ['flag', 'env', 'project', 'user', 'machine'] as const
    await fc.assert(
      fc.asyncProperty(fc.subarray([...places]), async (present) => {
        const has = (name: (typeof places)[number]) => present.includes(name)
        const options = await place(
          {
            [PROJECT]: has('project') ? 'bus: {url: "embedded:project"}' : '',
            [USER]: has('user') ? 'bus: {url: "embedded:user"}' : '',
            [MACHINE]: has('machine') ? 'bus: {url: "embedded:machine"}' : '',
          },
          has('env') ? { SHITOPS_BUS: 'embedded:env' } : {},
          has('flag') ? { bus: 'embedded:flag' } : {},
        )
        const { config } = await loadConfig(options)
        const first = places.find(has)
        expect(config.bus.url).to.equal(first ? `embedded:${first}` : `embedded:${join(dir(), 'home/.local/share/shitops/bus')}`)
      }),
      { numRuns: 32 },
    )
  })

  it('follows XDG_CONFIG_HOME', async () => {
    const options = await place(
      { 'xdg/shitops/config.yaml': 'demo: {seed: 9}', [USER]: 'demo: {seed: 2}' },
      { XDG_CONFIG_HOME: join(dir(), 'xdg') },
    )
    expect((await loadConfig(options)).config.demo.seed).to.equal(9)
  })

  it('reads a file named by --config or SHITOPS_CONFIG instead of the others, and misses it when it is not there', async () => {
    const options = await place({ [PROJECT]: 'demo: {seed: 1, port: 1}', 'project/other.yaml': 'demo: {seed: 7}' })
    for (const named of [
      { ...options, config: 'other.yaml' },
      { ...options, env: { ...options.env, SHITOPS_CONFIG: 'other.yaml' } },
    ]) {
      expect((await loadConfig(named)).config.demo).to.deep.equal({ seed: 7 })
    }
    const error = await thrownBy(() => loadConfig({ ...options, config: 'gone.yaml' }))
    expect(error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
    expect(error.message).to.match(/gone\.yaml:1:1: is not there/)
  })

  it('takes an empty file, a section with nothing behind it, and a key with nothing behind it for nothing said', async () => {
    for (const text of ['', '# only a comment\n', 'bus:\n  #url: embedded:x\n', 'demo:\n  seed:\n', '---\n']) {
      const { config } = await loadConfig(await place({ [PROJECT]: text }))
      expect(config.demo, text).to.deep.equal({})
    }
  })

  describe('wrong', () => {
    /** The problems of a project file, without the folder before its name. */
    async function problemsOf(text: string): Promise<string[]> {
      const { problems } = await inspectConfig(await place({ [PROJECT]: text }))
      return problems.map((problem) => problemText(problem).replace(`${join(dir(), 'project')}/`, ''))
    }

    it('names an unknown key with its place and the nearest one', async () => {
      expect(await problemsOf('output:\n  utx: true\n')).to.deep.equal([
        'shitops.yaml:2:3: output.utx is not a setting; did you mean output.utc?',
      ])
      expect(await problemsOf('outptu: {}\n')).to.deep.equal(['shitops.yaml:1:1: outptu is not a setting; did you mean output?'])
      expect(await problemsOf('utc: true\n')).to.deep.equal(['shitops.yaml:1:1: utc is not a setting; did you mean output.utc?'])
      expect(await problemsOf('outptu:\nbus:\n  ulr:\n')).to.have.length(2)
      expect(await problemsOf('zzzzzz: 1\n')).to.deep.equal(['shitops.yaml:1:1: zzzzzz is not a setting'])
    })

    it('names a value of the wrong kind with its place and what should stand there', async () => {
      expect(await problemsOf('demo:\n  seed: one\n')).to.deep.equal(['shitops.yaml:2:9: demo.seed must be number, not string'])
      expect(await problemsOf('output: {color: blue}\n')).to.deep.equal([
        'shitops.yaml:1:17: output.color must be one of "auto"|"always"|"never"',
      ])
      expect(await problemsOf('bus: embedded:x\n')).to.deep.equal(['shitops.yaml:1:6: bus must be object, not string'])
      expect(await problemsOf('bus:\n  requestTimeout: soon\n')).to.deep.equal([
        'shitops.yaml:2:19: bus.requestTimeout must be a time such as 500ms, 2s or 5m',
      ])
      expect(await problemsOf('demo: {duration: 5}\n')).to.deep.equal(['shitops.yaml:1:18: demo.duration must be string, not number'])
      expect(await problemsOf('demo: {duration: 5x}\n')).to.have.length(1)
      expect(await problemsOf('- a\n')).to.deep.equal(['shitops.yaml:1:1: must be object, not array'])
    })

    it('tells all of it at once, of every file and the environment', async () => {
      const options = await place(
        { [PROJECT]: 'demo:\n  seed: -1\n  speedd: 2\n', [USER]: 'output:\n  utc: 1\n' },
        { SHITOPS_DEMO_PORT: '99999', SHITOPS_OUTPUT_UTD: 'true' },
      )
      const error = await thrownBy(() => loadConfig(options))
      expect(error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
      for (const part of [
        '5 problems',
        'shitops.yaml:2:9: demo.seed',
        'shitops.yaml:3:3: demo.speedd is not a setting; did you mean demo.speed?',
        'config.yaml:2:8: output.utc must be boolean, not number',
        'SHITOPS_DEMO_PORT: demo.port',
        'SHITOPS_OUTPUT_UTD: is not a setting; did you mean SHITOPS_OUTPUT_UTC?',
      ]) {
        expect(error.message).to.include(part)
      }
    })

    it('tells where YAML ends to be YAML, and about a key that stands there twice', async () => {
      expect((await problemsOf('bus:\n  url: "embedded:x\n'))[0]).to.match(/^shitops\.yaml:\d+:\d+: is not YAML: /)
      expect((await problemsOf('demo: {seed: 1}\ndemo: {seed: 2}\n'))[0]).to.match(/^shitops\.yaml:2:1: is not YAML: .*unique/)
    })

    it('refuses a secret in the file, says what to write instead and never repeats it', async () => {
      const texts = [
        'bus:\n  saslPassword: hunter2\n',
        'bus:\n  password: hunter2\n',
        'output: {api_key: hunter2}\n',
        'token: hunter2\n',
        'bus:\n  url: kafka://me:hunter2@broker:9092\n',
        'bus: {saslPassword: "hunter2}\n',
        'bus:\n  compression: hunter2\n',
      ]
      for (const text of texts) {
        const problems = await problemsOf(text)
        expect(problems, text).to.not.have.length(0)
        expect(problems.join(), text).to.not.include('hunter2')
      }
      expect((await problemsOf(String(texts[0])))[0]).to.equal(
        'shitops.yaml:2:3: bus.saslPassword would be a secret in a file that others read; use bus.saslPasswordFile or bus.saslPasswordEnv',
      )
      expect((await problemsOf(String(texts[4])))[0]).to.match(/^shitops\.yaml:2:8: bus\.url must not hold a password/)
    })

    it('repeats no secret even where it makes the YAML break', async () => {
      const noise = fc.array(fc.constantFrom(...'*&!@%"\'{}[]|>,#\\-? \t'), { maxLength: 3 }).map((chars) => chars.join(''))
      await fc.assert(
        fc.asyncProperty(noise, noise, async (before, after) => {
          const problems = await problemsOf(`bus:\n  saslPassword: ${before}hunter2${after}\n`)
          expect(problems).to.not.have.length(0)
          expect(problems.join('\n')).to.not.include('hunter2')
        }),
        {
          numRuns: 500,
          examples: [
            ['*', ''],
            ['@', ''],
            ['!', ' x'],
            ['"', ''],
            ['"" ', ''],
            ['%', ''],
          ],
        },
      )
    })

    it('never throws anything but a list of problems, whatever the file holds', async () => {
      const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }))
      const key = fc.oneof(
        fc.constantFrom('bus', 'output', 'demo', 'url', 'utc', '__proto__', 'constructor', ''),
        fc.string({ maxLength: 5 }),
      )
      const content = fc.letrec((tie) => ({
        node: fc.oneof(
          { depthSize: 'small' },
          scalar,
          fc.array(tie('node'), { maxLength: 3 }),
          fc.dictionary(key, tie('node'), { maxKeys: 3 }),
        ),
      })).node
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            content.map((value) => JSON.stringify(value)),
            fc.string(),
          ),
          async (text) => {
            const { problems } = await inspectConfig(await place({ [PROJECT]: text }))
            for (const { origin } of problems) {
              expect(origin).to.include({ kind: 'file', file: join(dir(), PROJECT) })
              expect(originText(origin)).to.match(/:[1-9]\d*:[1-9]\d*$/)
            }
          },
        ),
        { numRuns: 150, examples: [['*a'], ['a: &a [*a]'], ['%YAML'], ['a: !!x y']] },
      )
    })
  })

  describe('from the environment', () => {
    it('reads text, numbers and booleans as the setting wants them, and takes an empty variable for none', async () => {
      const env = {
        SHITOPS_DEMO_SEED: '4',
        SHITOPS_OUTPUT_UTC: 'true',
        SHITOPS_BUS: 'kafka://k:9092',
        SHITOPS_BUS_CLIENT_ID: '17',
        SHITOPS_DEMO_PORT: '',
      }
      const { config } = await loadConfig(await place({}, env))
      expect(config.demo).to.deep.equal({ seed: 4 })
      expect(config.output.utc).to.equal(true)
      expect(config.bus).to.deep.equal({ url: 'kafka://k:9092', clientId: '17' })
    })

    it('leaves variables of other things alone', async () => {
      const { problems } = await inspectConfig(await place({}, { SHITOPS_ENROLMENT: 'x', SHITOPSX: 'y', SHITOPS_CONTENT_TYPE: 'json' }))
      expect(problems).to.deep.equal([])
    })
  })
})
