import { duration, moment, plural } from '../../live/format.ts'
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
  const { unreadable, deadLetters } = model.badInput
  const missed = model.gaps.reduce((sum, { records }) => sum + records, 0)
  return (
    <div class="status">
      <span role="status" class={`link ${link.value}`}>
        {paused.value ? 'Paused' : WORDS[link.value]}
      </span>
      <span title="since something last came from the server">heard {age < 2_000 ? 'now' : `${duration(age)} ago`}</span>
      {model.newest > 0 && <span title="event time of the newest record">data of {moment(model.newest, clock.value)}</span>}
      {model.passedOver > 0 && <span>{plural(model.passedOver, 'value')} passed over</span>}
      {missed > 0 && <span class="bad">{plural(missed, 'record')} missing</span>}
      {unreadable > 0 && (
        <span class="bad" title="records that are no JSON object, or lack what they would be shown by; the log of the server says which">
          {plural(unreadable, 'unreadable record')}
        </span>
      )}
      {deadLetters > 0 && (
        <span class="bad" title="input that could not be taken, with the reason: shitops tail TOPIC.dlq">
          {plural(deadLetters, 'dead letter')}
        </span>
      )}
      {problem.value !== undefined && (
        <span class="bad" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  )
}
