import { amount, duration, quoted } from '../../live/format.ts'
import { sparkline } from '../draw/chart.ts'
import type { Row } from '../draw/row.ts'
import type { Cell } from '../draw/table.ts'
import { wrap } from '../draw/text.ts'
import type { Item, ListView } from './view.ts'

const HISTORY = 20
const LEGEND =
  'C in a call, F free, · away. A battery is low at 20 %. Counts of teams, never of a person; nothing of a team that is too small.'

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
    { title: 'Battery', from: 76 },
    { title: 'Calls, 1 h', align: 'right', from: 104 },
    { title: 'In calls, 1 h', align: 'right', from: 120 },
    { title: 'In call, lately', from: 140 },
  ],
  sorts: [
    { name: 'team', column: 0 },
    { name: 'free', column: 2 },
    { name: 'in call', column: 3 },
    { name: 'battery', column: 6 },
  ],
  items: (world) => [...(world.finance?.teams.values() ?? [])].map((team) => teamItem(team, history(world, String(team.team)))),
  empty: (world) =>
    world.finance
      ? 'No headset has been heard yet. Only those of people who enrolled are counted.'
      : 'The token does not open the channel finance, which has the teams.',
  panelHeight: (height) => (height > 8 ? 3 : 0),
  panel: (_, __, width) => [[], ...wrap(LEGEND, width).map((text): Row => [[text, 'dim']])],
}

/** Records of the team's headsets, for those who may read them on the bus. */
const commandOf = (team: string) => `shitops tail device_presence --filter ${quoted(`value.team == ${JSON.stringify(team)}`)} --from @15m`

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
  const common = {
    key: name,
    topic: 'teams',
    partition: 0,
    offset: -1,
    timestamp: 0,
    recordKey: name,
    value: team,
    command: commandOf(name),
  }
  if (enrolled === undefined || present === undefined || inCall === undefined) {
    const why: Cell = [`fewer than ${String(team.min_count)}`, 'dim']
    return { ...common, cells: [name, ['–', 'dim'], ['–', 'dim'], ['–', 'dim'], ['–', 'dim'], why], order: [name, 1, 1, 1] }
  }
  const free = Math.max(0, present - inCall)
  const away = Math.max(0, enrolled - present)
  const low = number(team.battery_low)
  return {
    ...common,
    cells: [
      name,
      amount(enrolled),
      [amount(free), free === 0 ? 'warning' : 'good'],
      [amount(inCall), 'info'],
      [amount(away), 'dim'],
      'C'.repeat(inCall) + 'F'.repeat(free) + '·'.repeat(away),
      low === undefined ? ['–', 'dim'] : low > 0 ? [`! ${amount(low)} low`, 'warning'] : ['0 low', 'dim'],
      amount(number(team.calls_begun_last_hour)),
      duration((number(team.call_s_last_hour) ?? 0) * 1000),
      [sparkline(inCalls, HISTORY, 0), 'accent'],
    ],
    order: [name, -free, -inCall, -(low ?? -1)],
  }
}
