import { useSignal } from '@preact/signals'
import { amount, duration, plural, words } from '../../live/format.ts'
import type { MetricSeries, ShownAlert } from '../../live/model/model.ts'
import { AlertTable } from '../parts/alert-table.tsx'
import { Chart, type Mark } from '../parts/chart.tsx'
import { Kpi } from '../parts/kpi.tsx'
import { SimpleTable } from '../parts/simple-table.tsx'
import { drawn, model } from '../store.ts'

const MOST_LINES = 8
/** Shown at first, where they are there. */
const FIRST = ['packet_loss', 'cpu_load', 'if_in_bps']

/** What the operations centre keeps open: devices and links, collectors and topics. */
export function Operations() {
  drawn.value
  return (
    <>
      <Numbers />
      <AlertTable />
      <div class="grid">
        {FIRST.map((metric, i) => (
          <MetricChart key={metric} first={metric} place={i} />
        ))}
        <Devices />
        <Topics />
        <Groups />
      </div>
    </>
  )
}

const text = (value: unknown): string => (value === null || value === undefined ? '–' : String(value))
const count = (value: unknown): string => (typeof value === 'number' ? amount(value) : 'unknown')

function Numbers() {
  drawn.value
  const firing = [...model.alerts.values()].filter(({ status }) => status === 'firing')
  const targets = new Set([...model.series.values()].map(({ target }) => target))
  const rate = [...model.topics.values()].reduce((sum, { per_second }) => sum + (typeof per_second === 'number' ? per_second : 0), 0)
  const lags = [...model.groups.values()].map(({ lag }) => lag)
  const lag =
    lags.length === 0 ? undefined : lags.includes(null) ? 'unknown' : amount(lags.reduce<number>((sum, each) => sum + Number(each), 0))
  return (
    <section class="kpis" aria-label="At a glance">
      <Kpi name="Alerts firing" value={firing.length} note={firing.length === 0 ? 'nothing wrong' : 'see below'} bad={firing.length > 0} />
      <Kpi name="Devices heard" value={targets.size} note={`${model.series.size} series`} />
      <Kpi name="Records" value={amount(rate)} note="a second, all topics" />
      <Kpi name="Lag" value={lag ?? '–'} note={plural(model.groups.size, 'group')} />
    </section>
  )
}

function MetricChart({ first, place }: { first: string; place: number }) {
  drawn.value
  const chosen = useSignal(first)
  const names = [...new Set([...model.series.values()].map(({ metric }) => metric))].sort()
  const metric = chosen.value
  const series = [...model.series.values()].filter((each) => each.metric === metric)
  // Those that stand out: a page of four hundred lines says nothing.
  const shown = series
    .sort((a, b) => peak(b) - peak(a))
    .slice(0, MOST_LINES)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const unit = shown[0]?.unit
  const id = `metric-${place}`
  return (
    <section class="card" aria-label={`Chart ${place + 1}`}>
      <label for={id} class="choice">
        Metric{' '}
        <select
          id={id}
          value={metric}
          onChange={(event) => {
            chosen.value = event.currentTarget.value
          }}
        >
          {[...new Set([metric, ...names])].map((name) => (
            <option key={name} value={name}>
              {words(name)}
            </option>
          ))}
        </select>
      </label>
      <Chart
        title={words(metric)}
        lines={shown.map((each) => ({ label: labelOf(each), points: each.history.points() }))}
        marks={marksOf(shown, metric, unit)}
        empty={`No sample of ${words(metric).toLowerCase()} has come yet.`}
        {...(unit !== undefined && { unit })}
      />
      {series.length > MOST_LINES && (
        <p class="note">
          the {MOST_LINES} highest of {series.length} series
        </p>
      )}
    </section>
  )
}

const labelOf = ({ target, instance }: MetricSeries): string => (instance === '' ? target : `${target} ${instance}`)
const peak = ({ history }: MetricSeries): number => history.points().reduce((most, { value }) => Math.max(most, Math.abs(value)), 0)

/** Alerts about what is shown: the band that was expected, and what was seen. */
function marksOf(shown: readonly MetricSeries[], metric: string, unit: string | undefined): Mark[] {
  const targets = new Set(shown.map(({ target }) => target))
  return [...model.alerts.values()]
    .filter((alert) => isAbout(alert, targets, unit) && names(alert, metric))
    .map((alert) => {
      const { active_at, resolved_at, expected_low, expected_high, observed, alert_name } = alert
      return {
        from: Date.parse(active_at),
        to: resolved_at == null ? model.newest : Date.parse(resolved_at),
        low: expected_low ?? 0,
        high: expected_high ?? expected_low ?? 0,
        seen: observed ?? 0,
        label: words(alert_name),
      }
    })
}

function isAbout(
  { labels, subject, unit, observed, expected_high, expected_low }: ShownAlert,
  targets: ReadonlySet<string>,
  shown: string | undefined,
): boolean {
  if (observed == null || unit !== shown || (expected_high == null && expected_low == null)) return false
  return targets.has(labels.target ?? '') || targets.has(subject)
}

/** Several metrics of a device may have the same unit: what the alert says of itself names the one. */
function names({ alert_name, annotations, evidence = [] }: ShownAlert, metric: string): boolean {
  const said = [alert_name, annotations?.summary, ...evidence.map(({ excerpt }) => excerpt)].join(' ').toLowerCase()
  return metric.split('_').some((word) => said.includes(word))
}

function Devices() {
  drawn.value
  const rows = [...model.devices.entries()].slice(0, 50).map(([key, device]) => {
    const down = device.up === false
    return {
      key,
      cells: [
        text(device.display ?? device.hostname ?? key),
        down ? 'down' : 'up',
        text(device.hardware),
        typeof device.uptime_s === 'number' ? duration(device.uptime_s * 1000) : '–',
      ],
      bad: down,
    }
  })
  return (
    <SimpleTable
      id="devices"
      title="Devices of LibreNMS"
      columns={['Device', 'State', 'Hardware', 'Up for']}
      rows={rows}
      empty="LibreNMS has told of no device."
      numbersFrom={3}
    />
  )
}

function Topics() {
  drawn.value
  const rows = [...model.topics.values()]
    .sort((a, b) => Number(b.per_second ?? 0) - Number(a.per_second ?? 0) || (text(a.topic) < text(b.topic) ? -1 : 1))
    .map((topic) => ({
      key: text(topic.topic),
      cells: [text(topic.topic), count(topic.per_second), count(topic.records), count(topic.unreadable)],
      bad: Number(topic.unreadable) > 0,
    }))
  return (
    <SimpleTable
      id="topics"
      title="Topics"
      columns={['Topic', 'A second', 'Held', 'Unreadable']}
      rows={rows}
      empty="The bus has no topic yet."
    />
  )
}

function Groups() {
  drawn.value
  const rows = [...model.groups.values()].map((group) => ({
    key: text(group.group),
    cells: [
      text(group.group),
      text(group.state),
      Array.isArray(group.members) ? group.members.length : count(group.members),
      count(group.lag),
    ],
  }))
  return (
    <SimpleTable
      id="groups"
      title="Consumer groups"
      columns={['Group', 'State', 'Members', 'Lag']}
      rows={rows}
      empty="No group reads from this bus."
      numbersFrom={2}
    />
  )
}
