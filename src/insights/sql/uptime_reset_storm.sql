-- Several devices of a site booted again at about the same time
--
-- Three devices and more of a site began to count their uptime anew within ten minutes: power, or an update that went out to all. Counters of
-- 32 bits that wrapped after 497 days do not count as a boot.
--
-- severity: critical
-- channel: operations
-- for: 0s
-- keep_firing_for: 10m
-- holds: 10m
-- time: event_time
-- subject: site
-- observed: devices devices
-- expected: 0 to 3
-- summary: {devices} devices of {site} booted again within ten minutes, {target} the last
-- advice: look at power and at what was rolled out; planned work belongs into a maintenance window
-- evidence: device_metrics record_partition record_offset uptime {target} {uptime:duration}
WITH seen AS (
  SELECT COALESCE(site, 'all sites') AS site, target, event_time, `value` AS uptime, record_partition, record_offset,
    LAG(`value`) OVER (PARTITION BY target, collector ORDER BY event_time) AS uptime_before
  FROM device_metrics
  WHERE metric = 'uptime' AND `role` IS DISTINCT FROM 'laptop'
),
resets AS (
  SELECT *,
    COUNT(DISTINCT target) OVER (
      PARTITION BY site ORDER BY event_time RANGE BETWEEN INTERVAL '10' MINUTE PRECEDING AND CURRENT ROW
    ) AS devices
  FROM seen
  WHERE uptime < uptime_before - 60 AND uptime_before < 42900000
)
SELECT event_time, site, target, uptime, devices, record_partition, record_offset
FROM resets
WHERE devices >= 3
