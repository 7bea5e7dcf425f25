import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { type ImportFlags, importLogs } from '../../../src/cli/workflow/import.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { type Past, pastOf, thawed } from '../../support/thawed-bus.ts'

const TOPIC = 'workflow_events'

describe('workflow import onto a bus', () => {
  const dir = useTempDir()
  let bus: Bus
  let log: string
  beforeEach(async () => {
    bus = await openBus(`embedded:${join(dir(), 'bus')}`)
    log = join(dir(), 'log.csv')
    const time = (minute: number) => new Date(Date.now() - 3_600_000 + minute * 60_000).toISOString()
    await writeFile(log, `case,activity,time\n${[0, 1, 2].map((i) => `c${i},submit,${time(i)}\n`).join('')}`)
  })
  afterEach(() => bus.close())

  const flags: ImportFlags = {
    ...{
      read: { map: { case: 'case', activity: 'activity', time: 'time' } },
      people: 'drop',
      peopleAttributes: [],
    },
    ...{
      secretFile: undefined,
      order: 'time',
      speed: undefined,
      shift: undefined,
      publish: true,
      print: false,
      dryRun: false,
      quiet: true,
      utc: true,
    },
  }
  const stored = async () => (await bus.offsets(TOPIC)).reduce((sum, { latest }) => sum + latest, 0)

  async function run(past: Past = {}) {
    // The import closes the bus that it opens.
    const openBusAnew = async () => thawed(await openBus(`embedded:${join(dir(), 'bus')}`), past)
    const context = { openBus: openBusAnew, stderr: process.stderr, env: {}, logger: silentLogger, signal: new AbortController().signal }
    const { written, repeated } = (await importLogs([log], flags, context)).result
    return { written, repeated }
  }

  it('writes nothing again although the leader of the events, frozen meanwhile, tells of an older end', async () => {
    await bus.createTopic({ name: TOPIC, partitions: 3 })
    const past = await pastOf(bus, { topics: [TOPIC] })
    expect(await run()).to.deep.equal({ written: 3, repeated: 0 })
    expect(await run(past)).to.deep.equal({ written: 0, repeated: 3 })
    expect(await stored()).to.equal(3)
  })
})
