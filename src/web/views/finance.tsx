import { amount, duration, moment } from '../../live/format.ts'
import { AlertTable } from '../parts/alert-table.tsx'
import { Chart } from '../parts/chart.tsx'
import { Kpi } from '../parts/kpi.tsx'
import { PresenceBoard } from '../parts/presence-board.tsx'
import { SimpleTable } from '../parts/simple-table.tsx'
import { WorkflowMap } from '../parts/workflow-map.tsx'
import { drawn, model } from '../store.ts'

/** What a finance manager keeps open: can people be reached, does the work move on, what is about to go wrong. */
export function Finance() {
  drawn.value
  const open = model.cases.open()
  const due = model.cases.nearestDue(8)
  const now = model.cases.newest
  return (
    <>
      <Numbers />
      <AlertTable />
      <div class="grid">
        <section class="card" aria-label="Work done">
          <Chart
            title="Steps completed a minute"
            lines={[{ label: 'steps', points: model.cases.done() }]}
            empty="No step has been completed yet."
          />
        </section>
        <section class="card" aria-label="Calls">
          <Chart
            title="People in calls, by team"
            lines={[...model.teamHistory].map(([label, { inCall }]) => ({ label, points: inCall.points() }))}
            empty="No team is large enough to be counted, or no headset has been heard."
          />
        </section>
        <PresenceBoard />
        <SimpleTable
          id="open"
          title="Where cases are"
          columns={['Step', 'Cases', 'Longest', 'Overdue']}
          rows={open.slice(0, 10).map(({ activity, cases, longest, overdue }) => ({
            key: activity,
            cells: [activity, cases, duration(longest), overdue],
            bad: overdue > 0,
          }))}
          empty="No case is open."
        />
        <SimpleTable
          id="due"
          title="Due next"
          columns={['Case', 'Step', 'Due', 'Amount']}
          numbersFrom={2}
          rows={due.map(({ id, activity, due: at = 0, amount: money, currency }) => ({
            key: id,
            cells: [
              id,
              activity,
              at < now ? `${duration(now - at)} ago` : `in ${duration(at - now)} (${moment(at, now)})`,
              money === undefined ? '–' : `${money.toLocaleString('en-US')} ${currency ?? ''}`,
            ],
            bad: at < now,
          }))}
          empty="No open case has a deadline."
        />
        <WorkflowMap />
      </div>
    </>
  )
}

function Numbers() {
  drawn.value
  const firing = [...model.alerts.values()].filter(({ status }) => status === 'firing')
  const hidden = model.withheldFiring
  const shown = firing.length === 0 ? 'nothing wrong' : 'see below'
  const teams = [...model.teams.values()].filter(({ enrolled }) => typeof enrolled === 'number')
  const sum = (field: string) => teams.reduce((total, team) => total + Number(team[field] ?? 0), 0)
  const charges = teams.filter(({ battery_low }) => typeof battery_low === 'number')
  const low = charges.reduce((total, { battery_low }) => total + Number(battery_low), 0)
  const open = model.cases.open()
  const [cases, overdue] = [open.reduce((total, row) => total + row.cases, 0), open.reduce((total, row) => total + row.overdue, 0)]
  const done = model.cases.done().slice(-10)
  const pace = done.length === 0 ? undefined : done.reduce((total, { value }) => total + value, 0) / done.length
  return (
    <section class="kpis" aria-label="At a glance">
      <Kpi
        name="Alerts firing"
        value={firing.length}
        note={hidden === 0 ? shown : `and ${hidden} of teams too small to show`}
        bad={firing.length > 0}
      />
      <Kpi name="Reachable" value={sum('present') - sum('in_call')} note={`of ${sum('enrolled')} enrolled`} />
      <Kpi name="In a call" value={sum('in_call')} note={teams.length === 0 ? 'no team is counted' : undefined} />
      <Kpi
        name="Batteries low"
        value={charges.length === 0 ? '–' : low}
        note={charges.length === 0 ? 'no team is counted' : 'at 20 % or less'}
        bad={low > 0}
      />
      <Kpi name="Open cases" value={cases} note={`${overdue} overdue`} bad={overdue > 0} />
      <Kpi name="Steps done" value={amount(pace)} note="a minute, over ten" />
    </section>
  )
}
