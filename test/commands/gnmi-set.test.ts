import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { HANG, Refusal, ScriptedTarget } from '../../src/office/gnmi/scripted/index.ts'
import { type CliOptions, runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const INVALID_ARGUMENT = 3
const elem = (...names: string[]) => names.map((name) => ({ name }))
const MTU = '/interfaces/interface[name=eth0:=1]/config/mtu'

interface AskedSet {
  prefix?: object
  delete?: object[]
  replace?: Array<{ path?: object; val?: object }>
  update?: Array<{ path?: object; val?: object }>
  union_replace?: Array<{ path?: object; val?: object }>
  extension?: object[]
}

describe('shitops gnmi set', () => {
  const home = useTempDir()
  let target: ScriptedTarget
  beforeEach(async () => {
    target = await ScriptedTarget.listen()
  })
  afterEach(() => target.close())

  const set = (args: readonly string[], options?: CliOptions) =>
    runCli(['gnmi', 'set', '-a', target.address, '--insecure', ...args], options)
  const file = async (name: string, text: string) => {
    const path = join(home(), name)
    await writeFile(path, text)
    return path
  }
  const sets = () => target.requests.filter(({ method }) => method === 'Set').map(({ message }) => message as AskedSet)

  describe('sends nothing', () => {
    it('without --yes', async () => {
      const { stdout, stderr, code } = await set(['--update', `${MTU}:=9000`, '--delete', '/b'])
      expect([code, stdout]).to.deep.equal([2, ''])
      expect(stderr).to.contain(`this would set ${target.address}: delete /b, update ${MTU}; nothing was done`)
      expect(stderr).to.contain('SHITOPS_E_CONFIRM').and.contain('Try: --yes')
      expect(target.connections.accepted).to.equal(0)
      const json = await set(['--update', `${MTU}:=9000`, '--json'])
      expect([json.code, JSON.parse(json.stdout).error.code]).to.deep.equal([2, 'SHITOPS_E_CONFIRM'])
    })

    it('with --dry-run, and prints what it would send', async () => {
      const args = ['--update', `${MTU}:=9000`, '--delete', 'openconfig:/b', '--target', 'leaf1', '--dry-run', '--yes']
      const { stdout, stderr, code } = await set([...args, '--commit-id', 'c1', '--rollback-after', '5m'])
      expect([code, stderr]).to.deep.equal([0, ''])
      const [human = '', json = ''] = stdout.split('\n\n')
      expect(human.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).to.deep.equal([
        `would be sent to ${target.address}, each in one transaction:`,
        'target leaf1',
        'commit c1, undone unless it is confirmed within 5m',
        'OPERATION | PATH | TYPE | VALUE',
        'delete | openconfig:/b | - | -',
        `update | ${MTU} | json_ietf | 9000`,
      ])
      const request = JSON.parse(json)
      expect(request).to.deep.equal({
        prefix: { elem: [], target: 'leaf1' },
        delete: [{ origin: 'openconfig', elem: elem('b') }],
        update: [
          {
            path: { elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'eth0:=1' } }, ...elem('config', 'mtu')] },
            val: { jsonIetfVal: Buffer.from('9000').toString('base64') },
          },
        ],
        extension: [{ commit: { id: 'c1', commit: { rollbackDuration: '300s' } } }],
      })
      expect(target.connections.accepted).to.equal(0)
      const document = JSON.parse((await set([...args, '--json'])).stdout)
      expect(document).to.deep.include({ dryRun: true, targets: [target.address] })
      expect(document.request).to.deep.include({ prefix: { elem: [], target: 'leaf1' } })
      const nowhere = await runCli(['gnmi', 'set', '--delete', '/b', '--dry-run'])
      expect([nowhere.code, nowhere.stdout.split('\n')[0]]).to.deep.equal([0, 'would be sent in one transaction:'])
    })

    const WRONG: ReadonlyArray<readonly [args: string[], message: string]> = [
      [[], 'there is nothing to set'],
      [['--update', '/a'], 'a path without a value'],
      [['--update', '/a:=secret'], '--update /a: the value is not JSON'],
      [['--replace', '/a:uint=-1'], '--replace /a: the value is not an integer from 0'],
      [['--update', '/a[:=1'], '"]" is missing'],
      [['--union-replace', '/:=1', '--delete', '/a'], 'stands alone'],
      [['--delete', '/a', '--commit-id', 'c', '--commit-confirm'], 'cannot be added to'],
      [['--commit-confirm'], '--commit-confirm: of which commit?'],
      [['--delete', '/a', '--rollback-after', '5m'], '--rollback-after: of which commit?'],
      [['--commit-id', 'c', '--commit-confirm', '--commit-cancel'], 'exclude each other'],
      [['--commit-id', 'c', '--commit-confirm', '--rollback-after', '5m'], 'has no meaning with --commit-confirm'],
      [['--commit-id', 'c', '--commit-prolong'], 'for how long?'],
      [['--commit-id', 'c', '--commit-prolong', '--rollback-after', '5'], 'is no duration'],
      [['--delete', '/a', '--request-file', 'f'], '--request-file has the operations, and --delete is another'],
      [['--update', '/a:=@-', '--update', '/b:=@-'], 'stdin (-) is named twice'],
    ]
    for (const [args, message] of WRONG) {
      it(`for ${args.join(' ') || 'nothing'}`, async () => {
        const { stderr, code } = await set([...args, '--yes'], { input: '1' })
        expect(code).to.equal(2)
        expect(stderr).to.contain(message).and.contain('SHITOPS_E_USAGE').and.not.contain('secret')
        expect(target.connections.accepted).to.equal(0)
      })
    }

    it('for files that are not there, or not right', async () => {
      expect(await set(['--update', '/a:=@none', '--yes'])).to.include({ code: 1 })
      const { stderr, code } = await set(['--request-file', await file('change.yaml', 'delete: [/a]\nupdates: []'), '--yes'])
      expect(code).to.equal(1)
      expect(stderr).to.contain('the request has "updates"').and.contain('Try: update:').and.contain('SHITOPS_E_FILE')
      expect(target.connections.accepted).to.equal(0)
    })
  })

  describe('statement 50', () => {
    it('sends one transaction, and tells of each operation', async () => {
      const args = [
        '--update',
        '/u1:=1',
        '--update',
        '/u2:string=text',
        '--replace',
        '/r:uint=18446744073709551615',
        '--delete',
        '/d1',
        '--delete',
        '/d2',
      ]
      const { stdout, stderr, code } = await set([...args, '--yes', '--utc'])
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(sets()).to.have.length(1)
      const [{ delete: deletes, replace, update } = {}] = sets()
      expect(deletes).to.deep.equal([{ elem: elem('d1') }, { elem: elem('d2') }])
      expect(replace?.map(({ val }) => val)).to.deep.equal([{ uint_val: '18446744073709551615', value: 'uint_val' }])
      expect(update?.map(({ val }) => val)).to.deep.equal([
        { json_ietf_val: Buffer.from('1'), value: 'json_ietf_val' },
        { string_val: 'text', value: 'string_val' },
      ])
      expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).to.deep.equal([
        'TARGET | OPERATION | PATH | TIME',
        ...['delete | /d1', 'delete | /d2', 'replace | /r', 'update | /u1', 'update | /u2'].map(
          (row) => `${target.address} | ${row} | 2026-03-31 14:02:11.250Z`,
        ),
        '',
      ])
    })

    it('replaces the union of several origins', async () => {
      const cli = await file('leaf1.cfg', 'hostname leaf1\n')
      const args = ['--union-replace', 'openconfig:/:={"a":9223372036854775807}', '--union-replace', `xros_cli:/:ascii=@${cli}`]
      const { stdout, code } = await set([...args, '--yes', '--json'])
      expect(code).to.equal(0)
      expect(sets()[0]?.union_replace).to.deep.equal([
        { path: { origin: 'openconfig' }, val: { json_ietf_val: Buffer.from('{"a":9223372036854775807}'), value: 'json_ietf_val' } },
        { path: { origin: 'xros_cli' }, val: { ascii_val: 'hostname leaf1\n', value: 'ascii_val' } },
      ])
      expect(JSON.parse(stdout)).to.deep.equal({
        targets: [
          {
            source: target.address,
            timestamp: '1774965731250417113',
            prefix: '',
            results: [
              { op: 'union_replace', path: 'openconfig:/' },
              { op: 'union_replace', path: 'xros_cli:/' },
            ],
          },
        ],
      })
    })

    it('says when there are not as many results as operations, or one has a complaint', async () => {
      target.answers.Set = { response: [{ path: { elem: elem('a') }, op: 'DELETE' }], timestamp: '1' }
      const { stderr, code } = await set(['--delete', '/a', '--delete', '/b', '--yes'])
      expect(code).to.equal(0)
      expect(stderr).to.contain('the target reports 1 result of 2 operations; look whether all is done')
      target.answers.Set = { response: [{ op: 'DELETE', message: { code: 9, message: 'later' } }] }
      const { stdout } = await set(['--delete', '/a', '--yes', '--json'])
      expect(JSON.parse(stdout).targets[0].warning).to.equal('the target says of delete /: later (code 9)')
    })

    it('is never sent twice: when it times out, nobody knows', async () => {
      target.answers.Set = HANG
      const hasty = () => set(['--delete', '/a', '--yes', '--timeout', '500ms', '--json'])
      let { stdout, code } = await hasty()
      // On a busy machine there may be no connection by then.
      while (sets().length === 0) ({ stdout, code } = await hasty())
      expect(code).to.equal(75)
      const { error } = JSON.parse(stdout)
      expect(error.message).to.contain('no answer in time; whether it was set is not known')
      expect(error.suggestions[0]).to.match(/^shitops gnmi get -a .*, before it is sent again$/)
      expect(sets()).to.have.length(1)
    })

    it('is never sent twice: when the connection is lost, nobody knows', async () => {
      target.answers.Set = () => {
        target.cutAll()
        return HANG
      }
      const { stderr, code } = await set(['--delete', '/a', '--yes'])
      expect(code).to.be.oneOf([69, 75])
      expect(stderr).to.contain('whether it was set is not known')
      expect(sets()).to.have.length(1)
    })

    it('is known not to be done where it was refused, or never sent', async () => {
      target.answers.Set = new Refusal(INVALID_ARGUMENT, 'no such leaf')
      const refused = await set(['--delete', '/a', '--yes'])
      expect(refused.code).to.equal(1)
      expect(refused.stderr).to.contain('INVALID_ARGUMENT: no such leaf').and.not.contain('not known')
      target.onConnection = (socket) => socket.destroy()
      const unsent = await set(['--delete', '/a', '--yes'])
      expect(unsent.code).to.equal(69)
      expect(unsent.stderr).to.not.contain('not known')
      expect(sets()).to.have.length(1)
    })

    it('says that nobody knows when it is interrupted', async () => {
      target.answers.Set = HANG
      const live = new LiveCli(['gnmi', 'set', '-a', target.address, '--insecure', '--delete', '/a', '--yes'], home())
      try {
        await target.request(1, 'Set')
        expect(await live.signal('SIGINT')).to.equal(130)
        expect(live.stderr).to.contain('whether it was set is not known')
      } finally {
        await live.signal('SIGKILL')
      }
    })
  })

  it('goes from target to target, and stops where one fails', async () => {
    const [refusing, last] = [await ScriptedTarget.listen(), await ScriptedTarget.listen()]
    try {
      refusing.answers.Set = new Refusal(INVALID_ARGUMENT, 'no')
      const { stdout, stderr, code } = await set(['-a', refusing.address, '-a', last.address, '--delete', '/a', '--yes'])
      expect(code).to.equal(1)
      expect(stdout).to.contain(target.address).and.not.contain(last.address)
      expect(stderr).to.contain(`${refusing.address}: the target refuses`).and.contain(`${last.address}: not touched`)
      expect(last.connections.accepted).to.equal(0)
      const document = JSON.parse((await set(['-a', refusing.address, '-a', last.address, '--delete', '/a', '--yes', '--json'])).stdout)
      expect(document.targets[2]).to.deep.equal({ source: last.address, skipped: true })
      expect(document.error.message).to.match(/^127\.0\.0\.1:\d+: the target refuses/)
    } finally {
      await refusing.close()
      await last.close()
    }
  })

  describe('takes a request', () => {
    const YAML = `
prefix: openconfig:/system
delete: [a]
update:
  - path: config
    value:
      boot-time: 18446744073709551615
      drift: 1.10
`

    for (const source of ['a file', 'stdin']) {
      it(`from ${source}, with every digit`, async () => {
        const args = ['--target', 'leaf1', '--yes', '--request-file']
        const run = source === 'stdin' ? set([...args, '-'], { input: YAML }) : set([...args, await file('change.yaml', YAML)])
        expect((await run).code).to.equal(0)
        expect(sets()[0]).to.deep.equal({
          prefix: { origin: 'openconfig', target: 'leaf1', elem: elem('system') },
          delete: [{ elem: elem('a') }],
          update: [
            {
              path: { elem: elem('config') },
              val: { json_ietf_val: Buffer.from('{"boot-time":18446744073709551615,"drift":1.10}'), value: 'json_ietf_val' },
            },
          ],
        })
      })
    }

    it('whose prefix is not said twice in two ways', async () => {
      const { stderr, code } = await set(['--prefix', '/b', '--request-file', await file('c.yaml', 'prefix: /a\ndelete: [b]'), '--yes'])
      expect(code).to.equal(2)
      expect(stderr).to.contain('--prefix says "/b", and').and.contain('says "/a"')
    })
  })

  it('takes values from files and stdin, and text that begins with @', async () => {
    const value = await file('value.json', '{\n  "a": 1\n}\n')
    const args = ['--update', `/a:=@${value}`, '--update', '/b:bytes=@-', '--update', '/c:string=@@b', '-e', 'json']
    expect((await set([...args, '--yes'], { input: Buffer.from([0, 255]) })).code).to.equal(0)
    expect(sets()[0]?.update?.map(({ val }) => val)).to.deep.equal([
      { json_val: Buffer.from('{\n  "a": 1\n}'), value: 'json_val' },
      { bytes_val: Buffer.from([0, 255]), value: 'bytes_val' },
      { string_val: '@b', value: 'string_val' },
    ])
  })

  describe('commits', () => {
    const STEPS: ReadonlyArray<readonly [args: string[], commit: object]> = [
      [['--delete', '/a', '--rollback-after', '5m'], { commit: { rollback_duration: { seconds: '300', nanos: 0 } }, action: 'commit' }],
      [['--delete', '/a'], { commit: {}, action: 'commit' }],
      [['--commit-confirm'], { confirm: {}, action: 'confirm' }],
      [['--commit-cancel'], { cancel: {}, action: 'cancel' }],
      [
        ['--commit-prolong', '--rollback-after', '90s'],
        { set_rollback_duration: { rollback_duration: { seconds: '90', nanos: 0 } }, action: 'set_rollback_duration' },
      ],
    ]
    for (const [args, commit] of STEPS) {
      it(args.join(' '), async () => {
        expect((await set([...args, '--commit-id', 'c1', '--yes'])).code).to.equal(0)
        const [{ extension } = {}] = sets()
        expect(extension).to.deep.equal([{ commit: { id: 'c1', ...commit }, ext: 'commit' }])
      })
    }
  })
})
