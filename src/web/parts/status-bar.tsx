import { duration, moment } from '../../live/format.ts'
import { clock, drawn, heardAt, link, model, paused, problem } from '../store.ts'

const WORDS = {
  connecting: 'Connecting…',
  live: 'Live',
  stale: 'Nothing heard',
  lost: 'Connection lost, trying again',
  refused: 'Not allowed',
} as const

/** Whether what is shown is true now: the connection, the age of the data, what is missing. */
export function StatusBar() {
  drawn.value
  const age = Math.max(0, clock.value - heardAt.value)
  const missed = model.gaps.reduce((sum, { records }) => sum + records, 0)
  return (
    <div class="status">
      <span role="status" class={`link ${link.value}`}>
        {paused.value ? 'Paused' : WORDS[link.value]}
      </span>
      <span title="since something last came from the server">heard {age < 2_000 ? 'now' : `${duration(age)} ago`}</span>
      {model.newest > 0 && <span title="event time of the newest record">data of {moment(model.newest, clock.value)}</span>}
      {model.passedOver > 0 && <span>{model.passedOver} values passed over</span>}
      {missed > 0 && <span class="bad">{missed} records missing</span>}
      {problem.value !== undefined && (
        <span class="bad" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  )
}
