import { expect } from 'chai'
import { aclRows } from '../support/kafka/acl-rows.ts'
import { parseAcl } from '../support/kafka/acl-text.ts'
import { AclAdmin } from '../support/kafka/acls.ts'
import { describeKafka } from '../support/kafka/index.ts'
import { MovedCopies } from './support/acl-brokers.ts'
import { COMMAND_MS, expectRefusal, itHolds, PASSWORD, USER } from './support/acl-check.ts'
import { AclStage } from './support/acl-stage.ts'

const OPTIONS = { listeners: ['sasl'], users: { [USER]: PASSWORD }, superUsers: [] } as const
/** Where copies lie is a question with several brokers only. */
const SEVERAL = /^shitops topic (apply|elect) /

/** The table of docs/kafka-acls.md against a broker that asks for each permission (dist must be built: `node scripts/build.mjs`). */
describeKafka('ACLs of the commands', OPTIONS, (kafka) => {
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

  // In the order of the page: what one row writes another one reads.
  for (const row of rows.filter(({ command }) => !SEVERAL.test(command))) {
    itHolds(
      row,
      () => stage,
      () => acls,
    )
  }

  it('a user with the rights to another topic is refused, and told which topic it was', async () => {
    await acls.set(['Read Topic:copy', 'Write Topic:copy'].map(parseAcl))
    for (const command of ['shitops tail orders --to end', 'shitops produce orders', 'shitops topic describe orders']) {
      const refused = await stage.run(command)
      expectRefusal(refused, command)
      expect(refused.stderr, command).to.include('"orders"')
    }
  })

  it('whoever may describe the cluster, but no group, is shown none', async () => {
    await acls.set([parseAcl('Describe Cluster')])
    const { code, stdout, stderr } = await stage.run('shitops group list')
    expect(code, stderr).to.equal(0)
    expect(stdout).to.not.include('desk')
  })

  it('the lag of a job is unknown, and not 0, to whoever may not see its groups, or what it reads', async () => {
    const lags = async (...held: string[]) => {
      await acls.set(['Read Topic:job_state', ...held].map(parseAcl))
      const { stdout } = await stage.run('shitops analyze jobs --json')
      const jobs = JSON.parse(stdout).jobs as Array<{ job: string; lag: number | null }>
      // The demo has been here as well.
      return [...new Set(jobs.filter(({ job }) => job.startsWith('insights.')).map(({ lag }) => lag === null))]
    }
    expect(await lags()).to.deep.equal([true])
    expect(await lags('Describe Group:insights.*')).to.deep.equal([true])
    expect(await lags('Describe Group:insights.*', 'Describe Topic:device_metrics')).to.deep.equal([false])
  })
})

describeKafka('ACLs of the commands that move copies and leaders', { ...OPTIONS, racks: ['a', 'b'] }, (kafka) => {
  let stage: MovedCopies
  let acls: AclAdmin

  before(async function () {
    this.timeout(COMMAND_MS)
    stage = await MovedCopies.set(kafka())
    acls = await AclAdmin.connect(kafka(), USER)
  })
  after(async () => {
    await acls?.close()
    await stage?.strike()
  })

  for (const row of aclRows().filter(({ command }) => SEVERAL.test(command))) {
    itHolds(
      row,
      () => stage,
      () => acls,
    )
  }
})
