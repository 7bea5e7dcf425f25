import { amount, duration, moment, quoted } from '../../live/format.ts'
import { sparkline } from '../draw/chart.ts'
import type { Row } from '../draw/row.ts'
import { padded } from '../draw/text.ts'
import type { ListView } from './view.ts'

const DUE = 8

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
      cells: [
        activity,
        String(cases),
        longest < 1_000 ? 'now' : duration(longest),
        overdue > 0 ? [`! ${overdue}`, 'warning'] : ['0', 'dim'],
      ],
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
    const due = cases.nearestDue(Math.max(0, height - 4)).map(({ id, activity, due: at = 0, amount: money, currency }): Row => {
      const late = at < cases.newest
      const when = late ? `! ${duration(cases.newest - at)} late` : `in ${duration(at - cases.newest)}, ${moment(at, cases.newest)}`
      return [
        [padded(when, 23), late ? 'warning' : 'plain'],
        [padded(id, 14)],
        ['  '],
        [padded(activity, Math.max(12, Math.min(40, width - 54)))],
        [money === undefined ? '' : padded(`${amount(money)} ${currency ?? ''}`, 15, 'right'), 'dim'],
      ]
    })
    const pace = done.length === 0 ? 'no data yet' : `${amount(done.at(-1)?.value)} now`
    const spark = sparkline(
      done.map(({ value }) => value),
      Math.min(done.length, 60, Math.max(10, width - 40)),
      0,
    )
    return [
      [],
      [
        ['Steps done a minute  ', 'strong'],
        [spark, 'accent'],
        [`  ${pace}`, 'dim'],
      ],
      [],
      [[due.length === 0 ? 'No open case has a deadline.' : 'Due next', due.length === 0 ? 'dim' : 'strong']],
      ...due,
    ]
  },
}
