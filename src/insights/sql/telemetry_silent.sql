-- A device says nothing any more
--
-- Nothing has come from a device for a quarter of an hour (three polls of LibreNMS) while time went on for others; it ends with the first sample
-- that comes again. Laptops are left out: they go home. Silence is not
-- seen until something else is heard: when nothing comes from anybody there is no time that goes on.
--
-- severity: warning
-- channel: operations
-- for: 0s
-- keep_firing_for: 0s
-- holds: 1d
-- time: at_time
-- subject: target
-- active: silent
-- labels: role
-- observed: silent_s s
-- expected: 0 to 900
-- summary: {target} has not been heard for a quarter of an hour
-- advice: see whether the device is down or its collector: shitops tail device_metrics --key {target}
-- evidence: device_metrics last_partition last_offset the last sample of {target}
WITH sessions AS (
  SELECT target, window_end AS at_time, TRUE AS silent, CAST(900 AS BIGINT) AS silent_s, MAX(`role`) AS `role`,
    MAX(record_partition) AS last_partition, MAX(record_offset) AS last_offset
  FROM TABLE(SESSION(TABLE device_metrics PARTITION BY target, DESCRIPTOR(event_time), INTERVAL '15' MINUTE))
  WHERE `role` IS DISTINCT FROM 'laptop'
  GROUP BY target, window_start, window_end
),
samples AS (
  SELECT target, event_time, `role`, record_partition, record_offset,
    LAG(event_time) OVER (PARTITION BY target ORDER BY event_time) AS heard_before
  FROM device_metrics
  WHERE `role` IS DISTINCT FROM 'laptop'
)
SELECT target, at_time, silent, silent_s, `role`, last_partition, last_offset
FROM sessions
UNION ALL
SELECT target, CAST(event_time AS TIMESTAMP(3)), FALSE, CAST(TIMESTAMPDIFF(SECOND, heard_before, event_time) AS BIGINT), `role`,
  record_partition, record_offset
FROM samples
WHERE heard_before < event_time - INTERVAL '15' MINUTE
