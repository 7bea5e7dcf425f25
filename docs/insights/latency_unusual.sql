-- A probe takes longer, or shorter, than it has at this time of the day
--
-- Each round trip is held against what came before on the same way, by the detector of `anomaly score`. The alert says what was expected, which
-- member of the ensemble said so, since when, and when it was last so.
--
-- severity: info
-- channel: operations
-- for: 0s
-- keep_firing_for: 5m
-- holds: 5m
-- time: event_time
-- subject: target
-- observed: latency seconds
-- summary: {target} answers in {latency} s, and {low} to {high} s were expected by {said_by}; since {since}, last so at {last_so}
-- advice: look at what was changed at that time; compare with the last time it was so
-- evidence: device_metrics record_partition record_offset {target} answered in {latency} s
WITH scored AS (
  SELECT event_time, target, `value` AS latency, record_partition, record_offset,
    ANOMALY_EXPLAIN(`value`, event_time) OVER (PARTITION BY target ORDER BY event_time) AS why
  FROM device_metrics
  WHERE metric = 'latency'
)
SELECT event_time, target, latency, record_partition, record_offset,
  JSON_VALUE(why, '$.score' RETURNING DOUBLE) AS score, JSON_VALUE(why, '$.member') AS said_by,
  JSON_VALUE(why, '$.expected_low' RETURNING DOUBLE) AS low, JSON_VALUE(why, '$.expected_high' RETURNING DOUBLE) AS high,
  JSON_VALUE(why, '$.since') AS since, JSON_VALUE(why, '$.similar') AS last_so
FROM scored
WHERE why IS NOT NULL
