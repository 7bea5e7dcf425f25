/** The rows of the table that the engine is held against: the same text for this engine and for Flink. */
export interface QueryCase {
  name: string
  /** Flink 2.2.1 on one core, thousand events per CPU-second, as it was measured on a machine of this kind. */
  flink: number
  /** Columns of the sink, where its records are written and not only counted. */
  written?: string
  sql: string
}

const WINDOWED = 'AVG(`value`) AS mean, COUNT(*) AS n'

export const QUERY_CASES: readonly QueryCase[] = [
  { name: '1-column', flink: 825, sql: 'SELECT `value` FROM events' },
  {
    name: 'filter-6-columns',
    flink: 529,
    sql: 'SELECT event_time, target, metric, instance, `value`, seq FROM events WHERE `value` > 500',
  },
  {
    name: 'tumble-10s',
    flink: 433,
    sql: `SELECT target, ${WINDOWED}, window_start FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
      GROUP BY target, window_start, window_end`,
  },
  {
    name: 'hop-60s-10s',
    flink: 445,
    sql: `SELECT target, ${WINDOWED}, window_start
      FROM TABLE(HOP(TABLE events, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '60' SECOND))
      GROUP BY target, window_start, window_end`,
  },
  { name: 'group-by', flink: 417, sql: `SELECT target, ${WINDOWED} FROM events GROUP BY target` },
  {
    name: 'dedup-last',
    flink: 359,
    sql: `SELECT target, event_time, \`value\` FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY target ORDER BY event_time DESC) AS nth FROM events) WHERE nth = 1`,
  },
  {
    name: 'session-2s',
    flink: 229,
    sql: `SELECT target, ${WINDOWED}, window_start
      FROM TABLE(SESSION(TABLE events PARTITION BY target, DESCRIPTOR(event_time), INTERVAL '2' SECOND))
      GROUP BY target, window_start, window_end`,
  },
  {
    name: 'json-out',
    flink: 186,
    written: 'event_time TIMESTAMP_LTZ(3), target STRING, metric STRING, instance STRING, `value` DOUBLE, seq BIGINT',
    sql: 'SELECT event_time, target, metric, instance, `value`, seq FROM events',
  },
  {
    name: 'interval-join',
    flink: 120,
    sql: `SELECT e.target, e.\`value\`, a.alarm FROM events e JOIN alarms a ON e.target = a.target
      AND e.event_time BETWEEN a.raised_at - INTERVAL '5' SECOND AND a.raised_at + INTERVAL '5' SECOND`,
  },
  {
    name: 'match-recognize',
    flink: 83,
    sql: `SELECT * FROM events MATCH_RECOGNIZE (PARTITION BY target ORDER BY event_time
      MEASURES FIRST(UP.event_time) AS began, LAST(UP.\`value\`) AS top, DOWN.\`value\` AS after_it
      ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
      PATTERN (UP{2,} DOWN) WITHIN INTERVAL '10' SECOND
      DEFINE UP AS UP.\`value\` > 800, DOWN AS DOWN.\`value\` < 200) AS t`,
  },
  {
    name: 'over-60s',
    flink: 40,
    sql: `SELECT target, \`value\`, AVG(\`value\`) OVER w AS mean, STDDEV_POP(\`value\`) OVER w AS spread FROM events
      WINDOW w AS (PARTITION BY target ORDER BY event_time RANGE BETWEEN INTERVAL '60' SECOND PRECEDING AND CURRENT ROW)`,
  },
]

const JSON_FORMAT = "'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'"

/** CREATE TABLE of events and alarms over files; statements apart, as Flink's gateway takes them. */
export function tables(events: string, alarms: string): string[] {
  const from = (path: string) => `WITH ('connector' = 'filesystem', 'path' = 'file://${path}', ${JSON_FORMAT})`
  return [
    `CREATE TABLE events (event_time TIMESTAMP_LTZ(3), target STRING, metric STRING, instance STRING, \`value\` DOUBLE, unit STRING,
      collector STRING, site STRING, seq BIGINT, note STRING, WATERMARK FOR event_time AS event_time - INTERVAL '1' SECOND) ${from(events)}`,
    `CREATE TABLE alarms (raised_at TIMESTAMP_LTZ(3), target STRING, alarm STRING, severity INT,
      WATERMARK FOR raised_at AS raised_at - INTERVAL '1' SECOND) ${from(alarms)}`,
  ]
}

/** The table that a written case goes into. */
export const outTable = (columns: string, folder: string): string =>
  `CREATE TABLE results (${columns}) WITH ('connector' = 'filesystem', 'path' = 'file://${folder}', ${JSON_FORMAT})`
