import { duration, moment, words } from '../../live/format.ts'
import { byUrgency, found } from '../../live/model/alert-order.ts'
import type { ShownAlert } from '../../live/model/model.ts'
import { drawn, model, search, selected } from '../store.ts'
import { AlertDetail } from './alert-detail.tsx'
import { Severity } from './severity.tsx'
import { stateOf } from './state-of.ts'

const MOST = 100

/** The alerts of the channel, the most urgent first, and the explanation of the one that was chosen. */
export function AlertTable() {
  drawn.value
  const all = [...model.alerts.values()].sort(byUrgency)
  const alerts = search.value.trim() === '' ? all : all.filter((alert) => found(alert, search.value.trim()))
  const chosen = selected.value === undefined ? undefined : model.alerts.get(selected.value)
  return (
    <section class={`card alerts${chosen ? ' split' : ''}`} aria-labelledby="alerts">
      <div class="head">
        <h2 id="alerts">Alerts</h2>
        <p aria-live="polite" class="count">
          {countOf(all)}
        </p>
        <label class="search">
          <span class="hidden">Search the alerts</span>
          <input
            id="search"
            type="search"
            placeholder="Search ( / )"
            value={search.value}
            onInput={(event) => {
              search.value = event.currentTarget.value
            }}
          />
        </label>
      </div>
      <div class="columns">
        {alerts.length === 0 ? (
          <p class="empty">{all.length === 0 ? 'Nothing is wrong, as far as is known.' : 'No alert has all of these words.'}</p>
        ) : (
          <section class="scroll" tabIndex={0} aria-label="List of alerts">
            <table>
              <thead>
                <tr>
                  <th scope="col">How bad</th>
                  <th scope="col">What</th>
                  <th scope="col">State</th>
                  <th scope="col">Since</th>
                </tr>
              </thead>
              <tbody>
                {alerts.slice(0, MOST).map((alert) => (
                  <Row key={alert.fingerprint} alert={alert} />
                ))}
              </tbody>
            </table>
            {alerts.length > MOST && <p class="empty">{alerts.length - MOST} more: search for them.</p>}
          </section>
        )}
        {chosen && <AlertDetail alert={chosen} />}
      </div>
    </section>
  )
}

function Row({ alert }: { alert: ShownAlert }) {
  drawn.value
  const { fingerprint, alert_name, subject, annotations, status, severity } = alert
  const open = selected.value === fingerprint
  return (
    <tr class={open ? 'open' : ''}>
      <td>
        <Severity severity={severity} quiet={status === 'resolved'} />
      </td>
      <td>
        <button
          type="button"
          class="row"
          aria-expanded={open}
          onClick={() => {
            selected.value = open ? undefined : fingerprint
          }}
        >
          <strong>{words(alert_name)}</strong> <span class="subject">{subject}</span>
        </button>
        <div class="summary">{annotations?.summary}</div>
      </td>
      <td>{stateOf(alert)}</td>
      <td class="number">
        <time dateTime={alert.active_at} title={alert.active_at}>
          {moment(Date.parse(alert.active_at), model.newest)}
        </time>
        <div class="summary">{lastedOf(alert)}</div>
      </td>
    </tr>
  )
}

/** Events have their own time: of an alert that lasts the newest record tells how long. */
function lastedOf({ active_at, resolved_at }: ShownAlert): string {
  const end = resolved_at == null ? model.newest : Date.parse(resolved_at)
  return duration(Math.max(0, end - Date.parse(active_at)))
}

function countOf(alerts: readonly ShownAlert[]): string {
  const firing = alerts.filter(({ status }) => status === 'firing')
  if (firing.length === 0) return 'none firing'
  const critical = firing.filter(({ severity }) => severity === 'critical').length
  return `${firing.length} firing${critical > 0 ? `, ${critical} critical` : ''}`
}
