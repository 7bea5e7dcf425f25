-- The person who must approve is out of reach, and it is due soon
--
-- Something that is assigned to a person is due within half an hour, and that person's headset has not been heard for a quarter of an hour. A
-- person whose headset nobody enrolled, or who was not heard all day, says nothing either way and is left out.
--
-- severity: warning
-- channel: finance
-- for: 0s
-- keep_firing_for: 5m
-- holds: 5m
-- time: at_time
-- subject: person, case_id
-- labels: team
-- observed: silent_s s
-- expected: 0 to 900
-- summary: {person} has to {activity} for {case_id} within {left_s:duration}, and has been out of reach for {silent_s:duration}
-- advice: ask a deputy, or move the deadline; a headset that is left in a drawer looks the same
-- evidence: workflow_events task_partition task_offset {activity} {case_id}
WITH steps AS (
  -- Not every step says who and until when: the last one that did.
  SELECT case_id, activity, lifecycle, event_time, record_partition, record_offset,
    LAST_VALUE(person) OVER of_task AS person, LAST_VALUE(team) OVER of_task AS team, LAST_VALUE(due_at) OVER of_task AS due_at
  FROM workflow_events
  WHERE lifecycle <> 'due'
  WINDOW of_task AS (PARTITION BY case_id, activity ORDER BY event_time RANGE BETWEEN INTERVAL '10' HOUR PRECEDING AND CURRENT ROW)
),
latest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, case_id, activity ORDER BY event_time DESC) AS place
  FROM TABLE(HOP(TABLE steps, DESCRIPTOR(event_time), INTERVAL '5' MINUTE, INTERVAL '10' HOUR))
),
task AS (
  SELECT case_id, activity, person, team, due_at, lifecycle AS state, window_start, window_end, window_time,
    record_partition AS task_partition, record_offset AS task_offset
  FROM latest
  WHERE place = 1
),
heard AS (
  SELECT person, window_start, window_end, window_time, MAX(CASE WHEN kind <> 'left' THEN event_time END) AS last_heard
  FROM TABLE(HOP(TABLE device_presence, DESCRIPTOR(event_time), INTERVAL '5' MINUTE, INTERVAL '10' HOUR))
  WHERE person IS NOT NULL
  GROUP BY person, window_start, window_end, window_time
),
both_known AS (
  SELECT CAST(t.window_end AS TIMESTAMP_LTZ(3)) AS at_time, t.person, t.case_id, t.team, t.activity, t.state, t.due_at, h.last_heard,
    t.task_partition, t.task_offset
  FROM task t
  JOIN heard h ON t.person = h.person AND t.window_start = h.window_start AND t.window_end = h.window_end
)
SELECT at_time, person, case_id, team, activity,
  TIMESTAMPDIFF(SECOND, last_heard, at_time) AS silent_s,
  TIMESTAMPDIFF(SECOND, at_time, due_at) AS left_s,
  task_partition, task_offset
FROM both_known
WHERE state IN ('assigned', 'reassigned', 'scheduled', 'started', 'suspended', 'resumed')
  AND due_at > at_time AND due_at <= at_time + INTERVAL '30' MINUTE
  AND last_heard < at_time - INTERVAL '15' MINUTE
