import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { validateRecord } from '../../src/events/index.ts'
import { TestBus } from '../bus/ops/support.ts'
import { importAndKill } from '../collectors/workflow/import/killing.ts'
import { runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

/** Hours before now: the bus keeps what is recent. */
const hour = (ago: number) => new Date(Date.now() - ago * 3_600_000).toISOString()
const DAY = Math.floor(Date.now() / 86_400_000) * 86_400_000

const step = (name: string, time: string, who: string) =>
  `<event><string key="concept:name" value="${name}"/><date key="time:timestamp" value="${time}"/><string key="org:resource" value="${who}"/></event>`
const LOG = `<?xml version="1.0" encoding="UTF-8"?>
<log>
<trace><string key="concept:name" value="INV-1"/>
${step('register', hour(9), 'Sara')}
${step('pay', hour(2), 'Pete')}
</trace>
<trace><string key="concept:name" value="INV-2"/>
${step('register', hour(5), 'Sara')}
<event><string key="concept:name" value="lost"/><string key="org:resource" value="Pete"/></event>
</trace>
</log>
`

describe('shitops workflow import', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const dir = useTempDir()
  const home = () => ({ SHITOPS_BUS: test.url, HOME: test.directory, XDG_CONFIG_HOME: join(test.directory, 'config') })
  const run = (...args: string[]) => runCli(['workflow', 'import', ...args], { env: home() })
  const file = async (name: string, content: string | Buffer) => {
    await writeFile(join(dir(), name), content)
    return join(dir(), name)
  }

  beforeEach(() => test.open())
  afterEach(() => test.close())

  it('writes events in order of time, names hashed, bad ones to the dead letters, and says so', async () => {
    const log = await file('claims.xes.gz', gzipSync(LOG))
    const { stdout, stderr, code } = await run(log)
    expect([code, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.match(
      /Read 3 events of 2 cases in .*; 3 events written to workflow_events\.\n1 part of the log could not be used; workflow_events\.dlq has file and line\.\n$/,
    )
    const values = await test.values('workflow_events')
    for (const value of values) expect(await validateRecord('workflow_events', Buffer.from(value))).to.equal(null)
    expect(values.join()).to.not.match(/Sara|Pete/)
    const [letter] = await test.values('workflow_events.dlq')
    expect(JSON.parse(letter ?? '')).to.deep.include({ file: 'claims.xes.gz', line: 9 })
    expect(letter).to.not.match(/Pete/)
  })

  it('writes nothing twice, and only what is new of a file that has grown', async () => {
    const log = await file('claims.xes', LOG)
    await run(log)
    const again = await run(log, '--json')
    expect(JSON.parse(again.stdout)).to.include({ events: 3, written: 0, repeated: 3, bad: 1, complete: true })
    await writeFile(
      log,
      LOG.replace('</log>', `<trace><string key="concept:name" value="INV-3"/>${step('register', hour(1), 'Sara')}</trace></log>`),
    )
    const grown = await run(log, '--json')
    expect(JSON.parse(grown.stdout)).to.include({ written: 1, repeated: 3 })
    expect(await test.values('workflow_events')).to.have.length(4)
    expect(await test.values('workflow_events.dlq')).to.have.length(1)
  })

  it('tells what is in a log without writing, making a topic or a key', async () => {
    const csv = await file('invoices.csv', 'Invoice No;Step;Done at;Clerk\n1;book;31.01.2026 09:00;Ann\n1;pay;02.02.2026 10:00;Bob\n')
    const args = ['--map', 'case=Invoice No,activity=Step', '--map', 'time=Done at,resource=Clerk', '--zone', 'Europe/Berlin']
    const { stdout, stderr, code } = await run(csv, ...args, '--dry-run', '--utc')
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.equal(
      [
        'events      2',
        'cases       1',
        'activities  2: book (1), pay (1)',
        'process     invoices',
        'first       2026-01-31 08:00:00.000Z',
        'last        2026-02-02 09:00:00.000Z',
        'lifecycle   completed 2',
        'case        <- Invoice No',
        'activity    <- Step',
        'time        <- Done at',
        'resource    <- Clerk',
        'Nothing was written (--dry-run).',
        '',
      ].join('\n'),
    )
    expect(await test.bus.listTopics()).to.not.include('workflow_events')
    await readFile(join(test.directory, 'config', 'shitops', 'pseudonym-secret')).then(
      () => expect.fail('a key was made'),
      () => {},
    )
  })

  it('prints records as tail does and leaves the bus alone with --no-publish; people as asked', async () => {
    const log = await file('claims.xes', LOG)
    const { stdout } = await run(log, '--no-publish', '--output', 'ndjson', '--people', 'keep', '--quiet')
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const events = records
      .filter(({ topic }) => topic === 'workflow_events')
      .map(({ value }) => [value.case_id, value.activity, value.person])
    expect(events).to.deep.equal([
      ['INV-1', 'register', 'Sara'],
      ['INV-2', 'register', 'Sara'],
      ['INV-1', 'pay', 'Pete'],
    ])
    expect(await test.bus.listTopics()).to.not.include('workflow_events')
    const dropped = await run(log, '--no-publish', '--output', 'ndjson', '--people', 'drop', '--quiet')
    expect(dropped.stdout).to.not.match(/Sara|Pete|person/)
  })

  it('imports what came before the place where a file is cut off, ends with 1, and goes on with the whole file', async () => {
    const log = await file('claims.xes', LOG.slice(0, LOG.indexOf('INV-2')))
    const cut = await run(log)
    expect(cut.code).to.equal(1)
    expect(cut.stderr)
      .to.match(/SHITOPS_E_WORKFLOW_LOG/)
      .and.match(/claims\.xes, line 7: the rest cannot be read/)
    expect(await test.values('workflow_events')).to.have.length(2)
    await writeFile(log, LOG)
    expect(JSON.parse((await run(log, '--json')).stdout)).to.include({ written: 1, repeated: 2 })
  })

  it('warns of events that the bus will not keep, and moves times to the present', async () => {
    const old = await file('old.csv', `case,activity,time\n1,a,${new Date(DAY - 3_000 * 86_400_000).toISOString()}\n`)
    const { stderr } = await run(old, '--no-color')
    expect(stderr).to.match(/Warning: all of the events are older than workflow_events keeps them \(400d\).*--shift 428w/)
    const shifted = await run(old, '--shift', '428w', '--process', 'moved', '--quiet')
    expect([shifted.code, shifted.stderr]).to.deep.equal([0, ''])
    const times = (await test.values('workflow_events')).map((value) => JSON.parse(value)).filter(({ process }) => process === 'moved')
    expect(times.map(({ event_time }) => event_time)).to.deep.equal([new Date(DAY - 4 * 86_400_000).toISOString()])
  })

  it('says what to type where the log or a flag is not understood', async () => {
    const csv = await file('a.csv', 'x,y\n1,2\n')
    const wrong = await file('w.csv', `case,activity,time\n${'1,a,soon\n'.repeat(200)}`)
    const old = await file('old.json', '{"ocel:global-event":{},"ocel:events":{}}')
    const zip = await file('a.zip', Buffer.from('PK\u0003\u0004'))
    const cases: Array<[args: string[], code: number, text: RegExp]> = [
      [[csv], 2, /no column of .*a\.csv is known to hold the case[\s\S]*--map case=COLUMN/],
      [[wrong], 1, /none of the first 200 events can be used: .*w\.csv, line 2: time: a text of 4 characters is not a time/],
      [[old], 1, /is OCEL 1\.0/],
      [[zip], 1, /is none of the logs that can be read/],
      [[join(dir(), 'none.xes')], 1, /cannot be read/],
      [[csv, '--map', 'cas=x'], 2, /--map case=COLUMN/],
      [[csv, '--zone', 'Nowhere', '--map', 'case=x,activity=y,time=y'], 2, /"Nowhere" is not a time zone/],
      [[csv, '--speed', '2x', '--order', 'file'], 2, /leave out --order file/],
      [[csv, '--shift', 'soon'], 2, /--shift 52w/],
      [[csv, '--delimiter', 'ab'], 2, /not one character/],
    ]
    for (const [args, code, text] of cases) {
      const result = await run(...args)
      expect(result.code, args.join(' ')).to.equal(code)
      expect(result.stderr).to.match(text)
    }
    expect(await test.bus.listTopics()).to.not.include('workflow_events')
  })

  it('gives each event once, however often it is killed', async () => {
    let state = 7
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    const { kills, events, onBus, twice } = await importAndKill({ kills: 4, bytes: 4e6, random })
    expect([kills, onBus, twice]).to.deep.equal([4, events, 0])
  })
})
