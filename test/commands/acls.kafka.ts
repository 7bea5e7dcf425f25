import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { createMissing } from '../../src/bus/ops/create-missing.ts'
import { type CliResult, runCli } from '../support/cli.ts'
import { type Acl, AclAdmin, parseAcl } from '../support/kafka/acls.ts'
import { describeKafka } from '../support/kafka/index.ts'

const USER = 'ops'
const PASSWORD = 'pw-of-ops'
const PAGE = new URL('../../docs/kafka-acls.md', import.meta.url)
/** Commands on a busy machine. */
const COMMAND_MS = 180_000
const INPUT = '{"key":"k","value":{"a":1},"timestamp":1774944000000}\n'

interface Row {
  command: string
  acls: Acl[]
  /** Of these, one may be missing: something is left out then, and nothing refused. */
  optional: Set<string>
}

/** The rows of docs/kafka-acls.md: a command, what it needs, what it may have beside. */
function rowsOf(page: string): Row[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| `shitops '))
  return lines.map((line) => {
    const [, command = '', needed = '', optional = ''] = line.split('|').map((cell) => cell.trim())
    const ticked = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
    return {
      command: ticked(command)[0] ?? '',
      acls: [...ticked(needed), ...ticked(optional)].map(parseAcl),
      optional: new Set(ticked(optional)),
    }
  })
}

/** The table of docs/kafka-acls.md against a broker that asks for each permission (dist must be built: `node scripts/build.mjs`). */
describeKafka('ACLs of the commands', { listeners: ['sasl'], users: { [USER]: PASSWORD }, superUsers: [] }, (kafka) => {
  let folder: string
  let bus: Bus
  let acls: AclAdmin
  const rows = rowsOf(readFileSync(PAGE, 'utf8'))

  before(async function () {
    this.timeout(2 * COMMAND_MS)
    folder = await mkdtemp(join(tmpdir(), 'shitops-acls-'))
    await writeFile(join(folder, 'password'), PASSWORD, { mode: 0o600 })
    await writeFile(join(folder, 'log.csv'), 'case,activity,time\nA,approve,2026-03-31T08:00:00Z\nA,pay,2026-03-31T09:00:00Z\n')
    bus = await openBus(kafka().url())
    for (const name of ['orders', 'copy', 'old']) await bus.createTopic({ name, partitions: 1, config: { 'retention.ms': '-1' } })
    await createMissing(bus, ['workflow_events', 'workflow_events.dlq'])
    await bus.append('orders', [{ key: 'k', value: '{"a":1}', timestamp: 1_774_944_000_000 }])
    await bus.commitOffsets('desk', [{ topic: 'orders', partition: 0, offset: 1 }])
    // Everything that the job makes is there: what it needs beyond that is the question.
    const { code, stderr } = await runCli(['analyze', '--insight', 'device_flapping', '--from', 'start', '--until-end'], {
      env: { SHITOPS_BUS: kafka().url() },
      timeoutMs: COMMAND_MS,
    })
    expect(code, stderr).to.equal(0)
    acls = await AclAdmin.connect(kafka(), USER)
  })
  after(async () => {
    await acls?.close()
    await bus?.close()
    await rm(folder, { recursive: true, force: true })
  })

  function run(command: string): Promise<CliResult> {
    const login = { sasl: 'scram-sha-512', saslUsername: USER, saslPasswordFile: join(folder, 'password') }
    const args = command.replace(/^shitops /, '').split(' ')
    return runCli(args, { env: { SHITOPS_BUS: kafka().url(login, 'sasl') }, input: INPUT, cwd: folder, timeoutMs: COMMAND_MS })
  }

  function expectRefusal({ code, stdout, stderr }: CliResult, what: string): void {
    expect(`${stdout}${stderr}`, what)
      .to.include('SHITOPS_E_BUS_AUTH')
      .and.match(/AUTHORIZATION_FAILED/)
    expect(code, `${what}: ${stderr}`).to.equal(77)
    expect(`${stdout}${stderr}`, 'what to do').to.include('ACL')
    expect(`${stdout}${stderr}`).to.not.include(PASSWORD)
  }

  it('the page has a table', () => {
    expect(rows.length).to.be.above(10)
  })

  // In the order of the page: what one row writes another one reads.
  for (const { command, acls: needed, optional } of rows) {
    it(`${command}: works with exactly its ACLs, and is refused, with exit 77, without any one of them`, async function () {
      this.timeout((needed.length + 1) * COMMAND_MS)
      for (const left of needed.filter(({ text }) => !optional.has(text))) {
        await acls.set(needed.filter((acl) => acl !== left))
        expectRefusal(await run(command), `without ${left.text}`)
      }
      await acls.set(needed.filter(({ text }) => !optional.has(text)))
      const { code, stdout, stderr } = await run(command)
      expect(code, `with all that it needs and no more: ${stdout.slice(0, 500)}${stderr.slice(0, 1000)}`).to.equal(0)
    })
  }

  it('a user with the rights to another topic is refused, and told which topic it was', async () => {
    await acls.set(['Read Topic:copy', 'Write Topic:copy'].map(parseAcl))
    for (const command of ['shitops tail orders --to end', 'shitops produce orders', 'shitops topic describe orders']) {
      const refused = await run(command)
      expectRefusal(refused, command)
      expect(refused.stderr, command).to.include('"orders"')
    }
  })
})
