import { amount, duration, moment, quoted } from '../../live/format.ts'
import { sparkline } from '../draw/chart.ts'
import type { Row } from '../draw/row.ts'
import type { ListView } from './view.ts'

const DUE = 6

/** Where cases wait, for how long, and which are late. */
export const workflowView: ListView = {
  name: 'workflow',
  columns: [
    { title: 'Step', grows: true, most: 48 },
    { title: 'Cases', align: 'right' },
    { title: 'Longest', align: 'right' },
    { title: 'Overdue', align: 'right' },
  ],
  sorts: [
    { name: 'cases', column: 1 },
    { name: 'step', column: 0 },
    { name: 'longest', column: 2 },
    { name: 'overdue', column: 3 },
  ],
  items: (world) =>
    (world.finance?.cases.open() ?? []).map(({ activity, cases, longest, overdue }) => ({
      ...{ key: activity, topic: 'workflow_events', partition: 0, offset: -1, timestamp: world.finance?.cases.newest ?? 0 },
      recordKey: activity,
      value: { activity, cases, longest_s: longest / 1000, overdue },
      cells: [activity, String(cases), duration(longest), overdue > 0 ? [`! ${overdue}`, 'warning'] : ['0', 'dim']],
      order: [-cases, activity, -longest, -overdue],
      command: `shitops tail workflow_events --filter ${quoted(`value.activity == ${JSON.stringify(activity)}`)}`,
    })),
  empty: (world) =>
    world.finance
      ? 'No case is open. shitops workflow import brings events in.'
      : 'The token does not open the channel finance, which has the workflow.',
  panelHeight: (height) => (height >= 18 ? Math.min(DUE + 4, height >> 1) : 0),
  panel: (world, _chosen, width, height): Row[] => {
    const cases = world.finance?.cases
    if (!cases) return []
    const done = cases.done()
    const spark = sparkline(
      done.map(({ value }) => value),
      Math.min(60, Math.max(10, width - 40)),
      0,
    ).trimStart()
    const due = cases.nearestDue(Math.max(0, height - 3)).map(({ id, activity, due: at = 0, amount: money, currency }): Row => {
      const late = at < cases.newest
      const when = late ? `! ${duration(cases.newest - at)} late` : `in ${duration(at - cases.newest)} (${moment(at, cases.newest)})`
      return [
        [`${when.padEnd(30)}`, late ? 'warning' : 'plain'],
        [`${id}  ${activity}`],
        [money === undefined ? '' : `  ${amount(money)} ${currency ?? ''}`, 'dim'],
      ]
    })
    const pace = amount(done.at(-1)?.value)
    return [
      [],
      [
        ['Steps done a minute  ', 'strong'],
        [spark, 'accent'],
        [`  ${pace} now`, 'dim'],
      ],
      [['Due next', 'strong']],
      ...due,
    ]
  },
}
