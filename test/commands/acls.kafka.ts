import { expect } from 'chai'
import type { CliResult } from '../support/cli.ts'
import { aclRows } from '../support/kafka/acl-rows.ts'
import { type Acl, parseAcl } from '../support/kafka/acl-text.ts'
import { AclAdmin } from '../support/kafka/acls.ts'
import { describeKafka } from '../support/kafka/index.ts'
import { AclStage, COMMAND_MS, PASSWORD, USER } from './support/acl-stage.ts'

/** The table of docs/kafka-acls.md against a broker that asks for each permission (dist must be built: `node scripts/build.mjs`). */
describeKafka('ACLs of the commands', { listeners: ['sasl'], users: { [USER]: PASSWORD }, superUsers: [] }, (kafka) => {
  let stage: AclStage
  let acls: AclAdmin
  const rows = aclRows()

  before(async function () {
    this.timeout(3 * COMMAND_MS)
    stage = await AclStage.set(kafka())
    acls = await AclAdmin.connect(kafka(), USER)
  })
  after(async () => {
    await acls?.close()
    await stage?.strike()
  })

  function expectRefusal({ code, stdout, stderr }: CliResult, what: string): void {
    const said = `${stdout}${stderr}`
    expect(said, what)
      .to.include('SHITOPS_E_BUS_AUTH')
      .and.match(/AUTHORIZATION_FAILED/)
    expect(code, `${what}: ${stderr}`).to.equal(77)
    expect(said).to.not.include(PASSWORD)
  }

  /** What a user is told to ask for is what was taken away, or what that implied. */
  function expectNamed({ stdout, stderr }: CliResult, { text, operation, resource, name, prefixed }: Acl): void {
    const said = `${stdout}${stderr}`
    const asked = parseAcl(/ACL "([^"]+)"/.exec(said)?.[1] ?? '')
    expect(asked.resource, `${text}: ${said}`).to.equal(resource)
    expect(prefixed ? asked.name.startsWith(name) : asked.name === name, `${text}: ${said}`).to.equal(true)
    if (asked.operation !== 'Describe') expect(asked.operation, `${text}: ${said}`).to.equal(operation)
  }

  it('the page has a table', () => {
    expect(rows.length).to.be.above(25)
  })

  // In the order of the page: what one row writes another one reads.
  for (const { command, acls: needed, optional } of rows) {
    it(`${command}: works with exactly its ACLs, and is refused, with exit 77, without any one of them`, async function () {
      this.timeout((needed.length + 1) * COMMAND_MS)
      for (const left of needed.filter(({ text }) => !optional.has(text))) {
        await acls.set(needed.filter((acl) => acl !== left))
        const refused = await stage.run(command)
        expectRefusal(refused, `without ${left.text}`)
        expectNamed(refused, left)
      }
      await acls.set(needed.filter(({ text }) => !optional.has(text)))
      const { code, stdout, stderr } = await stage.run(command)
      expect(code, `with all that it needs and no more: ${stdout.slice(0, 500)}${stderr.slice(0, 1000)}`).to.equal(0)
    })
  }

  it('a user with the rights to another topic is refused, and told which topic it was', async () => {
    await acls.set(['Read Topic:copy', 'Write Topic:copy'].map(parseAcl))
    for (const command of ['shitops tail orders --to end', 'shitops produce orders', 'shitops topic describe orders']) {
      const refused = await stage.run(command)
      expectRefusal(refused, command)
      expect(refused.stderr, command).to.include('"orders"')
    }
  })
})
