/** The parts that a column or an attribute can play in an event, and the names by which each is usually known, best first. */
export const ROLES = {
  case: ['case:concept:name', 'case_id', 'case', 'case id', 'caseid', 'case number', 'trace', 'trace id', 'case key'],
  activity: ['concept:name', 'activity', 'activity name', 'event', 'event name', 'task', 'step', 'action', 'activity id'],
  time: [
    'time:timestamp',
    'event_time',
    'timestamp',
    'time',
    'complete timestamp',
    'completetime',
    'complete time',
    'end timestamp',
    'end time',
    'event time',
    'datetime',
    'date',
  ],
  /** When the work began, of an event that says when it was done: such are two events. */
  start: ['start_timestamp', 'start timestamp', 'start time', 'starttime', 'started at'],
  lifecycle: ['lifecycle:transition', 'lifecycle', 'transition', 'event type'],
  resource: ['org:resource', 'person', 'resource', 'user', 'originator', 'performer'],
  team: ['org:group', 'team', 'org:role', 'group', 'role', 'department'],
  id: ['identity:id', 'event_id', 'event id', 'eventid'],
  due: ['due_at', 'due', 'due date'],
  case_due: ['case_due_at', 'case due date', 'case deadline'],
  amount: ['amount', 'case:amount', '(case)_amount', 'cost:total'],
  currency: ['currency', 'cost:currency'],
  process: ['process', 'case_type'],
  priority: ['priority'],
} as const

export type Role = keyof typeof ROLES

/** `Case_ID`, `case id` and `CaseId` are one name. */
export const normalised = (name: string): string =>
  name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')

/** The column, of those there are, that plays a part by its usual names. */
export function usualName(role: Role, names: readonly string[]): string | undefined {
  for (const usual of ROLES[role]) {
    const found = names.find((name) => name === usual) ?? names.find((name) => normalised(name) === normalised(usual))
    if (found !== undefined) return found
  }
  return undefined
}
