import { plural } from '../amounts.ts'
import { type Column, formatTable } from '../table.ts'
import { formatTime } from '../times.ts'
import type { RunningRow, TopicOutcome } from './predict-topic.ts'

export interface RunningView {
  readonly utc: boolean
  readonly explain: boolean
  readonly width: number | undefined
}

/** The running cases as a table, and a line of how many there are. */
export function runningText(
  { running, learnt_cases: learnt, open_cases: open, now }: TopicOutcome,
  top: number,
  { utc, explain, width }: RunningView,
): string {
  const learning = `${plural(learnt, 'case')} learnt, ${plural(open, 'case')} running${now === null ? '' : ` at ${formatTime(Date.parse(now), utc)}`}`
  if (running.length === 0) return `${learning}${learnt === 0 ? nothingYet(open) : ''}\n`
  const shown = running.slice(0, top)
  const end = (time: (row: RunningRow) => string) => (row: RunningRow) => (row.beyond ? 'silent' : formatTime(Date.parse(time(row)), utc))
  const columns: Array<Column<RunningRow>> = [
    { name: 'case', value: (row) => row.case },
    { name: 'activity', value: (row) => row.activity },
    { name: 'p50_end', value: (row) => row.p50_end, shown: end((row) => row.p50_end) },
    { name: 'p90_end', value: (row) => row.p90_end, shown: end((row) => row.p90_end) },
    {
      name: 'breach',
      value: (row) => row.breach,
      shown: ({ breach }) => (breach === null ? '-' : `${Math.round(breach * 100)} %`),
      right: true,
    },
    { name: 'next', value: ({ next }) => (next[0] ? `${next[0].activity} (${Math.round(next[0].probability * 100)} %)` : '-') },
    ...(explain ? [{ name: 'goes by', value: basisText }] : []),
  ]
  const more = running.length > shown.length ? `; ${running.length - shown.length} more with --top` : ''
  const silent = running.filter(({ beyond }) => beyond).length
  const lost = silent > 0 ? `; ${silent} silent for longer than any case like them: over, or lost` : ''
  return `${formatTable(shown, columns, { header: true, width })}\n\n${learning}${lost}${more}\n`
}

/** Why nothing is predicted, and what to do: on a topic that is new it takes 90 days before the first case counts as ended. */
function nothingYet(open: number): string {
  if (open === 0) return ': no event of a case was read; see shitops workflow import, --process and --from'
  return `: nothing can be predicted before a case has ended
--idle 7d: a case counts as ended when nothing was heard of it for so long (90 days until ended cases have shown how long they wait)
--train FILE --live: learn from a log of ended cases first`
}

function basisText({ basis }: RunningRow): string {
  if (!basis) return '-'
  const by = basis.by.map(({ name, weight, past }) => `${name} ${Math.round(weight * 100)} % (${plural(past, 'state')})`)
  const similar = basis.similar.map(({ case: id }) => id).filter((id) => id !== '')
  return `${by.join(', ')}${similar.length > 0 ? `; like ${similar.join(', ')}` : ''}`
}
