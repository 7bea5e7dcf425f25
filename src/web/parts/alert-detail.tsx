import { useState } from 'preact/hooks'
import { ackCommand, recordCommand, tailCommand } from '../../live/commands.ts'
import { amount, moment, words } from '../../live/format.ts'
import type { ShownAlert } from '../../live/model/model.ts'
import { drawn, model, selected, send } from '../store.ts'
import { Band } from './band.tsx'
import { Command } from './command.tsx'
import { Severity } from './severity.tsx'
import { SilenceForm } from './silence-form.tsx'
import { stateOf } from './state-of.ts'

/** Why an alert is there, what it rests on, and what can be done about it. */
export function AlertDetail({ alert }: { alert: ShownAlert }) {
  drawn.value
  const { fingerprint, alert_name, subject, annotations, evidence = [], labels, details, runbook_url, severity, score } = alert
  const history = model.history(fingerprint)
  const hiders = model.hiders(alert)
  return (
    <aside aria-label={`${words(alert_name)}: ${subject}`}>
      <div class="head">
        <h3>
          {words(alert_name)} <span class="subject">{subject}</span>
        </h3>
        <button
          type="button"
          onClick={() => {
            selected.value = undefined
          }}
        >
          Close
        </button>
      </div>
      <p>
        <Severity severity={severity} quiet={alert.status === 'resolved'} /> · {stateOf(alert)}
        {alert.incident !== undefined && alert.incident > 1 && ` · ${alert.incident} times within a day`}
      </p>
      <p>{annotations?.summary}</p>
      {hiders.length > 0 && <Hiders of={hiders} />}
      <Band alert={alert} />
      {score != null && <p>Score {amount(score, 'ratio')}</p>}
      {annotations?.advice !== undefined && <p class="advice">What to do: {annotations.advice}</p>}
      {runbook_url != null && /^https?:/.test(runbook_url) && (
        <p>
          <a href={runbook_url} rel="noreferrer noopener">
            Runbook
          </a>
        </p>
      )}
      <Acts key={fingerprint} alert={alert} />
      <h4>Rests on</h4>
      <ul class="evidence">
        {evidence.map((each) => (
          <li key={`${each.topic}/${each.partition_id}@${each.record_offset}`}>
            {each.excerpt ?? `${each.topic}/${each.partition_id}@${each.record_offset}`}
            <Command text={tailCommand(each)} />
          </li>
        ))}
        <li>
          the alert's own record
          <Command text={recordCommand(alert)} />
        </li>
      </ul>
      <h4>What happened</h4>
      {history.length === 0 ? (
        <p class="empty">Longer ago than this page looks back.</p>
      ) : (
        <ol class="history">
          {history.slice(0, 20).map((entry) => (
            <li key={`${entry.event_time}${entry.transition}${entry.receiver ?? ''}`}>
              <time dateTime={entry.event_time}>{moment(Date.parse(entry.event_time), model.newest)}</time>{' '}
              {entry.transition.replace('_', ' ')}
              {entry.actor != null && ` by ${entry.actor}`}
              {entry.receiver !== undefined && ` to ${entry.receiver}`}
              {entry.comment != null && `: ${entry.comment}`}
            </li>
          ))}
        </ol>
      )}
      <h4>Labels</h4>
      <dl class="labels">
        {Object.entries({ ...labels, ...details }).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}

/** The alerts that explain it: they are told, so this one is not. */
function Hiders({ of: hiders }: { of: ReadonlyArray<ShownAlert | string> }) {
  return (
    <div class="hiders">
      Nobody is told, because this fires:
      <ul>
        {hiders.map((by) =>
          typeof by === 'string' ? (
            <li key={by}>{by}</li>
          ) : (
            <li key={by.fingerprint}>
              <button
                type="button"
                class="row"
                onClick={() => {
                  selected.value = by.fingerprint
                }}
              >
                <strong>{words(by.alert_name)}</strong> <span class="subject">{by.subject}</span>
              </button>
            </li>
          ),
        )}
      </ul>
    </div>
  )
}

function Acts({ alert }: { alert: ShownAlert }) {
  drawn.value
  const [silencing, setSilencing] = useState(false)
  const [said, setSaid] = useState<string | undefined>(undefined)
  const { acked } = model.stands(alert)
  const path = `/api/v1/alerts/${alert.fingerprint}/ack`
  const act = async () =>
    setSaid((await send(acked === undefined ? 'POST' : 'DELETE', path, acked === undefined ? {} : undefined)) ?? 'done')
  if (alert.status === 'resolved') return null
  return (
    <div class="acts">
      <button type="button" onClick={act}>
        {acked === undefined ? 'I am on it' : 'Take that back'}
      </button>
      <button type="button" aria-expanded={silencing} onClick={() => setSilencing(!silencing)}>
        Silence…
      </button>
      <Command text={ackCommand(alert)} />
      {said !== undefined && <p role="status">{said}</p>}
      {silencing && <SilenceForm alert={alert} />}
    </div>
  )
}
