import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

/** Recorded responses of real devices, where they are at hand. */
const RECORDED = resolve('../shared/data/gnmi/telegraf')

interface Event {
  timestamp?: string
  tags?: Record<string, string>
  values?: Record<string, unknown>
  deletes?: string[]
  error?: { code: string }
}

const linesOf = (stdout: string): Event[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const UPDATE =
  '{"update":{"timestamp":"1774965731250417113","update":[{"path":{"elem":[{"name":"a"}]},"val":{"uintVal":18446744073709551615}}]}}'

describe('shitops gnmi decode', () => {
  const dir = useTempDir()

  it('prints one event a line, and goes on after errors', async () => {
    const { stdout, stderr, code } = await runCli(['gnmi', 'decode'], { input: `${UPDATE}\n{"update":{"tim\n${UPDATE}\n` })
    expect([code, stderr]).to.deep.equal([0, ''])
    const event = { name: 'default', timestamp: '1774965731250417113', tags: {}, values: { '/a': '18446744073709551615' } }
    expect(linesOf(stdout)).to.deep.equal([event, { line: 2, error: { code: 'SHITOPS_E_GNMI_INPUT', message: 'not JSON' } }, event])
  })

  it('names the events and tags them', async () => {
    const { stdout } = await runCli(['gnmi', 'decode', '--subscription', 'counters', '--source', 'access-1'], { input: `[${UPDATE}]` })
    expect(linesOf(stdout)[0]).to.deep.include({ name: 'counters', tags: { source: 'access-1', 'subscription-name': 'counters' } })
  })

  it('gives one document with --json, with the same digits', async () => {
    const decimal = '{"update":{"delete":[{}],"update":[{"val":{"decimalVal":{"digits":"9223372036854775807","precision":18}}}]}}'
    const { stdout } = await runCli(['gnmi', 'decode', '--json'], { input: `${decimal}\nnonsense\n${UPDATE}\n` })
    expect(JSON.parse(stdout).events).to.have.length(4)
    expect(stdout).to.contain('9.223372036854775807').and.contain('"18446744073709551615"')
    expect(JSON.parse((await runCli(['gnmi', 'decode', '--json'], { input: '' })).stdout)).to.deep.equal({ events: [] })
  })

  it('prints samples with --metrics, by the built-in mappings and those of the user', async () => {
    const input = (name: string, value: object) =>
      JSON.stringify({
        update: {
          timestamp: '1774965731000000000',
          update: [{ path: { elem: [{ name: 'system' }, { name: 'state' }, { name }] }, val: value }],
        },
      })
    const mapping = join(dir(), 'own.yaml')
    await writeFile(
      mapping,
      'family: own\nabout: ours\nrules:\n  - {metric: battery, path: /system/state/charge, kind: gauge, unit: percent}\n',
    )
    const messages = [
      input('up-time', { uintVal: '90000000000' }),
      input('charge', { uintVal: '57' }),
      input('charge', { stringVal: 'full' }),
    ]
    const { stdout, code } = await runCli(['gnmi', 'decode', '--metrics', '--mapping', mapping], { input: messages.join('\n') })
    const sample = { timestamp: '1774965731000000000', instance: '' }
    expect(linesOf(stdout)).to.deep.equal([
      { ...sample, metric: 'uptime', value: 90, unit: 's' },
      { ...sample, metric: 'battery', value: 0.57, unit: 'ratio' },
      {
        line: 3,
        error: {
          code: 'SHITOPS_E_GNMI_VALUE',
          message: '/system/state/charge: a value of which its mapping can make nothing; it gives no sample',
        },
      },
    ])
    expect(code).to.equal(0)
    const document = await runCli(['gnmi', 'decode', '--metrics', '--json'], { input: messages[0] ?? '' })
    expect(JSON.parse(document.stdout).samples).to.deep.equal([{ ...sample, metric: 'uptime', value: 90, unit: 's' }])
    expect(JSON.parse((await runCli(['gnmi', 'decode', '--metrics', '--json'], { input: '' })).stdout)).to.deep.equal({ samples: [] })
  })

  it('says what is wrong with a mapping, and that there is none', async () => {
    const mapping = join(dir(), 'own.yaml')
    await writeFile(mapping, 'family: own\nabout: ours\nrules:\n  - {metric: batery, path: /a, kind: gauge}\n')
    const wrong = await runCli(['gnmi', 'decode', '--metrics', '--mapping', mapping], { input: '' })
    expect(wrong.code).to.equal(78)
    expect(wrong.stderr)
      .to.contain('SHITOPS_E_GNMI_MAPPING')
      .and.contain(`${mapping}:4:14: rules[1].metric is no metric; did you mean battery?`)
    const missing = await runCli(['gnmi', 'decode', '--metrics', '--mapping', join(dir(), 'none.yaml')], { input: '' })
    expect(missing.code).to.equal(1)
    expect(missing.stderr).to.contain('SHITOPS_E_FILE').and.contain('none.yaml cannot be read')
  })

  it('says nothing to no input', async () => {
    expect(await runCli(['gnmi', 'decode'], { input: '' })).to.include({ stdout: '', stderr: '', code: 0 })
  })

  describe('of what devices sent', () => {
    before(function () {
      if (!existsSync(RECORDED)) this.skip()
    })

    const cases = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => existsSync(join(RECORDED, name, 'responses.json'))) : []
    for (const name of cases) {
      it(`loses nothing: ${name}`, async () => {
        const input = readFileSync(join(RECORDED, name, 'responses.json'))
        const { stdout, code } = await runCli(['gnmi', 'decode'], { input })
        const lines = linesOf(stdout)
        expect(code).to.equal(0)
        expect(lines.filter(({ error }) => error)).to.deep.equal([])
        expect(lines.map(said)).to.deep.equal(JSON.parse(String(input)).flatMap(saidBy))
      })
    }
  })
})

/** What an event says, whatever its names: timestamp, keys, and values or that something is gone. */
const said = ({ timestamp, tags, values, deletes }: Event) => ({
  timestamp,
  keys: Object.values(tags ?? {}).sort(),
  values: deletes ? 'deleted' : Object.values(values ?? {}).map(String),
})

interface RecordedPath {
  elem?: Array<{ key?: Record<string, string> }>
  target?: string
}

interface Recorded {
  update?: { timestamp: string; prefix?: RecordedPath; update?: Array<{ path: RecordedPath; val: object }>; delete?: RecordedPath[] }
}

/** The same of a response, in the order of events. Recorded numbers are within 2^53. */
function saidBy({ update: notification }: Recorded): object[] {
  if (!notification) return []
  const { timestamp, prefix, update = [], delete: deleted = [] } = notification
  const keys = (path: RecordedPath) => {
    const all = [...(prefix?.elem ?? []), ...(path.elem ?? [])].flatMap(({ key = {} }) => Object.values(key))
    return [...all, ...(prefix?.target ? [prefix.target] : [])].sort()
  }
  return [
    ...deleted.map((path) => ({ timestamp, keys: keys(path), values: 'deleted' })),
    ...update.map(({ path, val }) => ({ timestamp, keys: keys(path), values: leavesOf(val).map(String) })),
  ]
}

function leavesOf(val: object): unknown[] {
  const [[kind, value] = ['', null]] = Object.entries(val) as Array<[string, unknown]>
  if (!/^json/i.test(kind)) return [value]
  const leaves = (tree: unknown): unknown[] => (typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(leaves) : [tree])
  return leaves(JSON.parse(Buffer.from(String(value), 'base64').toString()))
}
