-- A team has more cases open than it gets done, and the pile grows
--
-- Fifteen and more cases of a team were begun within the last day and are not done, and over the last half hour more came than went. What
-- ends a case is an activity of the list below: put in the last steps of your own processes.
--
-- severity: warning
-- channel: finance
-- for: 60s
-- keep_firing_for: 60s
-- holds: 12h
-- time: event_time
-- subject: team
-- active: growing
-- observed: open_cases cases
-- expected: 0 to 15
-- summary: the {team} team has {open_cases} cases open: {begun} came within half an hour, {done} were done
-- advice: find who signs off, and hand over what can wait
-- evidence: workflow_events record_partition record_offset {case_id} {activity}
WITH steps AS (
  SELECT team, case_id, activity, event_time, record_partition, record_offset,
    lifecycle = 'completed' AND activity IN ('sign off', 'pay invoice', 'approve request', 'archive', 'Payment Handled') AS finished
  FROM workflow_events
  WHERE team IS NOT NULL AND lifecycle IN ('started', 'completed', 'assigned', 'scheduled')
),
recent AS (
  SELECT *,
    COUNT(DISTINCT case_id) OVER half_hour AS seen,
    COUNT(DISTINCT CASE WHEN finished THEN case_id END) OVER half_hour AS done
  FROM steps
  WINDOW half_hour AS (PARTITION BY team ORDER BY event_time RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW)
),
piled AS (
  SELECT *,
    COUNT(DISTINCT case_id) OVER today - COUNT(DISTINCT CASE WHEN finished THEN case_id END) OVER today AS open_cases
  FROM recent
  WINDOW today AS (PARTITION BY team ORDER BY event_time RANGE BETWEEN INTERVAL '24' HOUR PRECEDING AND CURRENT ROW)
)
SELECT event_time, team, case_id, activity, open_cases, seen AS begun, done,
  open_cases >= 15 AND seen > done AS growing,
  record_partition, record_offset
FROM piled
