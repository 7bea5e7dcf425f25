import { amount, duration } from '../../live/format.ts'
import { sparkline } from '../draw/chart.ts'
import type { Cell } from '../draw/table.ts'
import type { Item, ListView } from './view.ts'

const HISTORY = 20

/** Teams: who can be reached, as counts. Of a team that is too small there are none, here as everywhere (docs/privacy.md). */
export const peopleView: ListView = {
  name: 'people',
  columns: [
    { title: 'Team', most: 24 },
    { title: 'Enrolled', align: 'right' },
    { title: 'Free', align: 'right' },
    { title: 'In call', align: 'right' },
    { title: 'Away', align: 'right' },
    { title: 'Who is where', grows: true, from: 60, most: 44 },
    { title: 'In calls, 1 h', align: 'right', from: 90 },
    { title: 'Begun, 1 h', align: 'right', from: 100 },
    { title: 'In call, lately', from: 120 },
  ],
  sorts: [
    { name: 'team', column: 0 },
    { name: 'free', column: 2 },
    { name: 'in call', column: 3 },
  ],
  items: (world) => [...(world.finance?.teams.values() ?? [])].map((team) => teamItem(team, history(world, String(team.team)))),
  empty: (world) =>
    world.finance
      ? 'No headset has been heard yet. Only those of people who enrolled are counted.'
      : 'The token does not open the channel finance, which has the teams.',
  panelHeight: (height) => (height > 8 ? 2 : 0),
  panel: () => [[], [['C in a call  F free  · away.  Counts of teams, never of a person.', 'dim']]],
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function history(
  world: { finance: { teamHistory: ReadonlyMap<string, { inCall: { points(): Array<{ value: number }> } }> } | undefined },
  team: string,
): number[] {
  return (world.finance?.teamHistory.get(team)?.inCall.points() ?? []).slice(-HISTORY).map(({ value }) => value)
}

function teamItem(team: Readonly<Record<string, unknown>>, inCalls: readonly number[]): Item {
  const name = String(team.team)
  const [enrolled, present, inCall] = [number(team.enrolled), number(team.present), number(team.in_call)]
  const common = { key: name, topic: 'teams', partition: 0, offset: -1, timestamp: 0, recordKey: name, value: team, command: name }
  if (enrolled === undefined || present === undefined || inCall === undefined) {
    const why: Cell = [`fewer than ${String(team.min_count)} enrolled: nothing is shown`, 'dim']
    return { ...common, cells: [name, ['–', 'dim'], ['–', 'dim'], ['–', 'dim'], ['–', 'dim'], why], order: [name, -1, -1] }
  }
  const free = Math.max(0, present - inCall)
  const away = Math.max(0, enrolled - present)
  return {
    ...common,
    cells: [
      name,
      amount(enrolled),
      [amount(free), free === 0 ? 'warning' : 'good'],
      [amount(inCall), 'info'],
      [amount(away), 'dim'],
      'C'.repeat(inCall) + 'F'.repeat(free) + '·'.repeat(away),
      duration((number(team.call_s_last_hour) ?? 0) * 1000),
      amount(number(team.calls_begun_last_hour)),
      [sparkline(inCalls, HISTORY, 0), 'accent'],
    ],
    order: [name, -free, -inCall],
  }
}
