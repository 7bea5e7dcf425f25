-- A team approves less the more it is in calls
--
-- Over the last two hours, quarter by quarter, the time that a team spends in calls and the approvals that it completes went against each
-- other (correlation -0.6 or stronger); now it is more in calls than on average, and approves less than 70 % of its average. It says that both
-- go together, not that one causes the other. A team of fewer than three people is not looked at: it would be about persons.
--
-- severity: info
-- channel: finance
-- for: 15m
-- keep_firing_for: 15m
-- holds: 15m
-- time: at_time
-- subject: team
-- observed: correlation r
-- expected: from -0.6
-- summary: the {team} team is {share%} of its time in calls and approved {approvals} this quarter, {usual} on average: correlation {correlation}
-- advice: look for a meeting that can wait, or for the reason of both
WITH calls AS (
  SELECT team, window_time, SUM(call_s) / (COUNT(DISTINCT person) * 900) AS share
  FROM TABLE(TUMBLE(TABLE audio_metrics, DESCRIPTOR(event_time), INTERVAL '15' MINUTE))
  WHERE kind = 'sample' AND team IS NOT NULL
  GROUP BY team, window_start, window_end, window_time
  HAVING COUNT(DISTINCT person) >= 3
),
approved AS (
  SELECT team, window_time, COUNT(*) AS approvals
  FROM TABLE(TUMBLE(TABLE workflow_events, DESCRIPTOR(event_time), INTERVAL '15' MINUTE))
  WHERE lifecycle = 'completed' AND LOWER(activity) LIKE '%approv%'
  GROUP BY team, window_start, window_end, window_time
),
by_quarter AS (
  SELECT c.team, c.window_time, c.share AS x, CAST(COALESCE(a.approvals, 0) AS DOUBLE) AS y
  FROM calls c
  LEFT JOIN approved a ON c.team = a.team AND a.window_time BETWEEN c.window_time AND c.window_time
),
sums AS (
  SELECT team, window_time, x, y,
    COUNT(*) OVER two_hours AS n, SUM(x) OVER two_hours AS sx, SUM(y) OVER two_hours AS sy,
    SUM(x * y) OVER two_hours AS sxy, SUM(x * x) OVER two_hours AS sxx, SUM(y * y) OVER two_hours AS syy
  FROM by_quarter
  WINDOW two_hours AS (PARTITION BY team ORDER BY window_time ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)
),
correlated AS (
  SELECT team, window_time, x AS share, y AS approvals, sx / n AS usual_share, sy / n AS usual,
    (n * sxy - sx * sy) / NULLIF(SQRT((n * sxx - sx * sx) * (n * syy - sy * sy)), 0) AS correlation
  FROM sums
  WHERE n = 8
)
SELECT window_time + INTERVAL '0.001' SECOND AS at_time, team, share, approvals, usual, correlation
FROM correlated
WHERE correlation <= -0.6 AND share > usual_share AND approvals < 0.7 * usual
