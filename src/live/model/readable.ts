type Test = (value: unknown) => boolean

const text: Test = (value) => typeof value === 'string'
const time: Test = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const number: Test = (value) => typeof value === 'number'
const object: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const oneOf = (...names: string[]): Test => {
  const known = new Set<unknown>(names)
  return (value) => known.has(value)
}
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value)
const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test)

/** Of each topic the fields that whoever shows a record relies on; the whole schema is in src/events, which is too much for a browser. */
const FIELDS: Readonly<Record<string, ReadonlyArray<readonly [field: string, test: Test]>>> = {
  alerts: [
    ['fingerprint', text],
    ['alert_name', text],
    ['status', oneOf('pending', 'firing', 'resolved')],
    ['severity', oneOf('critical', 'warning', 'info')],
    ['subject', text],
    ['labels', object],
    ['event_time', time],
    ['active_at', time],
    ['resolved_at', maybe(time)],
    ['annotations', maybe(object)],
    ['observed', maybe(number)],
    ['evidence', maybe(list(object))],
    ['silenced_by', maybe(list(text))],
    ['inhibited_by', maybe(list(text))],
  ],
  alert_acks: [['active_at', time]],
  alert_inhibitions: [
    ['active_at', time],
    ['inhibited_by', list(text)],
  ],
  alert_log: [
    ['fingerprint', text],
    ['event_time', time],
    ['transition', text],
  ],
  workflow_events: [
    ['case_id', text],
    ['activity', text],
    ['lifecycle', text],
    ['event_time', time],
    ['due_at', maybe(time)],
    ['case_due_at', maybe(time)],
    ['amount', maybe(number)],
  ],
  device_metrics: [
    ['target', text],
    ['metric', text],
    ['instance', text],
    ['unit', text],
    ['value', number],
  ],
  teams: [['team', text]],
}

/** Whether a record can be shown: a bus takes anything, and somebody's test record must not take the screen from everybody. */
export function readable(topic: string, value: Readonly<Record<string, unknown>>): boolean {
  for (const [field, test] of FIELDS[topic] ?? []) if (!test(value[field])) return false
  return true
}
