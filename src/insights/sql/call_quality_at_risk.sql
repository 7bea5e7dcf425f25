-- People are in a call over a link that loses packets or is slow
--
-- An access switch (or router, or access point) has lost 3 % and more of its packets over half a minute, or a probe over it took 0.3 s and more
-- there and back, and somebody who sits on it is in a call: everybody in that call hears it. Whose link it is, is told by the site: a person's laptop and the switch that it hangs on are configured with the
-- same one. One row is about one link and names one of those in a call, not what they say or with whom.
--
-- severity: critical
-- channel: operations
-- for: 45s
-- keep_firing_for: 30s
-- holds: 10s
-- time: window_end
-- subject: target
-- labels: site
-- observed: loss ratio
-- expected: 0 to 0.03
-- summary: {target} loses {loss%} of its packets (round trip {round_trip}) while {people} on it are in a call, {caller} among them
-- advice: move the calls to another access point or to the phone; look at the uplink of {target}
-- evidence: device_metrics loss_partition loss_offset {target} loss {worst%} at worst, round trip {round_trip}
-- evidence: audio_metrics call_partition call_offset {people} in a call, {caller} among them
WITH loss AS (
  SELECT site, target, window_start, window_end, window_time,
    AVG(CASE WHEN metric = 'packet_loss' THEN `value` END) AS loss, MAX(CASE WHEN metric = 'packet_loss' THEN `value` END) AS worst,
    AVG(CASE WHEN metric = 'latency' THEN `value` END) AS latency,
    MAX(record_partition) AS loss_partition, MAX(record_offset) AS loss_offset
  FROM TABLE(HOP(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
  WHERE metric IN ('packet_loss', 'latency') AND `role` IN ('switch', 'router', 'access-point')
  GROUP BY site, target, window_start, window_end, window_time
  HAVING AVG(CASE WHEN metric = 'packet_loss' THEN `value` END) >= 0.03 OR AVG(CASE WHEN metric = 'latency' THEN `value` END) >= 0.3
),
desks AS (
  SELECT site, person, window_time
  FROM TABLE(HOP(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '10' MINUTE))
  WHERE `role` = 'laptop' AND metric = 'uptime' AND person IS NOT NULL
  GROUP BY site, person, window_start, window_end, window_time
),
calls AS (
  SELECT person, window_time,
    -- Partition and offset of one record in one number: two maxima would be of two records.
    MAX(record_partition * 1000000000000 + record_offset) AS call_at
  FROM TABLE(HOP(TABLE audio_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
  WHERE audio_state = 'call' AND confidence >= 0.5 AND person IS NOT NULL
  GROUP BY person, window_start, window_end, window_time
),
seated AS (
  SELECT l.window_time AS at_time, l.site, l.target, l.loss, l.worst, l.latency, l.loss_partition, l.loss_offset, d.person
  FROM loss l
  JOIN desks d ON l.site = d.site AND l.window_time = d.window_time
),
calling AS (
  SELECT s.at_time, s.site, s.target, s.loss, s.worst, s.latency, s.loss_partition, s.loss_offset, s.person, c.call_at
  FROM seated s
  JOIN calls c ON s.person = c.person AND s.at_time = c.window_time
)
SELECT window_start, window_end, window_time, site, target, MAX(loss) AS loss, MAX(worst) AS worst,
  COALESCE(CAST(CAST(MAX(latency) * 1000 AS INT) AS STRING) || ' ms', 'unknown') AS round_trip,
  COUNT(*) AS people, MIN(person) AS caller,
  MAX(loss_partition) AS loss_partition, MAX(loss_offset) AS loss_offset,
  CAST(MAX(call_at) / 1000000000000 AS INT) AS call_partition, MOD(MAX(call_at), 1000000000000) AS call_offset
FROM TABLE(TUMBLE(TABLE calling, DESCRIPTOR(at_time), INTERVAL '10' SECOND))
GROUP BY site, target, window_start, window_end, window_time
