/** What the processes that are killed work on: several kinds of queries, each from one or two topics to a topic. */
export const PARTITIONS = 4
/** Watermarks lag by so much, ms; the records of the topics with several partitions are in less disorder than that. */
export const DELAY = 5000

const source = (name: string) => `CREATE TABLE ${name} (
  id BIGINT, k STRING, v BIGINT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = '${name}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');`

const sink = (name: string, columns: string, options = '') =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'kafka', 'topic' = '${name}', 'format' = 'json'${options});`

/** The queries over one topic, `from`, into topics that end in `_<from>`. */
function overOneTopic(from: string): string {
  return `
${sink(`filtered_${from}`, 'id BIGINT, k STRING, v BIGINT', ", 'key.format' = 'raw', 'key.fields' = 'k'")}
INSERT INTO filtered_${from} SELECT id, k, v FROM ${from} WHERE MOD(v, 3) = 0;
${sink(`tumbled_${from}`, 'k STRING, n BIGINT, total BIGINT, window_end TIMESTAMP(3)')}
INSERT INTO tumbled_${from} SELECT k, COUNT(*), SUM(v), window_end
  FROM TABLE(TUMBLE(TABLE ${from}, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY k, window_start, window_end;
${sink(`sessions_${from}`, 'k STRING, n BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3)')}
INSERT INTO sessions_${from} SELECT k, COUNT(*), window_start, window_end
  FROM TABLE(SESSION(TABLE ${from} PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;
CREATE TABLE counted_${from} (k STRING, n BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED)
  WITH ('connector' = 'upsert-kafka', 'topic' = 'counted_${from}', 'key.format' = 'raw', 'value.format' = 'json');
INSERT INTO counted_${from} SELECT k, COUNT(*), SUM(v) FROM ${from} GROUP BY k;
${sink(`running_${from}`, 'id BIGINT, k STRING, total BIGINT', ", 'key.format' = 'raw', 'key.fields' = 'k'")}
INSERT INTO running_${from} SELECT id, k, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) FROM ${from};`
}

const JOIN = `${source('others')}
${sink('joined', 'a BIGINT, b BIGINT, k STRING')}
INSERT INTO joined SELECT m.id, o.id, m.k FROM many m JOIN others o ON m.k = o.k AND o.ts BETWEEN m.ts - INTERVAL '1' SECOND AND m.ts + INTERVAL '1' SECOND;`

export const SCRIPT = [source('single'), overOneTopic('single'), source('many'), overOneTopic('many'), JOIN].join('\n')

/** Topics that are read, with their partitions. */
export const INPUTS: Readonly<Record<string, number>> = {
  ...{ single: 1, many: PARTITIONS, others: PARTITIONS },
  ...{ device_metrics: PARTITIONS, audio_metrics: 1 },
}

const KINDS = ['filtered', 'tumbled', 'sessions', 'counted', 'running'] as const
/** One input of one partition: what goes out is determined byte for byte. */
export const EXACT = KINDS.map((kind) => `${kind}_single`)
/** Rows of one key come from one partition, in its order. */
export const BY_KEY = ['filtered_many', 'counted_many', 'running_many']
/** Which rows there are is determined, and nothing of their order. */
export const AS_BAGS = ['tumbled_many', 'sessions_many', 'joined']
export const OUTPUTS = [...EXACT, ...BY_KEY, ...AS_BAGS]
/** What insights write: in the order of each key. */
export const TOLD = ['insights', 'alert_log', 'alerts']
