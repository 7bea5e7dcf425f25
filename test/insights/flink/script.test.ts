import { expect } from 'chai'
import { partitionOf } from '../../../src/bus/partitioner.ts'
import { subjectsOf } from '../../../src/insights/flink/progress-sql.ts'
import { insightStatements } from '../../../src/insights/flink/script.ts'
import { parseInsight } from '../../../src/insights/header.ts'
import { selectInsights } from '../../../src/insights/library.ts'
import { planInsight } from '../../../src/insights/plan.ts'

const OPTIONS = { brokers: ['k1:9092'], job: "it's", partitions: 3 }
const planned = async (...names: string[]) => Promise.all((await selectInsights(names)).map((insight) => planInsight(insight)))
const textOf = async (...names: string[]) => (await insightStatements(await planned(...names), OPTIONS)).map(({ text }) => text).join(';\n')

describe('the script of insights for Flink', () => {
  it('has the SQL of an insight as it is, and says on which line of its statement that begins', async () => {
    const [insight] = await selectInsights(['device_flapping'])
    const statements = await insightStatements(await planned('device_flapping'), OPTIONS)
    const view = statements.find((each) => each.insight === 'device_flapping')
    expect(
      view?.text
        .split('\n')
        .slice((view.line ?? 0) - 1)
        .join('\n'),
    ).to.equal(insight?.sql.trimEnd())
  })

  it('is one job: the last statement, one INSERT for rows and one for each changelog', async () => {
    const statements = await insightStatements(await planned(), OPTIONS)
    const last = statements.at(-1)?.text ?? ''
    expect(last).to.match(/^EXECUTE STATEMENT SET BEGIN\n[\s\S]*\nEND$/)
    expect(last.match(/INSERT INTO/g)).to.have.lengthOf(2)
    expect(last).to.include('INSERT INTO insight_changes_0').and.include('FROM `inventory_drift`')
    expect(statements.filter(({ text }) => text.startsWith('EXECUTE'))).to.have.lengthOf(1)
  })

  it('quotes the name of the job wherever it stands', async () => {
    const text = await textOf('device_flapping')
    expect(text).to.include("'pipeline.name' = 'shitops it''s'").and.include("'/flink/it''s'").and.include("'it''s#")
    expect(text).to.not.match(/[^']it's/)
  })

  it('reads the times of compacted topics beside them, where there are no others', async () => {
    const alone = await textOf('inventory_drift')
    expect(alone)
      .to.include('CREATE TEMPORARY TABLE librenms_inventory_times')
      .and.include('SELECT event_time FROM `librenms_inventory_times`')
    expect(await textOf('inventory_drift', 'device_flapping')).to.not.include('librenms_inventory_times')
  })

  it('begins where it is told to', async () => {
    const insights = await planned('device_flapping')
    const at = async (more: object) => (await insightStatements(insights, { ...OPTIONS, ...more })).map(({ text }) => text).join('\n')
    expect(await at({ from: { timestamp: 1_000 } })).to.include("'scan.startup.timestamp-millis' = '1000'")
    expect(await at({ savepoint: 'file:///s' })).to.include("SET 'execution.state-recovery.path' = 'file:///s'")
    expect(await at({ functionsJar: '/udf.jar' })).to.include("FUNCTION EWMA AS 'shitops.flink.Ewma' USING JAR '/udf.jar'")
  })

  it('has a record of progress for each partition of insights', () => {
    for (const partitions of [1, 3, 7]) {
      const found = subjectsOf('job', partitions).map((subject) => partitionOf(`flink_progress:${subject}`, partitions, () => -1))
      expect(found).to.deep.equal(Array.from({ length: partitions }, (_, i) => i))
    }
  })

  it('refuses a column that JSON has no simple form for', async () => {
    const header = ['t', '', 'severity: info', 'channel: operations', 'for: 0s', 'keep_firing_for: 0s', 'holds: 1m', 'time: event_time']
    const more = ['subject: target', 'observed: value ratio', 'summary: {target}', 'advice: look']
    const sql = `${[...header, ...more].map((line) => `-- ${line}`.trimEnd()).join('\n')}\nSELECT event_time, target, \`value\`, labels FROM device_metrics`
    const insight = await planInsight(parseInsight(sql, 'odd'))
    const error = await insightStatements([insight], OPTIONS).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'SHITOPS_E_INSIGHT')
    expect(error).to.have.property('message').that.includes('column "labels" is MAP')
  })
})
