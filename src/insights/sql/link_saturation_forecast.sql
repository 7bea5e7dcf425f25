-- A link will be full within half an hour
--
-- A straight line through the utilisation of a link over a quarter of an hour (least squares) reaches 90 % within the next half hour. The link
-- must be half full already, and the line must explain 70 % of how it varied: noise has a slope too.
--
-- severity: warning
-- channel: operations
-- for: 2m
-- keep_firing_for: 5m
-- holds: 1m
-- time: window_end
-- subject: target, instance
-- labels: site
-- observed: forecast ratio
-- expected: 0 to 0.9
-- summary: {instance} of {target} is {fitted%} full and will be {forecast%} full in half an hour: 90 % in {eta_s:duration}
-- advice: find what fills it, or move traffic before it drops packets
-- evidence: device_metrics link_partition link_offset if_utilisation {instance} {fitted%}
WITH samples AS (
  SELECT target, instance, site, window_start, window_end, window_time, record_partition, record_offset, `value` AS y,
    CAST(TIMESTAMPDIFF(SECOND, window_start, CAST(event_time AS TIMESTAMP(3))) AS DOUBLE) / 60 AS x
  FROM TABLE(HOP(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '1' MINUTE, INTERVAL '15' MINUTE))
  WHERE metric = 'if_utilisation'
),
sums AS (
  SELECT target, instance, site, window_start, window_end, window_time, COUNT(*) AS n,
    SUM(x) AS sx, SUM(y) AS sy, SUM(x * y) AS sxy, SUM(x * x) AS sxx, SUM(y * y) AS syy,
    MAX(record_partition) AS link_partition, MAX(record_offset) AS link_offset
  FROM samples
  GROUP BY target, instance, site, window_start, window_end, window_time
  HAVING COUNT(*) >= 10
),
lines AS (
  SELECT *,
    (n * sxy - sx * sy) / NULLIF(n * sxx - sx * sx, 0) AS slope,
    POWER(n * sxy - sx * sy, 2) / NULLIF((n * sxx - sx * sx) * (n * syy - sy * sy), 0) AS explained
  FROM sums
),
fits AS (
  SELECT *, (sy - slope * sx) / n + slope * 15 AS fitted
  FROM lines
  WHERE slope > 0 AND explained >= 0.7
)
SELECT window_start, window_end, window_time, target, instance, site, fitted, fitted + slope * 30 AS forecast,
  CAST((0.9 - fitted) / slope * 60 AS BIGINT) AS eta_s, link_partition, link_offset
FROM fits
WHERE fitted >= 0.5 AND fitted < 0.9 AND fitted + slope * 30 >= 0.9
