-- A laptop is overloaded while its team has cases to close
--
-- The laptop has been 90 % busy, over all its cores, for a minute, and the finance system shows work of its team within the last hour whose
-- deadline is less than twelve hours away: its user waits, and so does the close. Half a minute is an ordinary burst.
--
-- severity: warning
-- channel: operations
-- for: 30s
-- keep_firing_for: 30s
-- holds: 10s
-- time: window_end
-- subject: target
-- labels: team
-- observed: cpu ratio
-- expected: 0 to 0.9
-- summary: {target} has been {cpu%} busy for a minute while the {team} team has {due_cases} cases to close
-- advice: see which process it is; put off the import or the update until after the close
-- evidence: device_metrics cpu_partition cpu_offset cpu_load {target} {cpu%}
WITH busy AS (
  SELECT target, team, window_start, window_end, window_time, AVG(`value`) AS cpu,
    MAX(record_partition) AS cpu_partition, MAX(record_offset) AS cpu_offset
  FROM TABLE(HOP(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
  WHERE metric = 'cpu_load' AND `role` = 'laptop' AND instance = ''
  GROUP BY target, team, window_start, window_end, window_time
  HAVING AVG(`value`) >= 0.9
),
work AS (
  SELECT team, window_time, COUNT(DISTINCT case_id) AS due_cases
  FROM TABLE(HOP(TABLE workflow_events, DESCRIPTOR(event_time), INTERVAL '10' SECOND, INTERVAL '1' HOUR))
  WHERE COALESCE(due_at, case_due_at) < event_time + INTERVAL '12' HOUR
  GROUP BY team, window_start, window_end, window_time
)
SELECT b.window_time, b.window_start, b.window_end, b.target, b.team, b.cpu, w.due_cases,
  b.cpu_partition, b.cpu_offset
FROM busy b
JOIN work w ON b.team = w.team AND b.window_time = w.window_time
