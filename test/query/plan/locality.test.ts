import { expect } from 'chai'
import { topicTables } from '../../../src/cli/analyze/tables.ts'
import { isPartitionLocal } from '../../../src/query/plan/locality.ts'
import { ScriptSession } from '../../../src/query/script/script-session.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { TEST_SESSION } from '../../support/query.ts'

async function isLocal(text: string): Promise<boolean> {
  const session = new ScriptSession(TEST_SESSION, await topicTables(text, new Map()))
  const queries = parseScript(text).statements.flatMap((statement) => session.run(statement))
  const plan = queries.at(-1)?.plan
  if (!plan) throw new Error('no query')
  return isPartitionLocal(plan)
}

const cases: Array<[boolean, string, string]> = [
  [true, 'a filter', "SELECT `value` FROM device_metrics WHERE metric = 'packet_loss'"],
  [
    true,
    'a window by the key',
    "SELECT target, COUNT(*) FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY target, window_start, window_end",
  ],
  [
    true,
    'a window by more than the key',
    "SELECT target, metric, COUNT(*) FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY metric, target, window_start, window_end",
  ],
  [
    false,
    'a window by something else',
    "SELECT metric, COUNT(*) FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY metric, window_start, window_end",
  ],
  [
    false,
    'a window over all',
    "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end",
  ],
  [true, 'GROUP BY the key', 'SELECT case_id, COUNT(*) FROM workflow_events GROUP BY case_id'],
  [false, 'GROUP BY a change of the key', 'SELECT UPPER(case_id), COUNT(*) FROM workflow_events GROUP BY UPPER(case_id)'],
  [
    false,
    'a second step by less',
    'SELECT n, COUNT(*) FROM (SELECT case_id, COUNT(*) AS n FROM workflow_events GROUP BY case_id) GROUP BY n',
  ],
  [
    true,
    'a second step by the key',
    'SELECT case_id, MAX(n) FROM (SELECT case_id, activity, COUNT(*) AS n FROM workflow_events GROUP BY case_id, activity) GROUP BY case_id',
  ],
  [false, 'DISTINCT of something else', 'SELECT DISTINCT activity FROM workflow_events'],
  [
    true,
    'OVER by the key',
    'SELECT target, AVG(`value`) OVER (PARTITION BY target ORDER BY event_time ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) FROM device_metrics',
  ],
  [false, 'OVER all', 'SELECT AVG(`value`) OVER (ORDER BY event_time ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) FROM device_metrics'],
  [
    true,
    'a join of keys that are made alike',
    "SELECT p.device FROM device_presence p JOIN audio_metrics a ON p.device = a.device AND a.event_time BETWEEN p.event_time - INTERVAL '1' MINUTE AND p.event_time",
  ],
  [
    false,
    'a join by something else',
    "SELECT p.device FROM device_presence p JOIN device_metrics a ON p.device = a.metric AND a.event_time BETWEEN p.event_time - INTERVAL '1' MINUTE AND p.event_time",
  ],
  [false, 'an order over all', 'SELECT case_id, event_time FROM workflow_events ORDER BY event_time'],
  [false, 'the first so many', 'SELECT case_id FROM workflow_events LIMIT 5'],
  [true, 'UNION ALL', 'SELECT device FROM device_presence UNION ALL SELECT device FROM audio_metrics'],
  [
    true,
    'UNION ALL, then by the key of both',
    'SELECT device, COUNT(*) FROM (SELECT device FROM device_presence UNION ALL SELECT device FROM audio_metrics) GROUP BY device',
  ],
  [
    false,
    'UNION ALL of keys that are not the same',
    'SELECT k, COUNT(*) FROM (SELECT device AS k FROM device_presence UNION ALL SELECT metric AS k FROM device_metrics) GROUP BY k',
  ],
]

describe('whether a query can be run partition by partition', () => {
  for (const [local, what, text] of cases) it(`${what}: ${local ? 'yes' : 'no'}`, async () => expect(await isLocal(text)).to.equal(local))

  it('a table of the script has the key that it says', async () => {
    const table = (
      options: string,
    ) => `CREATE TABLE t (k STRING, j STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json'${options});
      SELECT k, COUNT(*) FROM t GROUP BY k`
    expect(await isLocal(table('')), 'nothing is known').to.equal(false)
    expect(await isLocal(table(", 'key.format' = 'raw', 'key.fields' = 'k'"))).to.equal(true)
    expect(await isLocal(table(", 'key.format' = 'raw', 'key.fields' = 'j'"))).to.equal(false)
  })

  it('keys of one value and other bytes do not meet', async () => {
    const join = (
      format: string,
    ) => `CREATE TABLE a (k STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'format' = 'json', 'key.format' = 'raw', 'key.fields' = 'k');
      CREATE TABLE b (k STRING) WITH ('connector' = 'kafka', 'topic' = 'b', 'format' = 'json', 'key.format' = '${format}', 'key.fields' = 'k');
      SELECT a.k FROM a JOIN b ON a.k = b.k`
    expect(await isLocal(join('raw'))).to.equal(true)
    expect(await isLocal(join('json'))).to.equal(false)
  })
})
