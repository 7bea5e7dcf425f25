-- A team spends most of an hour in calls
--
-- Over an hour, looked at every quarter of one, the people of a team were in calls for 60 % of the time on average. A team of fewer than three
-- is not looked at: it would be about persons.
--
-- severity: info
-- channel: finance
-- for: 0s
-- keep_firing_for: 15m
-- holds: 15m
-- time: window_end
-- subject: team
-- observed: share ratio
-- expected: 0 to 0.6
-- summary: the {team} team spent {share%} of the last hour in calls ({people} people)
-- advice: keep an hour free of meetings, above all during the close
SELECT window_start, window_end, window_time, team, COUNT(DISTINCT person) AS people,
  SUM(call_s) / (COUNT(DISTINCT person) * 3600) AS share
FROM TABLE(HOP(TABLE audio_metrics, DESCRIPTOR(event_time), INTERVAL '15' MINUTE, INTERVAL '1' HOUR))
WHERE kind = 'sample' AND team IS NOT NULL AND person IS NOT NULL
GROUP BY team, window_start, window_end, window_time
HAVING COUNT(DISTINCT person) >= 3 AND SUM(call_s) / (COUNT(DISTINCT person) * 3600) >= 0.6
