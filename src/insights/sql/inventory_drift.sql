-- Devices of one model do not run the same software
--
-- LibreNMS's inventory shows chassis or modules of one model with more than one version of software. It says that they differ, not which one is
-- right.
--
-- severity: info
-- channel: operations
-- for: 1h
-- keep_firing_for: 0s
-- holds: 400d
-- time: seen_at
-- subject: model
-- active: drifted
-- observed: versions versions
-- expected: 1 to 1
-- summary: {devices} of model {model} run {versions} versions of software, from {lowest} to {highest}
-- advice: shitops analyze sql "SELECT model, software_rev, COUNT(*) FROM librenms_inventory GROUP BY model, software_rev" --until-end
SELECT model, MAX(event_time) AS seen_at, COUNT(DISTINCT software_rev) AS versions, COUNT(*) AS devices,
  MIN(software_rev) AS lowest, MAX(software_rev) AS highest, COUNT(DISTINCT software_rev) > 1 AS drifted
FROM librenms_inventory
WHERE entity_class IN ('chassis', 'module') AND model IS NOT NULL AND software_rev IS NOT NULL
GROUP BY model
