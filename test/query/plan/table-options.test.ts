import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import { planScript } from '../../support/query.ts'

function refusal(options: string): ShitopsError {
  try {
    planScript(`CREATE TABLE t (id INT) WITH (${options}); SELECT * FROM t`)
  } catch (error) {
    if (error instanceof ShitopsError) return error
    throw error
  }
  throw new Error('not refused')
}

const accepted = (options: string) => planScript(`CREATE TABLE t (id INT) WITH (${options}); SELECT * FROM t`)

describe('query/plan: options of tables', () => {
  it('refuses what a connector does not know, and says what was meant', () => {
    const error = refusal("'connector' = 'filesystem', 'pathh' = '/x', 'path' = '/x', 'format' = 'json'")
    expect(error.code).to.equal('SHITOPS_E_SQL_PLAN')
    expect(error.message).to.contain("connector 'filesystem' has no option 'pathh'")
    expect(error.suggestions?.[0]).to.equal("did you mean 'path'?")
  })

  it('refuses unknown connectors and formats', () => {
    expect(refusal("'connector' = 'kafak', 'topic' = 'x', 'format' = 'json'").suggestions?.[0]).to.equal("did you mean 'kafka'?")
    expect(refusal("'connector' = 'filesystem', 'path' = '/x', 'format' = 'jsn'").suggestions?.[0]).to.equal("did you mean 'json'?")
  })

  it('refuses options of a format that the table has not', () => {
    const error = refusal("'connector' = 'filesystem', 'path' = '/x', 'format' = 'json', 'debezium-json.ignore-parse-errors' = 'true'")
    expect(error.message).to.contain("no option 'debezium-json.ignore-parse-errors'")
  })

  it('refuses a table without what its connector needs', () => {
    expect(refusal("'connector' = 'filesystem', 'format' = 'json'").message).to.contain("needs 'path'")
    expect(refusal("'connector' = 'kafka', 'format' = 'json'").message).to.contain("needs 'topic' or 'topic-pattern'")
  })

  it('takes what Flink takes', () => {
    accepted("'connector' = 'filesystem', 'path' = '/x', 'format' = 'json', 'json.ignore-parse-errors' = 'true', 'sink.parallelism' = '1'")
    accepted(
      "'connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'x:1', 'scan.startup.mode' = 'earliest-offset', 'value.format' = 'json', 'value.json.fail-on-missing-field' = 'true'",
    )
  })
})
