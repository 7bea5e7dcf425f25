import { Background, within } from './background.ts'
import { MINUTE, OPENED_AT, type Scenario, type ScenarioRecord } from './scenario.ts'

const at = (minute: number): string => new Date(OPENED_AT + minute * MINUTE).toISOString()
const OTHERS = ['payables', 'receivables']

/** The finance workflow. */
export const WORK: readonly Scenario[] = [
  {
    name: 'a backlog at month end',
    insight: 'workflow_bottleneck_growing',
    fires: 'ledger',
    about: 'close tasks come every 40 s for a quarter of an hour, and nobody signs off',
    minutes: 30,
    records: (seed) => {
      const day = new Background(seed, 30, 30, { teams: OTHERS })
      for (let n = 1; n <= 22; n++) begin(day, 5 + (n * 40) / 60, `flood-${n}`)
      return day.records
    },
  },
  {
    name: 'a busy team',
    insight: 'workflow_bottleneck_growing',
    about: 'as many close tasks, each signed off after eight minutes',
    minutes: 30,
    records: (seed) => {
      const day = new Background(seed, 30, 30, { teams: OTHERS })
      for (let n = 1; n <= 22; n++) {
        begin(day, 5 + (n * 40) / 60, `flood-${n}`)
        step(day, 13 + (n * 40) / 60, `flood-${n}`, 'sign off', 600)
      }
      return day.records
    },
  },
  {
    name: 'too late to be done in time',
    insight: 'case_will_breach_deadline',
    fires: 'late-1',
    about: 'close tasks take 40 minutes from preparation to sign-off; one is prepared 15 minutes before its deadline',
    minutes: 150,
    records: (seed) => deadline(seed, 15),
  },
  {
    name: 'tight, and enough',
    insight: 'case_will_breach_deadline',
    about: 'the same task with 70 minutes left',
    minutes: 150,
    records: (seed) => deadline(seed, 70),
  },
  {
    name: 'calls instead of approvals',
    insight: 'approvals_slowing_while_calls_rise',
    fires: 'payables',
    about: 'the payables team goes from a few calls to half of its time in calls, and from ten approvals a quarter to one',
    minutes: 160,
    records: (seed) => approvals(seed, (quarter) => [10, 10, 9, 9, 7, 4, 2, 1, 1, 1][quarter] ?? 1),
  },
  {
    name: 'calls and approvals',
    insight: 'approvals_slowing_while_calls_rise',
    about: 'the same calls, and as many approvals as ever',
    minutes: 160,
    records: (seed) => approvals(seed, (quarter) => 6 + (quarter % 2)),
  },
]

function step(day: Background, minute: number, case_id: string, activity: string, due: number): void {
  day.workflow(minute, { case_id, activity, process: 'close_task', team: 'ledger', case_due_at: at(due) })
}

function begin(day: Background, minute: number, case_id: string): void {
  const task = { case_id, activity: 'prepare reconciliation', process: 'close_task', team: 'ledger', case_due_at: at(600) }
  day.workflow(minute, { ...task, lifecycle: 'started' })
}

function deadline(seed: number, left: number): ScenarioRecord[] {
  const day = new Background(seed, 150, 60, { teams: OTHERS })
  for (let n = 1; n <= 12; n++) {
    step(day, 4 * n, `history-${n}`, 'prepare reconciliation', 400)
    step(day, 4 * n + 40 + (n % 3), `history-${n}`, 'sign off', 400)
  }
  step(day, 110, 'late-1', 'prepare reconciliation', 110 + left)
  return day.records
}

function approvals(seed: number, perQuarter: (quarter: number) => number): ScenarioRecord[] {
  const day = new Background(seed, 160, 60, {
    teams: ['receivables', 'ledger'],
    inCall: ({ team, person }, minute) => {
      if (team !== 'payables') return undefined
      const share = within(minute, 0, 60) ? 0.1 : Math.min(0.5, 0.1 + 0.2 * ((minute - 60) / 15))
      return ((minute + 5 * Number(person.at(-1))) % 15) / 15 < share
    },
  })
  for (let quarter = 0; quarter < 10; quarter++) {
    for (let n = 0; n < perQuarter(quarter); n++) {
      const work = { case_id: `inv-${quarter}-${n}`, process: 'invoice', team: 'payables' }
      day.workflow(quarter * 15 + 1 + n, { ...work, activity: 'approve invoice' })
      day.workflow(quarter * 15 + 2 + n, { ...work, activity: 'pay invoice' })
    }
  }
  return day.records
}
