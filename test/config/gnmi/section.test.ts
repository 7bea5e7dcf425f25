import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { formatSettings, settingsDocument } from '../../../src/cli/config-view.ts'
import type { TargetsSettings } from '../../../src/collectors/gnmi/targets/settings.ts'
import { gnmiSettings, inspectGnmi } from '../../../src/config/gnmi/settings.ts'
import { inspectConfig, loadConfig } from '../../../src/config/load.ts'
import { problemText } from '../../../src/config/problem.ts'
import type { Config } from '../../../src/config/sections/index.ts'
import { validateFile } from '../../../src/config/validate.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { thrownBy } from '../../support/thrown-by.ts'

describe('the section gnmi', () => {
  const dir = useTempDir()

  async function place(files: Record<string, string>, env: Record<string, string> = {}) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir(), path)), { recursive: true })
      await writeFile(join(dir(), path), text)
    }
    return { cwd: join(dir(), 'project'), etc: join(dir(), 'etc'), env: { HOME: join(dir(), 'home'), ...env } }
  }
  const PROJECT = 'project/shitops.yaml'
  const USER = 'home/.config/shitops/config.yaml'

  const short = (text: string) => text.replaceAll(`${join(dir(), 'project')}/`, '')
  async function problemsOf(text: string, env: Record<string, string> = {}): Promise<string[]> {
    const { entries, problems } = await inspectConfig(await place({ [PROJECT]: text }, env))
    return [...problems, ...inspectGnmi(entries, env).problems].map((problem) => short(problemText(problem)))
  }
  async function settingsOf(files: Record<string, string>, env: Record<string, string> = {}) {
    const options = await place(files, env)
    return gnmiSettings((await loadConfig(options)).entries, options.env)
  }

  const SUBSCRIPTION = "  subscriptions: [{name: counters, paths: ['/interfaces']}]\n"

  it('has the types that the collector takes', async () => {
    // This compiles, or they are not.
    const asSettings = (section: Config['gnmi']): TargetsSettings => section
    expect(asSettings((await loadConfig(await place({}))).config.gnmi)).to.deep.equal({})
  })

  it('says nothing where nothing is said', async () => {
    expect(await settingsOf({})).to.deep.equal({ targets: { subscriptions: undefined, targets: undefined }, mappings: [] })
  })

  it('has lists of mappings, with whole paths', async () => {
    const { targets, targetsFile, mappings } = await settingsOf({
      [PROJECT]: `gnmi:
  targetsFile: targets.yaml
  mappings: [~/own.yaml, /etc/own.yaml, own.yaml]
  defaults: {port: 57400, passwordFile: secrets/pw, username: a}
  targets:
    - address: 10.0.0.1
      tlsCaFile: ~/ca.pem
      role:
    - {name: b, address: [a:1, 'b:2']}
  librenms:
    rules: [{os: eos, tokenFile: token}]
${SUBSCRIPTION}`,
    })
    const project = join(dir(), 'project')
    expect(targetsFile).to.equal(join(project, 'targets.yaml'))
    expect(mappings).to.deep.equal([join(dir(), 'home/own.yaml'), '/etc/own.yaml', join(project, 'own.yaml')])
    expect(targets).to.deep.equal({
      defaults: { port: 57400, passwordFile: join(project, 'secrets/pw'), username: 'a' },
      subscriptions: [{ name: 'counters', paths: ['/interfaces'] }],
      targets: [
        { address: '10.0.0.1', tlsCaFile: join(dir(), 'home/ca.pem') },
        { name: 'b', address: ['a:1', 'b:2'] },
      ],
      librenms: { rules: [{ os: 'eos', tokenFile: join(project, 'token') }] },
    })
  })

  describe('wrong', () => {
    it('names unknown keys at every depth with their place and the nearest one', async () => {
      expect(await problemsOf('gnmi:\n  targest: []\n')).to.deep.equal([
        'shitops.yaml:2:3: gnmi.targest is not a setting; did you mean gnmi.targets?',
      ])
      expect(await problemsOf('gnmi:\n  defaults:\n    prot: 1\n')).to.deep.equal([
        'shitops.yaml:3:5: gnmi.defaults.prot is not a setting; did you mean gnmi.defaults.port?',
      ])
      expect(await problemsOf('gnmi:\n  targets:\n    - address: a\n    - address: b\n      tlsCafile: x\n')).to.deep.equal([
        'shitops.yaml:5:7: gnmi.targets[1].tlsCafile is not a setting; did you mean gnmi.targets[1].tlsCaFile?',
      ])
      expect(
        await problemsOf('gnmi:\n  subscriptions:\n    - name: a\n      groups:\n        - pahts: [/]\n          paths: [/]\n'),
      ).to.deep.equal([
        'shitops.yaml:5:11: gnmi.subscriptions[0].groups[0].pahts is not a setting; did you mean gnmi.subscriptions[0].groups[0].paths?',
      ])
      expect(await problemsOf('gnmi:\n  librenms:\n    rules:\n      - {oss: eos}\n')).to.deep.equal([
        'shitops.yaml:4:10: gnmi.librenms.rules[0].oss is not a setting; did you mean gnmi.librenms.rules[0].os?',
      ])
    })

    it('names values of the wrong kind with their place', async () => {
      const wrong: Array<[text: string, problem: RegExp]> = [
        ['targets: {a: 1}', /^shitops\.yaml:2:12: gnmi\.targets must be array, not object$/],
        ['targets: [{name: a}]', /^shitops\.yaml:2:13: gnmi\.targets\[0\]\.address is missing$/],
        ['targets: [{address: 1}]', /^shitops\.yaml:2:23: gnmi\.targets\[0\]\.address must be text, or a list of texts$/],
        ['targets: [{address:}]', /^shitops\.yaml:2:22: gnmi\.targets\[0\]\.address is missing$/],
        ['targets: [a]', /^shitops\.yaml:2:13: gnmi\.targets\[0\] must be object, not string$/],
        [
          'subscriptions: [{name: a, paths: [/], sampleInterval: 10}]',
          /:2:57: gnmi\.subscriptions\[0\]\.sampleInterval must be a duration such as/,
        ],
        ['subscriptions: [{name: a, paths: [/], mode: onc}]', /mode must be one of "stream"\|"once"\|"poll"$/],
        ['subscriptions: [{name: a, paths: /}]', /:2:36: gnmi\.subscriptions\[0\]\.paths must be array, not string$/],
        ['subscriptions: [{name: a, paths: [/], qos: 64}]', /qos /],
        ['defaults: {keepalive: 5s}', /:2:25: gnmi\.defaults\.keepalive must be a duration such as .*, 10s or more$/],
        ['defaults: {windowSize: 1KiB}', /gnmi\.defaults\.windowSize must be a size such as .* from 65535 to/],
        ['defaults: {encoding: xml}', /gnmi\.defaults\.encoding must be auto, json,/],
        ['defaults: {username: "jos\u00e9"}', /gnmi\.defaults\.username must be ASCII/],
        ['defaults: {passwordEnv: "two words"}', /gnmi\.defaults\.passwordEnv must be the name of an environment variable/],
        ['defaults: {windowSize: 100}', /gnmi\.defaults\.windowSize must be a size such as .* from 65535 to/],
        ['mappings: a.yaml', /gnmi\.mappings must be array/],
      ]
      for (const [text, problem] of wrong) {
        const problems = await problemsOf(`gnmi:\n  ${text}\n`)
        expect(problems, text).to.have.length(1)
        expect(problems[0], text).to.match(problem)
      }
    })

    it('refuses secrets at every depth, says what to write there instead and never repeats them', async () => {
      const texts: Array<[text: string, advice: RegExp]> = [
        ['gnmi:\n  defaults: {password: hunter2}\n', /use gnmi\.defaults\.passwordFile or gnmi\.defaults\.passwordEnv$/],
        ['gnmi:\n  targets: [{address: a, token: hunter2}]\n', /use gnmi\.targets\[0\]\.tokenFile or gnmi\.targets\[0\]\.tokenEnv$/],
        ['gnmi:\n  password: hunter2\n', /use gnmi\.defaults\.passwordFile or gnmi\.defaults\.passwordEnv$/],
        ['gnmi:\n  librenms: {rules: [{os: a, secret: hunter2}]}\n', /use gnmi\.librenms\.rules\[0\]\.passwordFile or /],
        ['gnmi:\n  subscriptions: [{name: a, paths: [/], api_key: hunter2}]\n', /name a file/],
        ['gnmi:\n  targets: [{address: "me:hunter2@a:1"}]\n', /gnmi\.targets\[0\]\.address is not HOST:PORT; write HOST:PORT/],
        ['gnmi:\n  targets: [{address: a, subscriptions: [hunter2]}]\n', /names no subscription/],
        ["gnmi:\n  subscriptions: [{name: a, paths: ['/a[hunter2']}]\n", /is no path/],
      ]
      for (const [text, advice] of texts) {
        const [problem] = await problemsOf(text)
        expect(problem, text).to.match(advice)
        expect(problem, text).to.not.include('hunter2')
      }
    })

    it('tells what only shows when the parts come together, all of it, with its places', async () => {
      const problems = await problemsOf(`gnmi:
  defaults:
    insecure: true
    tlsServerName: x
  subscriptions:
    - name: counters
      paths: [/interfaces, '/a[b']
    - name: counters
      paths: []
    - name: bare
    - name: polled
      mode: poll
      paths: [/]
      sampleInterval: 10s
  targets:
    - {name: a, address: 10.0.0.1, subscriptions: [countres]}
    - {name: a, address: 'http://10.0.0.2'}
`)
      expect(problems.map((problem) => problem.replace(/;.*/, ''))).to.deep.equal([
        'shitops.yaml:7:28: gnmi.subscriptions[0].paths[1] is no path: a key is [name=value], and "=" is missing (character 5)',
        'shitops.yaml:8:13: gnmi.subscriptions[1].name is the name of another subscription',
        'shitops.yaml:9:14: gnmi.subscriptions[1].paths is empty',
        'shitops.yaml:10:7: gnmi.subscriptions[2] has no paths',
        'shitops.yaml:14:23: gnmi.subscriptions[3].sampleInterval is for mode stream',
        'shitops.yaml:17:26: gnmi.targets[1].address has a scheme, and an address has none',
        'shitops.yaml:17:14: gnmi.targets[1].name names the same target as targets[0]',
        'shitops.yaml:16:52: gnmi.targets[0].subscriptions[0] names no subscription',
        'shitops.yaml:3:15: gnmi.defaults.insecure is plaintext, and tlsServerName is about TLS',
      ])
      expect(problems.find((problem) => problem.includes('names no'))).to.match(/; did you mean counters\?$/)
      for (const problem of problems) expect(problem, 'what to do').to.include('; ')
    })

    it('is an error of the configuration for who wants to collect, and a finding of config validate', async () => {
      const options = await place({ [PROJECT]: 'gnmi: {targets: [{address: a, subscriptions: [x]}]}' })
      const loaded = await loadConfig(options)
      const error = await thrownBy(async () => gnmiSettings(loaded.entries, options.env))
      expect(error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
      const { problems } = await validateFile(join(dir(), PROJECT))
      expect(problems.map(({ path }) => path)).to.deep.equal(['gnmi.targets[0].subscriptions[0]'])
    })

    it('never throws anything but problems, whatever the lists hold', async () => {
      const word = fc.oneof(
        fc.constantFrom('a', '/', 'a:1', '/a[b=c]', '*', '10s', 'sample', 'poll', '', '[::1]', 'x@y'),
        fc.string({ maxLength: 6 }),
      )
      const scalar = fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null))
      const key = fc.constantFrom(
        'name',
        'paths',
        'groups',
        'mode',
        'streamMode',
        'sampleInterval',
        'address',
        'subscriptions',
        'os',
        'insecure',
        'prefix',
      )
      const value = fc.oneof(
        scalar,
        fc.array(scalar, { maxLength: 3 }),
        fc.array(fc.dictionary(key, scalar, { maxKeys: 3 }), { maxLength: 2 }),
      )
      const items = fc.array(fc.dictionary(key, value, { maxKeys: 4 }), { maxLength: 3 })
      await fc.assert(
        fc.asyncProperty(items, items, items, async (subscriptions, targets, rules) => {
          for (const problem of await problemsOf(JSON.stringify({ gnmi: { subscriptions, targets, librenms: { rules } } }))) {
            expect(problem).to.match(/^shitops\.yaml:[1-9]\d*:[1-9]\d*: gnmi\./)
          }
        }),
        { numRuns: 300 },
      )
    })
  })

  describe('in several places', () => {
    const MINE = `gnmi:\n  defaults: {username: me, passwordFile: pw}\n  targets: [{address: mine}]\n${SUBSCRIPTION}`

    it('never hands the credentials of one place to the targets of a stronger one', async () => {
      for (const stronger of ["targets: [{address: 'theirs'}]", 'targetsFile: t.yaml', 'librenms: {rules: [{os: a}]}']) {
        const { targets } = await settingsOf({ [USER]: MINE, [PROJECT]: `gnmi:\n  ${stronger}\n` })
        expect(targets.defaults, stronger).to.equal(undefined)
        expect(JSON.stringify(targets), stronger).to.not.include('mine')
        expect(targets.subscriptions, stronger).to.have.length(1)
      }
      const { targets, targetsFile } = await settingsOf({ [USER]: MINE, [PROJECT]: '' }, { SHITOPS_GNMI_TARGETS_FILE: 't.yaml' })
      expect({ ...targets, targetsFile })
        .to.deep.include({ targetsFile: 't.yaml', targets: undefined })
        .and.not.have.property('defaults')
    })

    it('lets a stronger place, or a variable, say more about the same targets', async () => {
      const { targets } = await settingsOf({ [USER]: MINE, [PROJECT]: 'gnmi: {defaults: {port: 1}}' }, { SHITOPS_GNMI_DEFAULTS_SITE: 'hq' })
      expect(targets.defaults).to.include({ username: 'me', port: 1, site: 'hq' })
      expect(targets.targets).to.deep.equal([{ address: 'mine' }])
    })

    it('leaves alone the variables of the flags', async () => {
      const env = { SHITOPS_GNMI_PASSWORD: 'x', SHITOPS_GNMI_TOKEN: 'y', SHITOPS_GNMI_USERNAME: 'z' }
      expect((await inspectConfig(await place({}, env))).problems).to.deep.equal([])
      const { problems } = await inspectConfig(await place({}, { SHITOPS_GNMI_DEFAULTS_PROT: '1', SHITOPS_GNMI_TARGETS: 'a' }))
      expect(problems.map(problemText)).to.include('SHITOPS_GNMI_DEFAULTS_PROT: is not a setting; did you mean SHITOPS_GNMI_DEFAULTS_PORT?')
      expect(problems).to.have.length(2)
    })
  })

  it('is shown item by item, each with its place, without what stands before the host of a URL', async () => {
    const text = `gnmi:
  mappings: [a.yaml, 'https://me:hunter2@h/b.yaml']
  targets:
    - name: a
      address: [x:1, 'y:2']
  subscriptions: []
`
    const loaded = await loadConfig(await place({ [PROJECT]: text }))
    const lines = formatSettings(loaded, true)
      .split('\n')
      .filter((line) => line.includes('gnmi.'))
    expect(lines.map((line) => short(line).replaceAll(/ {2,}/g, ' | '))).to.deep.equal([
      'gnmi.mappings | a.yaml, https://***@h/b.yaml | shitops.yaml:2:13',
      'gnmi.targets[0].name | a | shitops.yaml:4:13',
      'gnmi.targets[0].address | x:1, y:2 | shitops.yaml:5:16',
      'gnmi.subscriptions | (none) | shitops.yaml:6:18',
    ])
    const document = settingsDocument(loaded)
    expect(document.settings['gnmi.targets']).to.deep.equal([{ name: 'a', address: ['x:1', 'y:2'] }])
    expect(JSON.stringify(document)).to.not.include('hunter2')
  })

  it('is as docs/gnmi-targets.md shows it', async () => {
    const [own, file] = [...(await readFile('docs/gnmi-targets.md', 'utf8')).matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => text ?? '',
    )
    expect(await problemsOf(own ?? '')).to.deep.equal([])
    const settings = await settingsOf({ [PROJECT]: own ?? '' })
    const { parseTargetsFile } = await import('../../../src/config/gnmi/targets-file.ts')
    const { resolveTargets } = await import('../../../src/collectors/gnmi/targets/resolve.ts')
    const parsed = parseTargetsFile(file ?? '', '/etc/shitops/gnmi-targets.yaml', settings.targets, {})
    expect(parsed.problems).to.deep.equal([])
    const first = resolveTargets(settings.targets)
    expect(first.targets.map(({ name, addresses }) => [name, ...addresses])).to.deep.equal([
      ['access-1', '10.0.4.11:57400'],
      ['core-1', '10.0.0.1:57400', '10.0.1.1:57400'],
      ['lab-1', 'lab-1.example:6030'],
      ['branch-7', 'gateway.example:443'],
      ['laptop-ada', 'ada.example:57400'],
    ])
    expect(first.rules).to.have.length(4)
    const [access] = resolveTargets(parsed.settings, settings.targets).targets
    expect(access).to.deep.include({ name: 'access-12-1', addresses: ['10.12.4.11:57400'], site: 'branch-12', role: 'switch' })
    expect(access?.subscriptions.map(({ name }) => name)).to.deep.equal(['counters', 'optics'])
  })
})
