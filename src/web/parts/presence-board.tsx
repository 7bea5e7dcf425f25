import { amount, duration, plural } from '../../live/format.ts'
import { drawn, model } from '../store.ts'

/** Who can be reached, by team: counts alone, and none of a team that is too small for them. */
export function PresenceBoard() {
  drawn.value
  const teams = [...model.teams.values()].sort((a, b) => (String(a.team) < String(b.team) ? -1 : 1))
  return (
    <section class="card" aria-labelledby="presence">
      <h2 id="presence">Who can be reached</h2>
      {teams.length === 0 ? (
        <p class="empty">No headset has been heard yet. Only those of people who enrolled are counted.</p>
      ) : (
        <ul class="board">
          {teams.map((team) => (
            <Team key={String(team.team)} team={team} />
          ))}
        </ul>
      )}
    </section>
  )
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function Team({ team }: { team: Record<string, unknown> }) {
  const [enrolled, present, inCall] = [number(team.enrolled), number(team.present), number(team.in_call)]
  if (enrolled === undefined || present === undefined || inCall === undefined) {
    return (
      <li>
        <strong>{String(team.team)}</strong>
        <p class="note">fewer than {String(team.min_count)} enrolled: nothing is shown</p>
      </li>
    )
  }
  const low = number(team.battery_low)
  const free = Math.max(0, present - inCall)
  const text = `${free} free, ${inCall} in a call, ${enrolled - present} away`
  return (
    <li>
      <strong>{String(team.team)}</strong>
      <div class="people" role="img" aria-label={text}>
        {Array.from({ length: enrolled }, (_, i) => (
          <span key={i} class={i < inCall ? 'call' : i < present ? 'free' : 'away'} />
        ))}
      </div>
      <p>{text}</p>
      {low !== undefined && (
        <p class={low > 0 ? 'low' : 'note'}>{low === 0 ? 'no battery is low' : `${plural(low, 'headset')} at 20 % or less`}</p>
      )}
      <p class="note">
        last hour: {duration((number(team.call_s_last_hour) ?? 0) * 1000)} in calls, {amount(number(team.calls_begun_last_hour))} begun
      </p>
    </li>
  )
}
