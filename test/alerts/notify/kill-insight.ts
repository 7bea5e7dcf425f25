/** Fires with the first record of a case, and is over with the one that completes it. */
export const INSIGHT = `-- A case is open
--
-- severity: warning
-- channel: finance
-- for: 0s
-- keep_firing_for: 0s
-- holds: 30d
-- time: event_time
-- subject: case_id
-- active: open
-- observed: n count
-- summary: {case_id} is open
-- advice: none
SELECT event_time, case_id, lifecycle = 'started' AS \`open\`, 1 AS n FROM workflow_events
`
