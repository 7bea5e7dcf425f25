import { expect } from 'chai'
import type { CliResult } from '../../support/cli.ts'
import type { AclRow } from '../../support/kafka/acl-rows.ts'
import { type Acl, parseAcl } from '../../support/kafka/acl-text.ts'
import type { AclAdmin } from '../../support/kafka/acls.ts'

/** Of the user whose permissions are in question. */
export const USER = 'ops'
export const PASSWORD = 'pw-of-ops'
/** Commands on a busy machine. */
export const COMMAND_MS = 180_000
/** They exit with 3 where they have found something, which is their work done. */
const FINDS = /^shitops (topic (plan|check)|workflow conform) /
/** Done once they are done. */
const ONCE = /^shitops topic (create|delete) /

/** Where the commands of the page run. */
export interface Stage {
  run(command: string): Promise<CliResult>
}

/** A row of the page: a test of its own. */
export function itHolds({ command, acls: needed, optional }: AclRow, stage: () => Stage, acls: () => AclAdmin): void {
  const exact = needed.filter(({ text }) => !optional.has(text))
  it(`${command}: works with exactly its ACLs, and is refused, with exit 77, without any one of them`, async function () {
    this.timeout((needed.length + 2) * COMMAND_MS)
    for (const left of exact) {
      await acls().set(needed.filter((acl) => acl !== left))
      const refused = await stage().run(command)
      expectRefusal(refused, `without ${left.text}`)
      expectNamed(refused, left)
    }
    for (const held of optional.size > 0 && !ONCE.test(command) ? [exact, needed] : [exact]) {
      await acls().set(held)
      const { code, stdout, stderr } = await stage().run(command)
      const what = `with ${held.map(({ text }) => text).join(', ')}`
      expect(code, `${what}: ${stdout.slice(0, 500)}${stderr.slice(0, 1000)}`).to.be.oneOf(FINDS.test(command) ? [0, 3] : [0])
    }
  })
}

export function expectRefusal({ code, stdout, stderr }: CliResult, what: string): void {
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
  const implied = asked.operation === 'Describe' || (asked.operation === 'DescribeConfigs' && operation === 'AlterConfigs')
  if (!implied) expect(asked.operation, `${text}: ${said}`).to.equal(operation)
}
