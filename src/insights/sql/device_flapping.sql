-- An interface goes up and down again and again
--
-- The state of an interface changed four times and more within ten minutes, as one collector saw it.
--
-- severity: warning
-- channel: operations
-- for: 0s
-- keep_firing_for: 5m
-- holds: 5m
-- time: event_time
-- subject: target, instance
-- labels: site
-- observed: flips changes
-- expected: 0 to 4
-- summary: {instance} of {target} changed its state {flips} times within ten minutes
-- advice: look at cable, transceiver and power; take it out of use until then
-- evidence: device_metrics record_partition record_offset if_oper_status {instance} {state}
WITH states AS (
  SELECT target, instance, site, collector, event_time, `value` AS state, record_partition, record_offset,
    LAG(`value`) OVER (PARTITION BY target, instance, collector ORDER BY event_time) AS state_before
  FROM device_metrics
  WHERE metric = 'if_oper_status'
),
changes AS (
  SELECT *,
    COUNT(*) OVER (
      PARTITION BY target, instance, collector ORDER BY event_time RANGE BETWEEN INTERVAL '10' MINUTE PRECEDING AND CURRENT ROW
    ) AS flips
  FROM states
  WHERE state <> state_before
)
SELECT event_time, target, instance, site, state, flips, record_partition, record_offset
FROM changes
WHERE flips >= 4
