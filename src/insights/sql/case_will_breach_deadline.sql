-- A case will not be done by its deadline
--
-- After each step of a case: how long cases of its process take from begin to end, less how long they take to come to this step, is what is
-- left to do; both are averages over the last 30 days, of ten ended cases and more. If that, and half of how the whole varies, ends after the
-- deadline of the case, it will be late. What ends a case is an activity of the list below: put in the last steps of your own processes.
--
-- severity: warning
-- channel: finance
-- for: 0s
-- keep_firing_for: 0s
-- holds: 2d
-- time: event_time
-- subject: case_id
-- active: late
-- labels: team
-- observed: overrun_s s
-- expected: to 0
-- summary: {case_id} of the {team} team is at {activity}: {remaining_s:duration} of work on average, {left_s:duration} left
-- advice: take it before the others, or ask for another deadline now
-- evidence: workflow_events record_partition record_offset {case_id} {activity}
WITH steps AS (
  SELECT process, activity, team, case_id, case_due_at, event_time, record_partition, record_offset,
    activity IN ('sign off', 'pay invoice', 'approve request', 'archive', 'Payment Handled') AS finished
  FROM workflow_events
  WHERE lifecycle = 'completed' AND process IS NOT NULL
),
begun AS (
  SELECT *,
    MIN(event_time) OVER (
      PARTITION BY process, case_id ORDER BY event_time RANGE BETWEEN INTERVAL '14' DAY PRECEDING AND CURRENT ROW
    ) AS begun_at
  FROM steps
),
timed AS (
  SELECT *, CAST(TIMESTAMPDIFF(SECOND, begun_at, event_time) AS DOUBLE) AS elapsed_s
  FROM begun
),
whole AS (
  SELECT *,
    COUNT(CASE WHEN finished THEN elapsed_s END) OVER of_process AS cases,
    AVG(CASE WHEN finished THEN elapsed_s END) OVER of_process AS whole_s,
    STDDEV_POP(CASE WHEN finished THEN elapsed_s END) OVER of_process AS spread_s
  FROM timed
  WINDOW of_process AS (PARTITION BY process ORDER BY event_time RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW)
),
placed AS (
  SELECT *,
    AVG(elapsed_s) OVER (
      PARTITION BY process, activity ORDER BY event_time RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW
    ) AS until_here_s
  FROM whole
),
judged AS (
  SELECT *,
    GREATEST(whole_s - until_here_s, 0) AS remaining_s,
    TIMESTAMPDIFF(SECOND, event_time, case_due_at) AS left_s
  FROM placed
  WHERE case_due_at IS NOT NULL AND cases >= 10
)
SELECT event_time, case_id, process, activity, team, remaining_s, left_s,
  remaining_s + 0.5 * spread_s - left_s AS overrun_s, cases,
  NOT finished AND left_s > 0 AND remaining_s + 0.5 * spread_s > left_s AS late,
  record_partition, record_offset
FROM judged
