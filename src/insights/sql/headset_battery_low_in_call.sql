-- A headset will not last the call
--
-- Somebody is in a call, and the headset reports 10 % or less. Public frames tell tens, so that it is below 20: at half a per cent a minute that
-- is half an hour at most, and ten minutes for an old battery.
--
-- severity: warning
-- channel: finance
-- for: 30s
-- keep_firing_for: 30s
-- holds: 10s
-- time: window_end
-- subject: person
-- labels: team
-- observed: battery %
-- expected: from 20
-- summary: {person} is in a call and the headset is at {battery} %
-- advice: change to another headset or the laptop before it falls silent
-- evidence: device_presence battery_partition battery_offset battery {battery} %
-- evidence: audio_metrics call_partition call_offset in a call
WITH heard AS (
  SELECT device, kind, event_time, record_partition, record_offset,
    -- A frame need not tell the charge: the last one that did.
    LAST_VALUE(battery_pct) OVER (
      PARTITION BY device ORDER BY event_time RANGE BETWEEN INTERVAL '3' MINUTE PRECEDING AND CURRENT ROW
    ) AS battery
  FROM device_presence
  WHERE kind <> 'crowd'
),
latest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, device ORDER BY event_time DESC) AS place
  FROM TABLE(HOP(TABLE heard, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '3' MINUTE))
),
battery AS (
  SELECT device, kind, battery, window_start, window_end, window_time,
    record_partition AS battery_partition, record_offset AS battery_offset
  FROM latest
  WHERE place = 1
),
calls AS (
  SELECT device, person, team, window_start, window_end, window_time,
    MAX(record_partition) AS call_partition, MAX(record_offset) AS call_offset
  FROM TABLE(HOP(TABLE audio_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
  WHERE audio_state = 'call' AND confidence >= 0.5 AND person IS NOT NULL
  GROUP BY device, person, team, window_start, window_end, window_time
)
SELECT c.window_time, c.window_start, c.window_end, c.person, c.team, b.battery,
  b.battery_partition, b.battery_offset, c.call_partition, c.call_offset
FROM calls c
JOIN battery b ON c.device = b.device AND c.window_time = b.window_time
WHERE b.kind <> 'left' AND b.battery <= 10
